"""Telegram's message entities, and how conflicts between them are settled.

Offsets and lengths count code points here; UTF-16 exists only in what is sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

SPLITTABLE = ("bold", "italic", "underline", "strikethrough", "spoiler")
"""Entities that Telegram cuts into pieces where they cross others."""

QUOTES = frozenset({"blockquote", "expandable_blockquote"})
VERBATIM = frozenset({"pre", "code", "date_time"})
"""Entities that hold no others."""

_ORDER = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "date_time": 48,
    "text_link": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
}


@dataclass(frozen=True, slots=True)
class Entity:
    """One formatted span of a text."""

    type: str
    offset: int
    length: int
    language: str | None = None
    url: str | None = None
    unix_time: int | None = None
    format: str | None = None

    @property
    def end(self) -> int:
        """The offset just behind the span."""
        return self.offset + self.length

    def moved(self, by: int) -> Entity:
        """Return the same span further on."""
        return replace(self, offset=self.offset + by)

    def between(self, start: int, end: int) -> Entity:
        """Return the same formatting over another span."""
        return replace(self, offset=start, length=end - start)


def settle(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Sort entities and settle their conflicts as Telegram does (TDLib's `fix_entities`).

    Code, links and quotes never overlap their like: the one that begins first stays, of two that
    begin together the longer. What would reach over a quote's border goes. Bold and its like are
    cut where they cross another entity, dropped inside code, and joined where they touch.
    """
    found = sorted((entity for entity in entities if entity.length > 0), key=_sort_key)
    if _nested_well(found):
        return tuple(found)
    quotes = _without_overlap(entity for entity in found if entity.type in QUOTES)
    solid = _without_overlap(
        entity for entity in found if entity.type not in QUOTES and entity.type not in SPLITTABLE
    )
    fixed = sorted((*quotes, *_clear_of_borders(solid, quotes)), key=_sort_key)
    loose = deque(entity for entity in found if entity.type in SPLITTABLE)
    return tuple(sorted((*fixed, *_Splitter(loose).split(fixed)), key=_sort_key))


def _sort_key(entity: Entity) -> tuple[int, int, int]:
    return entity.offset, -entity.length, _ORDER.get(entity.type, 50)


def _nested_well(entities: Sequence[Entity]) -> bool:
    """Whether sorted entities are free of conflicts, so that Telegram keeps them as they are."""
    around: list[Entity] = []
    ends: dict[str, int] = {}
    for entity in entities:
        while around and entity.offset >= around[-1].end:
            around.pop()
        if not _may_hold(around, entity) or ends.get(entity.type, -1) >= entity.offset:
            return False
        if entity.type in SPLITTABLE:
            ends[entity.type] = entity.end
        around.append(entity)
    return True


def _may_hold(around: Sequence[Entity], entity: Entity) -> bool:
    if not around:
        return True
    if entity.end > around[-1].end or around[-1].type in VERBATIM:
        return False
    if entity.type in SPLITTABLE:
        return around[-1].type not in SPLITTABLE
    return entity.type not in QUOTES and all(outer.type in QUOTES for outer in around)


def _without_overlap(entities: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in entities:
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _clear_of_borders(entities: Sequence[Entity], quotes: Sequence[Entity]) -> Iterator[Entity]:
    following = iter(quotes)
    quote = next(following, None)
    for entity in entities:
        while quote is not None and quote.end <= entity.offset:
            quote = next(following, None)
        apart = quote is None or entity.end <= quote.offset
        if apart or (quote and quote.offset <= entity.offset and entity.end <= quote.end):
            yield entity


@dataclass(slots=True)
class _Splitter:
    """Cuts bold and its like at the borders of fixed entities and of each other."""

    waiting: deque[Entity]
    open: dict[str, tuple[int, int]] = field(default_factory=dict)
    pieces: list[Entity] = field(default_factory=list)

    def split(self, fixed: Sequence[Entity]) -> list[Entity]:
        """Return the pieces; `fixed` is sorted and nested without crossing."""
        around: list[Entity] = []
        for entity in fixed:
            self._leave(around, entity.offset)
            self._advance(entity.offset)
            around.append(entity)
        self._leave(around, None)
        self._advance(None)
        return self.pieces

    def _leave(self, around: list[Entity], offset: int | None) -> None:
        while around and (offset is None or offset >= around[-1].end):
            entity = around.pop()
            before = len(self.pieces)
            self._advance(entity.end)
            if entity.type in VERBATIM:
                del self.pieces[before:]

    def _advance(self, end: int | None) -> None:
        while self.waiting and (end is None or self.waiting[0].offset < end):
            entity = self.waiting.popleft()
            start, stop = self.open.get(entity.type, (0, -1))
            if entity.offset > stop:
                self._flush(entity.offset)
                start, stop = entity.offset, entity.end
            self.open[entity.type] = (start, max(stop, entity.end))
        self._flush(end)

    def _flush(self, end: int | None) -> None:
        for type_, (start, stop) in tuple(self.open.items()):
            border = stop if end is None else min(stop, end)
            if start < border:
                self.pieces.append(Entity(type_, start, border - start))
                self.open[type_] = (border, stop)
            if end is None or stop <= end:
                del self.open[type_]
