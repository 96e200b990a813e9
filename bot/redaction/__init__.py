"""Keeps secrets out of everything that is shown: `Redactor(secrets)(text, complete)`."""

from bot.redaction.redactor import MARK, Redactor

__all__ = ["MARK", "Redactor"]
