"""Who has one of a chat's slots: so many views grow at once, the others wait; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One view's claim: `wants` a slot, `has` one, and whether its turn is `over`.

    What is over keeps its slot until it is shown, unless the next turn of its session takes it.
    """

    view: int
    session: str
    began: datetime
    wants: bool = True
    has: bool = False
    over: bool = False


def seated(claims: Iterable[Claim], limit: int) -> frozenset[int]:
    """Name the views that have a slot now.

    Those that have one keep it; of too many the newest lose theirs. The next turn of a session
    takes the slot of the one that is over; what is free goes to those that began first.
    """
    wanting = sorted((c for c in claims if c.wants), key=lambda c: (c.began, c.view))
    ending = [c for c in wanting if c.has and c.over]
    going = [c for c in wanting if c.has and not c.over]
    waiting = [c for c in wanting if not c.has and not c.over]
    kept = len(ending)
    for claim in ending:
        heir = next((c for c in waiting if c.session == claim.session), None)
        if heir is not None:
            waiting.remove(heir)
            going.append(heir)
            kept -= 1
    free = max(0, limit - kept)
    chosen = [*going[:free], *waiting[: max(0, free - len(going))]]
    return frozenset(claim.view for claim in (*ending, *chosen))
