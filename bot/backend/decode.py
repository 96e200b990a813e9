"""Decode the text frames of vibe-kanban's sockets; a broken one costs a log line, no stream."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec
import structlog

from bot.backend import schema
from bot.backend.contents import content_of
from bot.entries.events import Cleared, LogEvent, Put, Removed
from bot.entries.model import Content, Other

T = TypeVar("T")

POSITION_DIGITS = 9
"""A longer position is damage."""

_log = structlog.get_logger(__name__)
_STRICT = msgspec.json.Decoder(schema.LogFrame)
_LOOSE = msgspec.json.Decoder(schema.LooseFrame)
_STATE = msgspec.json.Decoder(schema.StateFrame)


_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, which no text may hold."""


class BrokenFrame(Exception):  # noqa: N818 - names the outcome
    """A frame that is no JSON, or none of ours."""


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """What one text frame of a log socket says; `output` is raw output, in chunks, not lines."""

    events: tuple[LogEvent, ...] = ()
    output: str = ""
    finished: bool = False


class LogDecoder:
    """Decodes the frames of one log, in order; `reopened` when it is read from its beginning.

    It remembers whether the log's one warning is spent, and how often in a row entry 0 was
    removed: a burst of these means "start again", so the first one is held back until the next
    operation tells.
    """

    def __init__(self, execution_id: str, worktree: str | None = None) -> None:
        self._execution_id = execution_id
        self._worktree = worktree
        self._warned = False
        self._first_removed = 0

    def reopened(self) -> None:
        """Begin again with a new connection."""
        self._first_removed = 0

    def decode(self, text: str) -> DecodedFrame:
        """Decode one frame; a broken one is empty."""
        try:
            frame = decode_log_frame(text)
        except BrokenFrame:
            if not self._warned:
                self._warned = True
                _log.warning("log.frame_broken", execution=self._execution_id, chars=len(text))
            return DecodedFrame()
        events: list[LogEvent] = []
        output: list[str] = []
        for op in frame.patch:
            position = position_of(op.path)
            if position is None:
                continue
            if op.op == "remove":
                events.extend(self._removed(position))
                continue
            events.extend(self._not_removed())
            put = value_of(op.value, self._worktree)
            if isinstance(put, str):
                output.append(put)
            elif put is not None:
                events.append(Put(position, put))
        if frame.finished:
            events.extend(self._not_removed())
        return DecodedFrame(tuple(events), "".join(output), frame.finished)

    def _removed(self, position: int) -> Iterator[LogEvent]:
        if position != 0:
            yield from self._not_removed()
            yield Removed(position)
            return
        self._first_removed += 1
        if self._first_removed == 2:
            yield Cleared()

    def _not_removed(self) -> Iterator[LogEvent]:
        """End a burst; a single removal of entry 0 was just that."""
        if self._first_removed == 1:
            yield Removed(0)
        self._first_removed = 0


def decode_log_frame(text: str) -> schema.LogFrame:
    """Decode a log frame; what does not fit is reduced to kind and text. Raises BrokenFrame."""
    try:
        return _decode(_STRICT, text)
    except BrokenFrame:
        loose = _decode(_LOOSE, text)
    return schema.LogFrame([_tightened(op) for op in loose.patch], loose.finished)


def decode_state_frame(text: str) -> schema.StateFrame:
    """Decode a frame of a workspace or session stream. Raises BrokenFrame."""
    return _decode(_STATE, text)


def position_of(path: str) -> int | None:
    """Return N of `/entries/N`, or None for any other path."""
    _, _, number = path.partition("/entries/")
    plain = path.startswith("/entries/") and number.isascii() and number.isdecimal()
    return int(number) if plain and len(number) <= POSITION_DIGITS else None


def value_of(value: schema.LogValue | None, worktree: str | None) -> Content | str | None:
    """Return an entry's content, a chunk of raw output, or None for what is no part of a log."""
    if value is None or value.type == "DIFF":
        return None
    if isinstance(value.content, schema.NormalizedEntry):
        return content_of(value.content, worktree)
    if value.type in ("STDOUT", "STDERR"):
        return value.content
    return Other(value.type, value.content)


def _decode(decoder: msgspec.json.Decoder[T], text: str) -> T:
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        raise BrokenFrame from error
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return _decode_mended(decoder, text)


def _decode_mended(decoder: msgspec.json.Decoder[T], text: str) -> T:
    """Decode again with lone surrogates, which msgspec refuses, replaced."""
    try:
        mended = json.dumps(json.loads(text), ensure_ascii=False)
        return decoder.decode(_SURROGATE.sub("\ufffd", mended))
    except (ValueError, RecursionError) as error:
        raise BrokenFrame from error


def _tightened(op: schema.LooseOp) -> schema.LogOp:
    if op.value is None:
        return schema.LogOp(op.op, op.path)
    content: schema.NormalizedEntry | str
    if isinstance(op.value.content, str):
        content = op.value.content
    else:
        loose = op.value.content
        kind = schema.EntryType(type=loose.entry_type.type, tool_name=loose.entry_type.tool_name)
        content = schema.NormalizedEntry(kind, loose.content)
    return schema.LogOp(op.op, op.path, schema.LogValue(op.value.type, content))
