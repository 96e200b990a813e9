"""What the bot promises in numbers, measured on the real process in the sandbox."""
