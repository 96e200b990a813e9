"""What clients asked a server to do, compared with the calls of a recording, ids aside."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import msgspec

from .recording import Recording
from .requests import Request

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
_DIRECTORY = re.compile(r"(?<=vk/)[0-9a-f]{4}(?=-)")


@dataclass(frozen=True, slots=True)
class Call:
    """A call that acts, and its answer."""

    method: str
    path: str
    body: Any
    status: int | None
    answer: Any


def calls(requests: Iterable[Request]) -> list[Call]:
    """Pick the requests that act, in their order."""
    return [Call(r.method, r.path, r.body, r.status, r.answer) for r in requests if r.acts]


def recorded_calls(recording: Recording) -> list[Call]:
    """Pick the calls of a recording's client that act; where it only looked, is its own affair."""
    told = [msgspec.json.decode(f.frame) for f in recording.frames if f.on == "http"]
    requests = [Request(t["method"], t["path"], "", 0.0, t.get("body")) for t in told]
    answers = [(t["status"], t["answer"]) for t in told]
    return [
        Call(r.method, r.path, r.body, *answer)
        for r, answer in zip(requests, answers, strict=True)
        if r.acts
    ]


def differences(
    happened: Sequence[Call], recorded: Sequence[Call], *, answers: bool = False
) -> list[str]:
    """Name what differs, call by call; nothing if they are the same but for their ids.

    An id stands for itself: where the one says an id again, the other has to. With `answers` what
    was answered is compared, too, but for ids and times.
    """
    ours, theirs = (list(_lines(side, answers=answers)) for side in (happened, recorded))
    return [
        f"call {number}: {our or 'nothing'} instead of {their or 'nothing'}"
        for number, (our, their) in enumerate(zip_longest(ours, theirs), start=1)
        if our != their
    ]


def _lines(side: Iterable[Call], *, answers: bool) -> Iterator[str]:
    known: dict[str, str] = {}

    def named(found: re.Match[str]) -> str:
        return known.setdefault(found[0], f"<id {len(known) + 1}>")

    for call in side:
        told = [call.body, *([call.status, call.answer] if answers else [])]
        parts = [call.method, call.path, *(json.dumps(part, sort_keys=True) for part in told)]
        text = " ".join(parts)
        yield _DIRECTORY.sub("<id>", _TIME.sub("<time>", _ID.sub(named, text)))
