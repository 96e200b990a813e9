"""Out to Telegram: who may call when, what a call says on the wire, and what came of it."""
