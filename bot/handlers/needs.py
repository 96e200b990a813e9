"""What a handler demands of the chat and the person; handlers carry it as a flag."""

from __future__ import annotations

from enum import Enum


class Needs(Enum):
    """Demands, from none to all; a handler without the flag counts as ACTING."""

    NOTHING = "nothing"
    LINK = "link"
    """The place is linked; anybody there may read."""
    ACTING = "acting"
    """The place is linked and this person may do more than read."""


OPEN = {"needs": Needs.NOTHING}
READS = {"needs": Needs.LINK}
ACTS = {"needs": Needs.ACTING}
UNCOUNTED = {"uncounted": True}
"""What must work however much somebody has asked for: it stops or answers an agent,
or is the other side of the button that mutes."""
