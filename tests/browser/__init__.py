"""The chat as a phone shows it, in a real browser."""
