"""Answers that go wrong on purpose: the ways in which a real server refuses a single call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from .answers import INTERNAL_ERROR, failure, refused

Refusal = Literal["soft", "hard", "bare", "forbidden", "missing", "plain", "hang", "drop"]


@dataclass(slots=True)
class Planned:
    """One refusal: with `acts` the call does what it asked for, and only its answer goes wrong."""

    method: str
    ends: str
    how: Refusal
    left: int
    acts: bool

    async def answer(self, request: web.Request) -> web.Response:
        """Answer a call that is refused."""
        if self.how == "hang":
            await asyncio.Event().wait()
        if self.how == "drop" and request.transport is not None:
            request.transport.close()
        answers = {
            "soft": refused("process_already_running"),
            "hard": failure(500, INTERNAL_ERROR),
            "forbidden": web.Response(status=403),
            "missing": web.Response(status=404),
            "plain": web.Response(status=400, text="Failed to parse the request body as JSON"),
        }
        return answers.get(self.how) or web.Response(status=500)


@dataclass(slots=True)
class Refusals:
    """What is to be refused, and how often still.

    `soft` is 200 with `success: false`, `hard` 500 in the envelope, `bare` 500, `forbidden` 403 and
    `missing` 404 without a body, `plain` 400 in words; `hang` never answers, `drop` breaks the
    connection.
    """

    _planned: list[Planned] = field(default_factory=list)

    def plan(self, method: str, ends: str, how: Refusal, times: int, *, acts: bool) -> None:
        """Refuse the next calls of a method whose path ends so."""
        self._planned.append(Planned(method, ends, how, times, acts))

    def take(self, request: web.Request) -> Planned | None:
        """Take the refusal that is planned for a call; None if there is none."""
        for planned in self._planned:
            fits = planned.method == request.method and request.path.endswith(planned.ends)
            if fits and planned.left:
                planned.left -= 1
                return planned
        return None
