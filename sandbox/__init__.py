"""The pretend world of demo and tests: a Telegram and a vibe-kanban that need no network."""
