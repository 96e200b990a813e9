"""How the server words its HTTP answers: the envelope, and the answers that have none."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web

INTERNAL_ERROR = "An internal error occurred. Please try again."

_PAGE = "<!doctype html><html><head><title>Vibe Kanban</title></head><body></body></html>"


def success(data: Any) -> web.Response:
    """Answer with data."""
    return _envelope(200, success=True, data=data, message=None)


def refused(reason: str) -> web.Response:
    """Refuse a call politely: 200, but no success."""
    return _envelope(200, success=False, data=None, message=None, error={"type": reason})


def failure(status: int, message: str) -> web.Response:
    """Answer that something went wrong."""
    return _envelope(status, success=False, data=None, message=message)


def missing() -> web.Response:
    """Answer as for the id of nothing: 404 with an empty body."""
    return web.Response(status=404)


def page() -> web.Response:
    """Answer with the application's page, as the server does for every path it does not know."""
    return web.Response(text=_PAGE, content_type="text/html")


def a_uuid(text: str | None, name: str) -> str:
    """Check an id from a path or query: what is none, is answered by 400 in plain text."""
    if text is None:
        raise web.HTTPBadRequest(text=f"Failed to deserialize query string: missing field `{name}`")
    try:
        return str(UUID(text))
    except ValueError:
        raise web.HTTPBadRequest(text=f"Invalid URL: Cannot parse `{name}` as a UUID") from None


def _envelope(
    status: int, *, success: bool, data: Any, message: str | None, error: Any = None
) -> web.Response:
    body = {"success": success, "data": data, "error_data": error, "message": message}
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/json"
    )
