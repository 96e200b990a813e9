"""People's side over HTTP: the page, what it shows live, and what its buttons do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from aiohttp import web

from sandbox.telegram.model import Telegram
from sandbox.telegram.params import JsonObject
from sandbox.telegram.wire import user_json
from sandbox.telegram.world import PRESENT, Change, Chat, Message, Topic

T = TypeVar("T")

PAGE = Path(str(files("sandbox"))) / "page"

_POLICY = "default-src 'self'; connect-src 'self' ws:; img-src 'self' data:; base-uri 'none'"


class PageRoutes:
    """Serves the page and its JSON; every open page is told of changes over a WebSocket.

    A page that reads slowly is sent the newest state of what changed, never a backlog.
    """

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._sockets: set[web.WebSocketResponse] = set()

    def routes(self) -> list[web.AbstractRouteDef]:
        """Return the routes to serve."""
        return [
            web.get("/", self._index),
            web.get("/sandbox/live", self._live),
            web.get("/sandbox/state", self._state),
            web.get("/sandbox/chats/{chat}/messages", self._messages),
            web.get("/sandbox/chats/{chat}/commands", self._commands),
            web.get("/sandbox/chats/{chat}/documents/{message}", self._document),
            web.post("/sandbox/chats/{chat}/say", self._say),
            web.post("/sandbox/chats/{chat}/tap", self._tap),
            web.static("/page", PAGE),
        ]

    async def close(self) -> None:
        """Close the open pages' sockets."""
        for socket in tuple(self._sockets):
            await socket.close()

    async def _index(self, _: web.Request) -> web.StreamResponse:
        headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
        return web.FileResponse(PAGE / "index.html", headers=headers)

    async def _state(self, _: web.Request) -> web.Response:
        return web.json_response(self._snapshot())

    async def _messages(self, request: web.Request) -> web.Response:
        chat = self._chat(request)
        return web.json_response([bubble_json(m) for m in self._telegram.messages(chat.id)])

    async def _commands(self, request: web.Request) -> web.Response:
        user = self._telegram.world.users.get(int(request.query.get("user_id", "0")))
        if user is None:
            raise web.HTTPNotFound
        return web.json_response(self._telegram.menu.seen_by(user, self._chat(request)))

    async def _document(self, request: web.Request) -> web.Response:
        chat = self._chat(request)
        message = self._telegram.world.find(chat.id, int(request.match_info["message"]))
        if message is None or message.document is None:
            raise web.HTTPNotFound
        response = web.Response(
            body=message.document.content, content_type="application/octet-stream"
        )
        response.headers["Content-Disposition"] = "attachment"
        return response

    async def _say(self, request: web.Request) -> web.Response:
        chat, deed = self._chat(request), await _deed(request)
        reply_to, topic = deed.get("reply_to"), deed.get("topic")
        message = _allowed(
            lambda: self._telegram.say(
                chat.id,
                int(str(deed.get("user_id"))),
                str(deed.get("text", "")),
                None if reply_to is None else int(str(reply_to)),
                topic=int(str(topic or 0)),
            )
        )
        return web.json_response({"message_id": message.message_id})

    async def _tap(self, request: web.Request) -> web.Response:
        chat, deed = self._chat(request), await _deed(request)
        callback = _allowed(
            lambda: self._telegram.tap(
                chat.id,
                int(str(deed.get("user_id"))),
                int(str(deed.get("message_id"))),
                str(deed.get("button", "")),
            )
        )
        return web.json_response({"callback_id": callback})

    def _chat(self, request: web.Request) -> Chat:
        name = request.match_info["chat"]
        chat = self._telegram.world.chats.get(int(name)) if name.lstrip("-").isdigit() else None
        if chat is None:
            raise web.HTTPNotFound
        return chat

    async def _live(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._sockets.add(socket)
        dirty: dict[Change, None] = {}
        wake = asyncio.Event()

        def note(change: Change) -> None:
            if change.kind in ("update", "call"):
                return
            dirty[change] = None
            wake.set()

        stop = self._telegram.world.listen(note)
        try:
            async with asyncio.TaskGroup() as tasks:
                sender = tasks.create_task(self._send_changes(socket, dirty, wake))
                async for _ in socket:
                    pass  # a page only listens; the loop ends when it closes
                sender.cancel()
        finally:
            stop()
            self._sockets.discard(socket)
        return socket

    async def _send_changes(
        self, socket: web.WebSocketResponse, dirty: dict[Change, None], wake: asyncio.Event
    ) -> None:
        with suppress(ConnectionError):
            await socket.send_json({"kind": "state", **self._snapshot()})
            while True:
                await wake.wait()
                wake.clear()
                changes = list(dirty)
                dirty.clear()
                for event in filter(None, map(self._event, changes)):
                    await socket.send_json(event)

    def _event(self, change: Change) -> JsonObject | None:
        match change.kind:
            case "message":
                message = self._telegram.message(change.chat_id, int(change.key))
                return {"kind": "message", **bubble_json(message)}
            case "chat":
                chat = self._telegram.world.chats[change.chat_id]
                return {"kind": "chat", "chat": _chat_json(chat, self._telegram.world.bot.id)}
            case "callback":
                return self._answer_json(change.key)
        return None

    def _answer_json(self, callback_id: str) -> JsonObject | None:
        callback = self._telegram.callback(callback_id)
        if callback.answer is None:
            return None
        return {
            "kind": "answer",
            "callback_id": callback.id,
            "user_id": callback.user_id,
            "text": callback.answer.text,
            "alert": callback.answer.show_alert,
        }

    def _snapshot(self) -> JsonObject:
        world = self._telegram.world
        return {
            "bot": user_json(world.bot),
            "users": [user_json(user) for user in world.users.values() if not user.is_bot],
            "chats": [_chat_json(chat, world.bot.id) for chat in world.chats.values()],
            "messages": [
                bubble_json(message)
                for chat in world.chats
                for message in self._telegram.messages(chat)
            ],
        }


def bubble_json(message: Message) -> JsonObject:
    """Return a message as the page draws it."""
    document = message.document
    return {
        "chat_id": message.chat_id,
        "id": message.message_id,
        "sender_id": message.sender.id,
        "sender": message.sender.first_name,
        "at": message.sent_at,
        "text": message.text,
        "entities": list(message.entities),
        "keyboard": (message.reply_markup or {}).get("inline_keyboard", []),
        "reply_to": message.reply_to_message_id,
        "quote": message.quote,
        "edited": message.edited and not message.service,
        "deleted": message.deleted,
        "topic": message.topic,
        "silent": message.silent,
        "service": message.service,
        "document": document and {"name": document.file_name, "bytes": len(document.content)},
    }


def _chat_json(chat: Chat, bot: int) -> JsonObject:
    there = [] if chat.deleted else chat.members
    present = [user_id for user_id in there if chat.status(user_id) in PRESENT]
    return {
        "id": chat.id,
        "kind": chat.kind,
        "title": chat.title,
        "members": present,
        "admins": [one for one in present if chat.status(one) in ("creator", "administrator")],
        "muzzled": [one for one in present if chat.status(one) == "restricted"],
        "bot": chat.status(bot),
        "forum": chat.forum,
        "topics": [_topic_json(topic) for topic in chat.topics.values() if not topic.deleted],
        "upgraded_to": chat.upgraded_to,
    }


def _topic_json(topic: Topic) -> JsonObject:
    return {"id": topic.id, "name": topic.name, "closed": topic.closed}


def _allowed(deed: Callable[[], T]) -> T:
    """Do what a person's client asks; 400 with the reason when it could not have asked that."""
    try:
        return deed()
    except ValueError as error:
        raise web.HTTPBadRequest(text=str(error)) from error


async def _deed(request: web.Request) -> JsonObject:
    """Read a deed; only JSON is taken, so that no foreign page can post a form."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType
    body = await request.json()
    if not isinstance(body, dict):
        raise web.HTTPBadRequest
    return body
