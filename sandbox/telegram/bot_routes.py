"""The Bot API over HTTP: reads calls in every encoding, waits for updates, carries out faults."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram.calls import Reply
from sandbox.telegram.faults import Close, Fault, Hang, HtmlPage, Respond
from sandbox.telegram.model import Telegram
from sandbox.telegram.params import JsonObject, Params, Upload
from sandbox.telegram.refusals import Refusal
from sandbox.telegram.world import Change

MAX_POLL_S = 50

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class BotRoutes:
    """Serves the bot; half of `latency_s` passes before a call is applied and half after."""

    def __init__(self, telegram: Telegram, latency_s: float) -> None:
        self._telegram = telegram
        self._latency_s = latency_s
        self._closed = False
        self._polls: set[asyncio.Event] = set()

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to serve."""
        return [web.route("*", "/bot{token}/{method}", self._answer)]

    def close(self) -> None:
        """End the long polls, now and from now on."""
        self._closed = True
        for poll in self._polls:
            poll.set()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        token = request.match_info["token"].encode()
        if not secrets.compare_digest(token, self._telegram.token.encode()):
            return _json_response(Reply.refusing(Refusal(401, "Unauthorized")))
        try:
            params = await read_params(request)
        except Refusal as refusal:
            return _json_response(Reply.refusing(refusal))
        method = request.match_info["method"]
        await asyncio.sleep(self._latency_s / 2)
        reply = self._telegram.call(method, params)
        if method.lower() == "getupdates" and reply.body.get("result") == []:
            await self._wait_for_update(params)
            reply = self._telegram.call(method, params)
        await asyncio.sleep(self._latency_s / 2)
        return await _carry_out(reply, request)

    async def _wait_for_update(self, params: Params) -> None:
        """Wait until an update is there, the poll's timeout passes or the server closes."""
        timeout_s = min(params.number("timeout") or 0, MAX_POLL_S)
        if self._closed:
            return
        due = asyncio.Event()
        self._polls.add(due)
        stop = self._telegram.world.listen(lambda change: _wake(due, change))
        try:
            async with asyncio.timeout(timeout_s):
                await due.wait()
        except TimeoutError:
            return
        finally:
            stop()
            self._polls.discard(due)


def _wake(due: asyncio.Event, change: Change) -> None:
    if change.kind == "update":
        due.set()


async def read_params(request: web.Request) -> Params:
    """Read a call's parameters from its query and its JSON, urlencoded or multipart body."""
    values: dict[str, object] = dict(request.query)
    if request.content_type == "application/json":
        values.update(await _json_body(request))
        return Params.of(values)
    uploads: dict[str, Upload] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            uploads[name] = Upload(value.filename, value.file.read(), value.content_type)
        else:
            values[name] = value if isinstance(value, str) else bytes(value).decode()
    return Params(values, uploads)


async def _json_body(request: web.Request) -> JsonObject:
    try:
        body = await request.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal(400, "Bad Request: can't parse JSON body")
    return body


async def _carry_out(reply: Reply, request: web.Request) -> web.StreamResponse:
    match reply.fault:
        case Fault(effect=Close()):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        case Fault(effect=HtmlPage(status=status)):
            page = f"<html><head><title>{status}</title></head><body>nginx</body></html>"
            return web.Response(status=status, text=page, content_type="text/html")
        case Fault(effect=Respond() as respond):
            refusal = Refusal(respond.status, respond.description, **respond.parameters)
            return _json_response(Reply.refusing(refusal))
        case Fault(effect=Hang(seconds=seconds)):
            await asyncio.sleep(seconds)
    return _json_response(reply)


def _json_response(reply: Reply) -> web.Response:
    parameters = reply.body.get("parameters")
    retry = parameters.get("retry_after") if isinstance(parameters, dict) else None
    headers = {} if retry is None else {"Retry-After": str(retry)}
    return web.json_response(reply.body, status=reply.status, headers=headers)
