"""Says what is wrong with the database to the person at the terminal, and how to mend it."""

from __future__ import annotations

from bot.i18n import Sentence, sentence
from bot.storage.trouble import DatabaseSick, DatabaseUnusable, Trouble


def told(error: DatabaseSick | DatabaseUnusable, place: str) -> Sentence:
    """Say it in one sentence that names the place."""
    trouble = error.trouble if isinstance(error, DatabaseSick) else Trouble.UNUSABLE
    match trouble:
        case Trouble.LOCKED:
            return sentence(
                "{place} is locked by another program: end that one, or wait for it.", place=place
            )
        case Trouble.FULL:
            return sentence(
                "{place} has no room left, or its disk is broken: make room, or mend it.",
                place=place,
            )
        case Trouble.AWAY:
            return sentence(
                "{place} does not answer: start the database server, or correct DATABASE_URL.",
                place=place,
            )
        case Trouble.UNUSABLE:
            return sentence(
                "{place} cannot be used ({reason}): let DATABASE_URL name a database that this "
                "user may read and write, or move the broken file away.",
                place=place,
                reason=error.why if isinstance(error, DatabaseUnusable) else str(error),
            )
