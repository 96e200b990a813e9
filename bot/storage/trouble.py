"""What can be wrong with a database: what passes by itself, and what somebody has to mend."""

from __future__ import annotations

from enum import Enum

from bot.i18n import Sentence, sentence


class Trouble(Enum):
    """Why a database does not do what it is asked."""

    LOCKED = "locked"
    FULL = "full"
    """No room, or a disk that fails: both come and go."""
    AWAY = "away"
    UNUSABLE = "unusable"
    """No database, or none that may be opened, read or written."""


TOLD = {
    Trouble.LOCKED: sentence(
        "Another program locks my database. I go on from memory and try again."
    ),
    Trouble.FULL: sentence(
        "The disk of my database is full or broken. I go on from memory and try again."
    ),
    Trouble.AWAY: sentence("My database does not answer. I go on from memory and try again."),
    Trouble.UNUSABLE: sentence(
        "I cannot read or write my database. I go on from memory and try again."
    ),
}


class DatabaseSick(Exception):  # noqa: N818 - named by what it is
    """The database did not do what it was asked, and nothing of it; it may when asked again."""

    def __init__(self, trouble: Trouble, why: str) -> None:
        super().__init__(why)
        self.trouble = trouble

    @property
    def told(self) -> Sentence:
        """Say so to a person."""
        return TOLD[self.trouble]


class DatabaseUnusable(Exception):  # noqa: N818 - named by what it is
    """The database cannot be opened, and waiting would not help; `mend` says what does."""

    mend = (
        "let DATABASE_URL name a database that this user may read and write, "
        "or move the broken file away to begin anew"
    )

    def __init__(self, why: Sentence | str) -> None:
        super().__init__(str(why))
        self.why = why
