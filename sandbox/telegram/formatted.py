"""From the text and entities of a call to what Telegram stores, or to its refusal."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sandbox.telegram import tdlib
from sandbox.telegram.cleaning import Cleaned, clean, is_blank, units
from sandbox.telegram.entities import Entity, JsonObject, keep_affordable, read_entities, resolve
from sandbox.telegram.refusals import bad_request

MAX_TEXT_CHARS = 4096
MAX_CAPTION_CHARS = 1024
MAX_SOURCE_BYTES = 32_768

_COMMAND = re.compile(r"(?<![\w/])/\w{1,64}(?:@\w{3,32})?(?!\w)")


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as stored, with its entities in wire shape."""

    text: str
    entities: tuple[JsonObject, ...] = ()


def format_text(
    text: str, raw_entities: object, *, parse_mode: str = "", too_long: str = "message is too long"
) -> Formatted:
    """Normalise a message's text; `too_long` is the reason given above MAX_TEXT_CHARS.

    With a `parse_mode` the text is markup, and entities are ignored. Raise Refusal where Telegram
    would.
    """
    if not text:
        raise bad_request("message text is empty")
    text, raw_entities = _parsed(text, raw_entities, parse_mode)
    formatted = _normalise(text, raw_entities)
    if not formatted.text:
        raise bad_request("text must be non-empty")
    if len(formatted.text) > MAX_TEXT_CHARS:
        raise bad_request(too_long)
    return formatted


def format_caption(text: str, raw_entities: object, parse_mode: str = "") -> Formatted:
    """Normalise a caption, which may be empty; raise Refusal where Telegram would."""
    text, raw_entities = _parsed(text, raw_entities, parse_mode)
    formatted = _normalise(text, raw_entities)
    if len(formatted.text) > MAX_CAPTION_CHARS:
        raise bad_request("message caption is too long")
    return formatted


def format_person(text: str) -> Formatted:
    """Normalise what a person typed and mark its commands; blank texts are a ValueError."""
    stored = clean(text).text.strip(" \n")
    if is_blank(stored):
        raise ValueError("a person cannot send a blank text")
    found = (
        Entity("bot_command", units(stored[: match.start()]), len(match.group())).wire()
        for match in _COMMAND.finditer(stored)
    )
    return Formatted(stored, tuple(found))


def _parsed(text: str, raw_entities: object, parse_mode: str) -> tuple[str, object]:
    if len(_encoded(text)) > MAX_SOURCE_BYTES:
        raise bad_request("text is too long")
    return tdlib.parse(text, parse_mode) if parse_mode else (text, raw_entities)


def _normalise(text: str, raw_entities: object) -> Formatted:
    entities = resolve(read_entities(raw_entities))
    cleaned = clean(text)
    moved = [_moved(entity, cleaned, text) for entity in entities]
    if is_blank(cleaned.text):
        return Formatted("")
    if tdlib.can_settle(text):
        stored, settled = _settled(text, entities, moved)
    else:
        stored, settled = cleaned.text, resolve(e for e in moved if e.length > 0)
    text, entities = _trim(stored, settled)
    return Formatted(text, tuple(entity.wire() for entity in keep_affordable(entities)))


def _settled(
    text: str, entities: Sequence[Entity], moved: Sequence[Entity]
) -> tuple[str, list[Entity]]:
    """Return what TDLib makes of a text; what a type adds is found at the entity's own place."""
    stored, spans = tdlib.settle(text, [entity.wire() for entity in entities])
    return stored, [Entity(*span, _extra_of(span, moved)) for span in spans]


def _extra_of(span: tdlib.Span, moved: Sequence[Entity]) -> str:
    kind, offset, _ = span
    return next((e.extra for e in moved if e.kind == kind and e.offset <= offset < e.end), "{}")


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise bad_request("strings must be encoded in UTF-8") from None


def _moved(entity: Entity, cleaned: Cleaned, source: str) -> Entity:
    """Return the entity at its place in the cleaned text; refuse offsets that are no place."""
    start, end = cleaned.offsets.get(entity.offset), cleaned.offsets.get(entity.end)
    origin = f"entity beginning at UTF-16 offset {entity.offset}"
    if entity.offset > cleaned.source_units:
        raise bad_request(
            f"entity begins after the end of the text at UTF-16 offset {entity.offset}"
        )
    if start is None:
        place = _byte_behind(source, entity.offset)
        raise bad_request(f"entity begins in a middle of a UTF-16 symbol at byte offset {place}")
    if entity.end > cleaned.source_units:
        raise bad_request(f"{origin} ends after the end of the text at UTF-16 offset {entity.end}")
    if end is None:
        place = _byte_behind(source, entity.end)
        raise bad_request(f"{origin} ends in a middle of a UTF-16 symbol at byte offset {place}")
    return replace(entity, offset=start, length=end - start)


def _byte_behind(source: str, offset: int) -> int:
    """Return the byte offset behind the character that holds UTF-16 unit `offset`."""
    return len(source.encode("utf-16-le")[: 2 * (offset + 1)].decode("utf-16-le").encode())


def _trim(text: str, entities: Sequence[Entity]) -> tuple[str, list[Entity]]:
    """Cut blanks at the end, those at the beginning up to the first entity, and blank entities."""
    text = text.rstrip(" \n")
    total = units(text)
    wide = text.encode("utf-16-le")
    kept = [
        replace(entity, length=min(entity.end, total) - entity.offset)
        for entity in entities
        if entity.offset < total and _has_ink(wide, entity)
    ]
    kept = resolve(kept)
    blanks = len(text) - len(text.lstrip(" \n"))
    cut = min(blanks, kept[0].offset) if kept else blanks
    return text[cut:], [replace(entity, offset=entity.offset - cut) for entity in kept]


def _has_ink(wide: bytes, entity: Entity) -> bool:
    inside = wide[2 * entity.offset : 2 * entity.end].decode("utf-16-le")
    return bool(inside.strip(" \n"))
