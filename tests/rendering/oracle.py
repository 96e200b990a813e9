"""TDLib's own normalisation of text with entities, in process: what Telegram would store."""

from __future__ import annotations

import json
from typing import Any

import tdjson

from bot.rendering.rich_text import RichText

_KINDS = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "text_link": "TextUrl",
    "date_time": "DateTime",
}
_NAMES = {name: kind for kind, name in _KINDS.items()} | {"PreCode": "pre"}

# The call also reads Markdown and finds links; private characters keep it from both.
_TELLING = "_*~|`[]()@#/$.:"
_HIDDEN = {ord(char): chr(0xE100 + index) for index, char in enumerate(_TELLING)}
_BACK = {ord(hidden): chr(char) for char, hidden in _HIDDEN.items()}

Span = tuple[str, int, int]
"""Type, offset and length of an entity, in UTF-16 units."""

tdjson.td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')


def stored(rich: RichText) -> tuple[str, list[Span]]:
    """Return text and entities as TDLib has them after normalising (it does not trim here)."""
    answer = _execute(
        {
            "@type": "parseMarkdown",
            "text": {
                "@type": "formattedText",
                "text": rich.text.translate(_HIDDEN),
                "entities": [_td_entity(wire) for wire in rich.utf16()],
            },
        }
    )
    spans = [
        (_NAMES[entity["type"]["@type"][14:]], entity["offset"], entity["length"])
        for entity in answer["entities"]
    ]
    return answer["text"].translate(_BACK), spans


def spans(rich: RichText) -> list[Span]:
    """Return our entities in the same form."""
    return [(str(w["type"]), int(w["offset"]), int(w["length"])) for w in rich.utf16()]


def _td_entity(wire: dict[str, Any]) -> dict[str, Any]:
    kind: dict[str, Any] = {"@type": "textEntityType" + _KINDS[wire["type"]]}
    if wire["type"] == "text_link":
        kind["url"] = wire["url"]
    elif wire["type"] == "date_time":
        kind["unix_time"] = wire["unix_time"]
    elif wire["type"] == "pre" and "language" in wire:
        kind = {"@type": "textEntityTypePreCode", "language": wire["language"]}
    return {"offset": wire["offset"], "length": wire["length"], "type": kind}


def _execute(request: dict[str, Any]) -> dict[str, Any]:
    answer = tdjson.td_execute(json.dumps(request).encode())
    assert answer is not None
    found: dict[str, Any] = json.loads(answer)
    assert found["@type"] != "error", found
    return found
