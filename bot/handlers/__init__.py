"""From Telegram: commands and taps, one module per subject; each parses, makes one call, answers.

No SQL and no wire format of a backend enters here; what is called stands in `ports`.
"""
