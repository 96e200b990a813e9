"""Message entities: reading them from a call and resolving what conflicts, as Telegram does.

Offsets and lengths are UTF-16 units. Conflicts are no errors: Telegram resolves them silently.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from urllib.parse import SplitResult, urlsplit, urlunsplit

from sandbox.telegram.refusals import bad_request

JsonObject = dict[str, object]

MAX_USER_ENTITIES = 100
"""Most entities Telegram keeps of one message; the others vanish without an error."""

_STYLES = ("bold", "italic", "underline", "strikethrough", "spoiler")
_QUOTES = ("expandable_blockquote", "blockquote")
_CODE = ("pre", "code")
_PLAIN = (*_CODE, "date_time")
"""What cannot be styled inside."""
_LINKS = ("date_time", "text_link", "text_mention", "custom_emoji")
_DETECTED = frozenset(
    ("mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number", "bank_card")
)
"""Types Telegram finds by itself; a bot that sends them is not heard."""

_ORDER = {kind: rank for rank, kind in enumerate((*_QUOTES, *_CODE, *_LINKS, *_STYLES))}
_EXTRAS = {
    "pre": ("language",),
    "text_link": ("url",),
    "text_mention": ("user",),
    "date_time": ("unix_time", "date_time_format"),
    "custom_emoji": ("custom_emoji_id",),
}
_PERSON = re.compile(r"tg://user\?id=(\d+)")
_DATE_FORMAT = re.compile(r"r|w?[dD]?[tT]?")


@dataclass(frozen=True, slots=True)
class Entity:
    """A span of formatting; `extra` is the JSON of what its type adds (language, url, time)."""

    kind: str
    offset: int
    length: int
    extra: str = "{}"

    @property
    def end(self) -> int:
        """Offset behind the last unit."""
        return self.offset + self.length

    def wire(self) -> JsonObject:
        """Return the MessageEntity object of the Bot API."""
        return {
            "type": self.kind,
            "offset": self.offset,
            "length": self.length,
            **json.loads(self.extra),
        }


def read_entities(raw: object) -> list[Entity]:
    """Read a call's `entities`; those Telegram detects by itself are skipped.

    Raise Refusal for what is no list of MessageEntity objects.
    """
    if raw is None:
        return []
    if not isinstance(raw, list) or not all(isinstance(each, dict) for each in raw):
        raise bad_request("can't parse entities JSON object")
    read = (_read(each) for each in raw)
    return [entity for entity in read if entity is not None and entity.length > 0]


def _read(raw: Mapping[str, object]) -> Entity | None:
    kind, offset, length = raw.get("type"), raw.get("offset"), raw.get("length")
    if not isinstance(kind, str) or not isinstance(offset, int) or not isinstance(length, int):
        raise bad_request("can't parse MessageEntity: field is missing or of a wrong type")
    if kind in _DETECTED:
        return None
    if kind not in _ORDER:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    for name, number in (("offset", offset), ("length", length)):
        if not 0 <= number <= 1_000_000:
            raise bad_request(f"receive an entity with incorrect {name} {number}")
    extra = {name: raw[name] for name in _EXTRAS.get(kind, ()) if raw.get(name) not in (None, "")}
    _check_extra(kind, extra)
    if kind == "text_link" and (person := _PERSON.fullmatch(str(extra["url"]))):
        kind, extra = "text_mention", {"user": _nameless(int(person[1]))}
    return Entity(kind, offset, length, json.dumps(extra, sort_keys=True))


def _nameless(user_id: int) -> JsonObject:
    """Return the User of a link to a person, who is not looked up here."""
    return {"id": user_id, "is_bot": False, "first_name": str(user_id)}


def _check_extra(kind: str, extra: JsonObject) -> None:
    if kind == "text_link":
        extra["url"] = public_url(str(extra.get("url", "")))
    elif kind == "date_time":
        if not isinstance(extra.get("unix_time"), int):
            raise bad_request("can't parse MessageEntity: unix_time is missing")
        if not _DATE_FORMAT.fullmatch(str(extra.get("date_time_format", ""))):
            raise bad_request("can't parse entities: Invalid date format used")


def public_url(url: str) -> str:
    """Return `url` as Telegram stores it; refuse one whose host the public cannot reach."""
    full = url if "://" in url else f"http://{url}"
    try:
        parts = urlsplit(full)
        host = parts.hostname or ""
    except ValueError:
        raise _invalid_url(url) from None
    if parts.scheme == "tg":
        return full
    if parts.scheme not in ("http", "https") or not _is_public(host):
        raise _invalid_url(url)
    return urlunsplit(SplitResult(*parts[:2], parts.path or "/", *parts[3:]))


def _invalid_url(url: str) -> Exception:
    return bad_request(f"entity URL invalid: {url}")


def _is_public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".localhost", ".local"))


def resolve(entities: Iterable[Entity]) -> list[Entity]:
    """Sort entities and settle what overlaps, so that the rest nests properly.

    Styles may lie inside anything but code and times, and are cut where they cross something; of
    two links or code spans the first stays; quotes do not nest; code and links do not cross one.
    """
    ordered = _sorted(entities)
    quotes = _first_of_overlapping(e for e in ordered if e.kind in _QUOTES)
    solid = _first_of_overlapping(e for e in ordered if e.kind in _CODE or e.kind in _LINKS)
    solid = [e for e in solid if not any(_crosses(e, quote) for quote in quotes)]
    frame = _sorted([*quotes, *solid])
    styles = [e for e in ordered if e.kind in _STYLES]
    return _sorted([*frame, *_cut_styles(styles, frame)])


def _sorted(entities: Iterable[Entity]) -> list[Entity]:
    return sorted(entities, key=lambda e: (e.offset, -e.length, _ORDER[e.kind]))


def _first_of_overlapping(ordered: Iterable[Entity]) -> list[Entity]:
    kept: list[Entity] = []
    for entity in ordered:
        if not kept or entity.offset >= kept[-1].end:
            kept.append(entity)
    return kept


def _crosses(entity: Entity, quote: Entity) -> bool:
    apart = entity.end <= quote.offset or quote.end <= entity.offset
    inside = quote.offset <= entity.offset and entity.end <= quote.end
    return not apart and not inside


def _cut_styles(styles: Sequence[Entity], frame: Sequence[Entity]) -> list[Entity]:
    """Join touching styles of a kind; cut them at another's start and at the frame's edges."""
    runs = [run for kind in _STYLES for run in _joined(e for e in styles if e.kind == kind)]
    cuts = sorted({e.offset for e in [*runs, *frame]} | {e.end for e in frame})
    plain = [e for e in frame if e.kind in _PLAIN]
    pieces = [piece for run in runs for piece in _pieces(run, cuts)]
    return [p for p in pieces if not any(c.offset <= p.offset < c.end for c in plain)]


def _joined(same_kind: Iterable[Entity]) -> list[Entity]:
    runs: list[Entity] = []
    for entity in same_kind:
        if runs and entity.offset <= runs[-1].end:
            end = max(runs[-1].end, entity.end)
            runs[-1] = replace(runs[-1], length=end - runs[-1].offset)
        else:
            runs.append(entity)
    return runs


def _pieces(run: Entity, cuts: Sequence[int]) -> list[Entity]:
    edges = [run.offset, *(cut for cut in cuts if run.offset < cut < run.end), run.end]
    return [replace(run, offset=start, length=end - start) for start, end in pairwise(edges)]


def keep_affordable(ordered: Sequence[Entity]) -> list[Entity]:
    """Keep the first MAX_USER_ENTITIES: quotes, code and links before styles, emoji for free."""
    paid = [e for e in ordered if e.kind != "custom_emoji"]
    by_worth = sorted(paid, key=lambda e: e.kind in _STYLES)
    dropped = set(map(id, by_worth[MAX_USER_ENTITIES:]))
    return [e for e in ordered if id(e) not in dropped]
