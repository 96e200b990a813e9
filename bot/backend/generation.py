"""Which era of vibe-kanban answers (docs/vibe-kanban.md, 1), and whether this bot speaks to it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from bot.backend.errors import OLDEST, TooOld

FIRST_OF_ERA_B = (0, 1, 15)
_VERSION = re.compile(r"\Av?(\d{1,6})\.(\d{1,6})\.(\d{1,6})")


@dataclass(frozen=True, slots=True)
class Generation:
    """A backend this bot speaks to; `server_time` is its own clock at the moment of asking."""

    version: str
    server_time: datetime | None = None


def checked_version(version: str) -> str:
    """Return the version as it is. Raises TooOld for one without the routes we use."""
    found = _VERSION.match(version)
    if found is None:
        return version
    number = (int(found[1]), int(found[2]), int(found[3]))
    if number < OLDEST:
        raise TooOld(version, "B" if number >= FIRST_OF_ERA_B else "A")
    return version
