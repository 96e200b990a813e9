"""A Telegram companion that mirrors vibe-kanban's coding agents live and lets people steer them."""
