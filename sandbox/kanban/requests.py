"""The requests that the server got, and what it answered to those that act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec
from aiohttp import web

_LOOKS = ("/summaries", "/summary")


@dataclass(slots=True)
class Request:
    """A request that the server got, sockets included.

    `body` is its JSON, or None. `status` and `answer` are there once it was answered: of a GET
    the status only.
    """

    method: str
    path: str
    query: str
    at: float
    body: Any = None
    status: int | None = None
    answer: Any = None

    @property
    def acts(self) -> bool:
        """Whether it asked for more than to be told something."""
        return self.method != "GET" and not self.path.endswith(_LOOKS)

    def answered(self, response: web.StreamResponse) -> None:
        """Keep what it was answered."""
        self.status = response.status
        if self.acts and isinstance(response, web.Response):
            self.answer = json_of(response.body if isinstance(response.body, bytes) else b"")


async def received(request: web.Request, path: str, at: float) -> Request:
    """Take down a request that has arrived; its body can be read once more."""
    body = json_of(await request.read()) if request.can_read_body else None
    return Request(request.method, path, request.rel_url.query_string, at, body)


def json_of(data: bytes) -> Any:
    """Decode JSON; what is none is None."""
    try:
        return msgspec.json.decode(data)
    except msgspec.DecodeError:
        return None
