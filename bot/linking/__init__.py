"""Who may use the bot: one-time codes that link a chat, and who may act in a linked one."""
