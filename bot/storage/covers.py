"""What a message shows, as a text in a column, for as long as nobody knows whether it arrived."""

from __future__ import annotations

import json
from collections.abc import Sequence

from bot.rendering.transcript import Cover


def stored_covers(covers: Sequence[Cover]) -> str:
    """Write covers as JSON."""
    return json.dumps([_stored(cover) for cover in covers])


def _stored(cover: Cover) -> list[object]:
    source = None if cover.source is None else [cover.source[0], cover.source[1].hex()]
    return [
        cover.key,
        cover.kind,
        cover.digest.hex(),
        cover.length,
        cover.whole,
        cover.status,
        cover.fence,
        source,
    ]


def covers_of(stored: str) -> tuple[Cover, ...]:
    """Read what `stored_covers` wrote."""
    return tuple(_cover(*cover) for cover in json.loads(stored))


def _cover(
    key: str,
    kind: str,
    digest: str,
    length: int,
    whole: bool,
    status: str | None,
    fence: str | None,
    source: tuple[int, str] | None,
) -> Cover:
    said = None if source is None else (source[0], bytes.fromhex(source[1]))
    return Cover(key, kind, bytes.fromhex(digest), length, whole, status, fence, said)
