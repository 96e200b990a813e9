"""Posts updates over HTTP."""

from __future__ import annotations

import asyncio

import aiohttp

from sandbox.telegram.params import JsonObject
from sandbox.telegram.webhook import Answered

TIMEOUT_S = 60.0


class Poster:
    """An HTTP client that is opened when it is first needed."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def post(self, url: str, update: JsonObject, headers: dict[str, str]) -> Answered:
        """Post an update; what goes wrong on the way is an answer with status 0."""
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
            self._session = aiohttp.ClientSession(timeout=timeout)
        try:
            async with self._session.post(url, json=update, headers=headers) as response:
                return Answered(response.status, response.reason or "", await _body(response))
        except TimeoutError:
            return Answered(0, "Read timeout expired")
        except (aiohttp.ClientError, asyncio.IncompleteReadError) as error:
            refused = isinstance(error, aiohttp.ClientConnectorError)
            return Answered(0, "Connection refused" if refused else "Connection closed")

    async def close(self) -> None:
        """Close the client."""
        if self._session is not None:
            await self._session.close()


async def _body(response: aiohttp.ClientResponse) -> JsonObject | None:
    if response.content_type != "application/json":
        return None
    try:
        body = await response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None
