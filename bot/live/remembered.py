"""A view as it was stored, made a chain again when the bot starts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.entries.alignment import Known
from bot.live.chain import NOWHERE, Chain, Link, LinkKind
from bot.live.stores import StoredView
from bot.rendering.transcript import Cover

_LINKS = frozenset(LinkKind)


def restored(stored: StoredView) -> Chain:
    """The chain as it was stored: what the open link says is not known and will be compared."""
    links = tuple(
        Link(
            m.number,
            m.message_id,
            m.sent_at,
            sealed=m.sealed,
            kind=LinkKind(m.kind),
            bare=m.message_id == NOWHERE,
        )
        for m in sorted(stored.messages, key=lambda m: m.number)
        if m.kind in _LINKS
    )
    notices = sorted((m for m in stored.messages if m.kind not in _LINKS), key=lambda m: m.number)
    sent = tuple(notice.message_id for notice in notices)
    shown: Mapping[str, Cover] = MappingProxyType({cover.key: cover for cover in stored.shown})
    late_after = MappingProxyType(dict(stored.late_after))
    return Chain(links=links, shown=shown, late_after=late_after, notice_ids=sent)


def known(stored: StoredView) -> list[Known]:
    """What a transcript needs to give entries the keys under which they were shown."""
    return [_known(cover) for cover in stored.shown]


def _known(cover: Cover) -> Known:
    """Recognise an entry by what was said: a log knows nothing of what is masked."""
    length, said = cover.source or (cover.length, cover.digest)
    return Known(cover.key, cover.kind, said, length)
