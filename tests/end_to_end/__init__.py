"""The real process in the sandbox, seen from the chat."""
