"""The Bot API over HTTP: reads calls in every encoding and carries out their faults."""

from __future__ import annotations

import re
import secrets
from collections.abc import Awaitable, Callable

from aiohttp import web
from aiohttp.web_request import FileField

from sandbox.telegram.calls import Reply
from sandbox.telegram.faults import Close, Fault, Hang, HtmlPage, Respond
from sandbox.telegram.model import OUTAGE, Telegram
from sandbox.telegram.params import JsonObject, Params, Upload
from sandbox.telegram.polls import Polls
from sandbox.telegram.refusals import Refusal

MAX_TOKEN_CHARS = 80

Sleep = Callable[[float], Awaitable[None]]

_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")


class BotRoutes:
    """Serves the bot; half of a call's latency passes before it is applied and half after."""

    def __init__(self, telegram: Telegram, latency_s: Callable[[], float], sleep: Sleep) -> None:
        self._telegram = telegram
        self._latency_s = latency_s
        self._sleep = sleep
        self._polls = Polls(telegram)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes to serve."""
        return [
            web.route("*", "/bot{token}/{method}", self._answer),
            web.route("*", "/bot{rest:.*}", _no_token),
        ]

    def close(self) -> None:
        """End the long polls, now and from now on."""
        self._polls.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
            params = await read_params(request)
        except Refusal as refusal:
            return _json_response(Reply.refusing(refusal))
        method = request.match_info["method"]
        latency_s = self._latency_s()
        await self._sleep(latency_s / 2)
        if method.lower() == "getupdates":
            reply = await self._polls.poll(request, params)
        else:
            reply = self._telegram.call(method, params)
        await self._sleep(latency_s / 2)
        if self._telegram.down:
            reply = Reply(0, {}, OUTAGE)  # the answer is lost, whatever was applied
        match reply.fault:
            case Fault(effect=Hang(seconds=seconds)):
                await self._sleep(seconds)
        return _response(reply, request)

    def _check_token(self, token: str) -> None:
        if not _TOKEN.fullmatch(token):
            raise Refusal(404, "Not Found")
        if token.startswith("0") or len(token) > MAX_TOKEN_CHARS:
            raise Refusal(401, "Unauthorized: invalid token specified")
        if not secrets.compare_digest(token.encode(), self._telegram.token.encode()):
            raise Refusal(401, "Unauthorized")


async def _no_token(_: web.Request) -> web.StreamResponse:
    return _json_response(Reply.refusing(Refusal(404, "Not Found")))


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


def _response(reply: Reply, request: web.Request) -> web.StreamResponse:
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
    return _json_response(reply)


def _json_response(reply: Reply) -> web.Response:
    parameters = reply.body.get("parameters")
    retry = parameters.get("retry_after") if isinstance(parameters, dict) else None
    headers = {} if retry is None else {"Retry-After": str(retry)}
    return web.json_response(reply.body, status=reply.status, headers=headers)
