"""Turns entries into Telegram text and entities: pure functions, no network, no clock."""
