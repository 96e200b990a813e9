"""Keeps secrets out of everything that is shown: `Redactor(secrets)(text, complete)`."""

from bot.redaction.redactor import Redactor
from bot.redaction.span import MARK

__all__ = ["MARK", "Redactor"]
