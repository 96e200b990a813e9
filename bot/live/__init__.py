"""Policy: which turn is shown where, in which messages, until when; no network, no SQL, no text."""
