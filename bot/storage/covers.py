"""What a message shows, as a text in a column, for as long as nobody knows whether it arrived."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.rendering.transcript import Cover


def stored_covers(covers: Sequence[Cover]) -> str:
    """Write covers as JSON."""
    return json.dumps(
        [[c.key, c.kind, c.digest.hex(), c.length, c.whole, c.status, c.fence] for c in covers]
    )


def covers_of(stored: str) -> tuple[Cover, ...]:
    """Read what `stored_covers` wrote."""
    return tuple(
        Cover(key, kind, bytes.fromhex(digest), *rest)
        for key, kind, digest, *rest in json.loads(stored)
    )
