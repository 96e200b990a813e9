"""Answers that go wrong on purpose: the ways in which a real server refuses a single call."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from aiohttp import web

from .answers import INTERNAL_ERROR, failure, refused

Refusal = Literal["soft", "hard", "bare", "forbidden", "plain", "hang", "drop"]


@dataclass(slots=True)
class _Planned:
    method: str
    ends: str
    how: Refusal
    left: int


@dataclass(slots=True)
class Refusals:
    """What is to be refused, and how often still.

    `soft` is 200 with `success: false`, `hard` 500 in the envelope, `bare` 500 and `forbidden` 403
    without a body, `plain` 400 in words; `hang` never answers, `drop` breaks the connection.
    """

    _planned: list[_Planned] = field(default_factory=list)

    def plan(self, method: str, ends: str, how: Refusal, times: int) -> None:
        """Refuse the next calls of a method whose path ends so."""
        self._planned.append(_Planned(method, ends, how, times))

    async def answer(self, request: web.Request) -> web.Response | None:
        """Answer a call that is to be refused; None if it is not."""
        for planned in self._planned:
            fits = planned.method == request.method and request.path.endswith(planned.ends)
            if fits and planned.left:
                planned.left -= 1
                return await _answer(request, planned.how)
        return None


async def _answer(request: web.Request, how: Refusal) -> web.Response:
    if how == "hang":
        await asyncio.Event().wait()
    if how == "drop" and request.transport is not None:
        request.transport.close()
    answers = {
        "soft": refused("process_already_running"),
        "hard": failure(500, INTERNAL_ERROR),
        "forbidden": web.Response(status=403),
        "plain": web.Response(status=400, text="Failed to parse the request body as JSON"),
    }
    return answers.get(how) or web.Response(status=500)
