"""In: vibe-kanban's HTTP and WebSockets become domain values; no wire shape leaves this package."""
