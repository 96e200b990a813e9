"""TDLib's own reading of texts, in process, where its library is installed.

It parses markup and settles entities exactly as the Bot API's server does, without a network. It
knows nothing of lengths, blank texts and the cap on entities.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib.util import find_spec
from typing import Any

from sandbox.telegram.refusals import bad_request

JsonObject = dict[str, object]
Span = tuple[str, int, int]
"""Type, offset and length of an entity, in UTF-16 units."""

INSTALLED = find_spec("tdjson") is not None
MAX_CHARS = 8_192
"""Longer texts are not judged: above 35,000 bytes TDLib cuts, and what hides Markdown has three."""

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
    "text_mention": "MentionName",
    "custom_emoji": "CustomEmoji",
    "date_time": "DateTime",
}
_PREFIX = "textEntityType"
_NAMES = {_PREFIX + name: kind for kind, name in _KINDS.items()} | {_PREFIX + "PreCode": "pre"}
_MODES: dict[str, JsonObject] = {
    "html": {"@type": "textParseModeHTML"},
    "markdown": {"@type": "textParseModeMarkdown", "version": 1},
    "markdownv2": {"@type": "textParseModeMarkdown", "version": 2},
}

# Settling also reads Markdown and finds links; private characters keep it from both.
_TELLING = "_*~|`[]()@#/$.:"
_HIDDEN = {ord(char): chr(0xE100 + index) for index, char in enumerate(_TELLING)}
_BACK = {ord(hidden): char for char, hidden in zip(_TELLING, _HIDDEN.values(), strict=True)}


def can_settle(text: str) -> bool:
    """Tell whether `settle` can judge a text here."""
    return INSTALLED and len(text) <= MAX_CHARS and not any(ord(char) in _BACK for char in text)


def settle(text: str, entities: Iterable[Mapping[str, object]]) -> tuple[str, list[Span]]:
    """Return text and entities as Telegram has them after cleaning, before it trims.

    Raise Refusal where Telegram would.
    """
    formatted = {
        "@type": "formattedText",
        "text": text.translate(_HIDDEN),
        "entities": [_td_entity(entity) for entity in entities],
    }
    answer = _execute({"@type": "parseMarkdown", "text": formatted})
    spans = [
        (_NAMES[kind["@type"]], entity["offset"], entity["length"])
        for entity in answer["entities"]
        if (kind := entity["type"])["@type"] in _NAMES
    ]
    return answer["text"].translate(_BACK), spans


def parse(text: str, mode: str) -> tuple[str, list[JsonObject]]:
    """Return the text and the entities of markup; raise Refusal where it is no markup."""
    if not INSTALLED:
        raise bad_request("parse_mode is not supported by this sandbox without tdjson")
    if mode.lower() not in _MODES:
        raise bad_request("unsupported parse_mode")
    request: JsonObject = {
        "@type": "parseTextEntities",
        "text": text,
        "parse_mode": _MODES[mode.lower()],
    }
    answer = _execute(request)
    wires = (_wire(entity) for entity in answer["entities"])
    return answer["text"], [wire for wire in wires if wire is not None]


def _td_entity(wire: Mapping[str, object]) -> JsonObject:
    kind = str(wire["type"])
    extra: JsonObject = {}
    match kind:
        case "pre" if wire.get("language"):
            extra = {"@type": _PREFIX + "PreCode", "language": wire["language"]}
        case "text_link":
            extra = {"url": wire["url"]}
        case "text_mention":
            extra = {"user_id": 1}
        case "custom_emoji":
            extra = {"custom_emoji_id": str(wire["custom_emoji_id"])}
        case "date_time":
            extra = {"unix_time": wire["unix_time"]}
    td_kind = {"@type": _PREFIX + _KINDS[kind], **extra}
    return {"offset": wire["offset"], "length": wire["length"], "type": td_kind}


def _wire(entity: Mapping[str, Any]) -> JsonObject | None:
    td_kind = entity["type"]
    kind = _NAMES.get(td_kind["@type"])
    if kind is None:
        return None
    wire: JsonObject = {"type": kind, "offset": entity["offset"], "length": entity["length"]}
    match kind:
        case "pre" if "language" in td_kind:
            wire["language"] = td_kind["language"]
        case "text_link":
            wire["url"] = td_kind["url"]
        case "text_mention":
            wire.update(type="text_link", url=f"tg://user?id={td_kind['user_id']}")
        case "custom_emoji":
            wire["custom_emoji_id"] = td_kind["custom_emoji_id"]
        case "date_time":
            wire["unix_time"] = td_kind["unix_time"]
    return wire


@cache
def _library() -> Callable[[bytes], bytes | None]:
    """Return TDLib's synchronous entry, its log silenced."""
    from tdjson import td_execute

    td_execute(b'{"@type": "setLogVerbosityLevel", "new_verbosity_level": 0}')
    return td_execute


def _execute(request: JsonObject) -> Mapping[str, Any]:
    raw = _library()(json.dumps(request).encode())
    answer: Mapping[str, Any] = json.loads(raw or b"null")
    if answer["@type"] == "error":
        message = str(answer["message"])
        raise bad_request(f"{message[0].lower()}{message[1:]}")
    return answer
