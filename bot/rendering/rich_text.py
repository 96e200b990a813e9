"""Text with entities as an immutable value: equality is what decides whether to edit a message."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from bot.rendering.entities import Entity, settle

__all__ = [
    "Entity",
    "RichText",
    "Wire",
    "bold",
    "code",
    "date_time",
    "italic",
    "join",
    "link",
    "plain",
    "pre",
    "quote",
]

Wire: TypeAlias = dict[str, str | int]
"""An entity as the Bot API takes it."""

_BLANKS = " \n"
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")

# What Telegram does to text (TDLib's `clean_input_string`): spaces, nothing, a joiner instead.
_TO_SPACE = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
_DROPPED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
_TO_JOINER = re.compile("[\u200e\u200f](?=[\u200e\u200f])")
_SHED_FIRST = ("spoiler", "underline", "strikethrough", "italic", "bold", "code", "text_link")


@dataclass(frozen=True, slots=True)
class RichText:
    """A text and its entities, which lie inside it; in any order unless it is normalised."""

    text: str = ""
    entities: tuple[Entity, ...] = ()

    def __add__(self, other: RichText | str) -> RichText:
        return join((self, other), "")

    def __bool__(self) -> bool:
        return bool(self.text)

    def __len__(self) -> int:
        return len(self.text)

    def cut(self, start: int, end: int | None = None) -> RichText:
        """Return a part with its entities clipped; negative offsets are not supported."""
        stop = len(self.text) if end is None else min(end, len(self.text))
        if start == 0 and stop == len(self.text):
            return self
        clipped = (
            entity.between(max(entity.offset, start) - start, min(entity.end, stop) - start)
            for entity in self.entities
            if entity.offset < stop and entity.end > start
        )
        return RichText(self.text[start:stop], tuple(clipped))

    def wrapped(self, type_: str) -> RichText:
        """Return the text with one more entity around all of it; empty text stays empty."""
        return _spanning(self, Entity(type_, 0, len(self.text)))

    def without(self, drop: Callable[[Entity], bool]) -> RichText:
        """Return the text without the entities that `drop` names."""
        return replace(self, entities=tuple(e for e in self.entities if not drop(e)))

    def capped(self, most: int) -> RichText:
        """Return it with at most `most` entities, the least important and last ones dropped.

        Telegram passes on 100 and drops the rest without a word (docs/telegram.md, 5).
        """
        surplus = len(self.entities) - most
        if surplus <= 0:
            return self
        ranked = sorted(range(len(self.entities)), key=self._shed_rank)
        doomed = set(ranked[:surplus])
        kept = tuple(e for index, e in enumerate(self.entities) if index not in doomed)
        return replace(self, entities=kept)

    def _shed_rank(self, index: int) -> tuple[int, int]:
        type_ = self.entities[index].type
        rank = _SHED_FIRST.index(type_) if type_ in _SHED_FIRST else len(_SHED_FIRST)
        return rank, -index

    def normalised(self) -> RichText:
        """Return exactly what Telegram would store; idempotent.

        Unstorable characters go, entities are settled, blanks at the end and those before the
        first entity are cut. Blank text becomes empty.
        """
        return _without_lead(_settled(_without_tail(_storable(self))))

    def utf16(self) -> list[Wire]:
        """Return the entities as the Bot API takes them, counted in UTF-16 units."""
        astral = [match.start() for match in _ASTRAL.finditer(self.text)]
        return [_wire(entity, astral) for entity in self.entities]


def plain(text: str) -> RichText:
    """Make text without entities."""
    return RichText(text)


def bold(content: RichText | str) -> RichText:
    """Make bold text."""
    return _rich(content).wrapped("bold")


def italic(content: RichText | str) -> RichText:
    """Make italic text."""
    return _rich(content).wrapped("italic")


def code(text: str) -> RichText:
    """Make inline code."""
    return RichText(text).wrapped("code")


def pre(text: str, language: str | None = None) -> RichText:
    """Make a code block; a language may be unknown to Telegram."""
    return _spanning(RichText(text), Entity("pre", 0, len(text), language=language or None))


def quote(content: RichText | str, *, expandable: bool = False) -> RichText:
    """Make a quotation, which clients fold to three lines when it is expandable."""
    return _rich(content).wrapped("expandable_blockquote" if expandable else "blockquote")


def link(content: RichText | str, url: str) -> RichText:
    """Make a text that links to a public address."""
    rich = _rich(content)
    return _spanning(rich, Entity("text_link", 0, len(rich), url=url))


def date_time(fallback: str, unix_time: int, format_: str) -> RichText:
    """Make a time that each client renders in its own zone; others see `fallback`."""
    rich = RichText(fallback)
    return _spanning(
        rich, Entity("date_time", 0, len(fallback), unix_time=unix_time, format=format_)
    )


def join(parts: Iterable[RichText | str], separator: RichText | str = "") -> RichText:
    """Join parts in linear time; empty parts count like any other."""
    between = _rich(separator)
    texts: list[str] = []
    entities: list[Entity] = []
    offset = 0
    for number, part in enumerate(parts):
        for rich in (between, _rich(part)) if number else (_rich(part),):
            texts.append(rich.text)
            entities += (entity.moved(offset) for entity in rich.entities)
            offset += len(rich.text)
    return RichText("".join(texts), tuple(entities))


def _rich(content: RichText | str) -> RichText:
    return RichText(content) if isinstance(content, str) else content


def _spanning(rich: RichText, entity: Entity) -> RichText:
    return replace(rich, entities=(entity, *rich.entities)) if rich.text else rich


# --- normal form ----------------------------------------------------------------------------------


def _storable(rich: RichText) -> RichText:
    """Replace and drop what Telegram does not store, and move the entities along."""
    text = _TO_JOINER.sub("\u200c", _DROPPED.sub("", _TO_SPACE.sub(" ", rich.text)))
    if len(text) == len(rich.text):
        return replace(rich, text=text)
    gone = [match.start() for match in _DROPPED.finditer(rich.text)]
    entities = tuple(
        entity.between(_shifted(entity.offset, gone), _shifted(entity.end, gone))
        for entity in rich.entities
    )
    return RichText(text, entities)


def _shifted(offset: int, gone: Sequence[int]) -> int:
    return offset - bisect_left(gone, offset)


def _settled(rich: RichText) -> RichText:
    """Settle conflicts and leave out entities over nothing but blanks, until both hold."""
    entities = rich.entities
    while True:
        inked = settle(entity for entity in entities if _inked(rich.text, entity))
        if inked == entities:
            return replace(rich, entities=inked)
        entities = inked


def _inked(text: str, entity: Entity) -> bool:
    return bool(text[entity.offset : entity.end].strip(_BLANKS))


def _without_tail(rich: RichText) -> RichText:
    return rich.cut(0, len(rich.text.rstrip(_BLANKS)))


def _without_lead(rich: RichText) -> RichText:
    leading = len(rich.text) - len(rich.text.lstrip(_BLANKS))
    first = rich.entities[0].offset if rich.entities else leading
    return rich.cut(min(leading, first))


# --- wire form ------------------------------------------------------------------------------------


def _wire(entity: Entity, astral: Sequence[int]) -> Wire:
    offset = entity.offset + bisect_left(astral, entity.offset)
    end = entity.end + bisect_left(astral, entity.end)
    wire: Wire = {"type": entity.type, "offset": offset, "length": end - offset}
    optional = (
        ("language", entity.language),
        ("url", entity.url),
        ("unix_time", entity.unix_time),
        ("date_time_format", entity.format),
    )
    wire.update((key, value) for key, value in optional if value is not None)
    return wire
