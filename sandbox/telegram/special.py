"""The Bot API methods beside plain messages: drafts, rich messages, pins and reactions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sandbox.telegram.access import open_chat, rules, topic_of, writable_chat
from sandbox.telegram.formatted import MAX_TEXT_CHARS, Formatted
from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import message_json
from sandbox.telegram.world import Chat, Message, World

MAX_RICH_CHARS = 32_768

_FORMS = ("blocks", "html", "markdown")
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+")


def send_message_draft(world: World, params: Params) -> bool:
    """Show a text that is still being written, in private; nothing is stored."""
    chat = open_chat(world, params)
    if chat.kind != "private":
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    topic_of(world, chat, params)
    if not params.number("draft_id"):
        raise bad_request("draft_id must be non-zero")
    if len(params.text("text")) > MAX_TEXT_CHARS:
        raise bad_request("message is too long")
    return True


def send_rich_message(world: World, params: Params) -> JsonObject:
    """Send a rich message, stored as it came: its markup is read on Telegram's servers only."""
    chat = writable_chat(world, params)
    topic = topic_of(world, chat, params)
    rich = params.json_object("rich_message")
    if sum(bool(rich.get(form)) for form in _FORMS) != 1:
        raise bad_request("RICH_MESSAGE_CONTENT_REQUIRED")
    texts = [str(rich.get("html") or rich.get("markdown") or ""), *_texts(rich.get("blocks"))]
    if sum(map(len, texts)) > MAX_RICH_CHARS:
        raise bad_request("RICH_MESSAGE_TEXT_INVALID")
    if not all(map(_EMAIL.fullmatch, _emails(rich.get("blocks")))):
        raise bad_request("RICH_MESSAGE_EMAIL_INVALID")
    message = world.add_message(chat.id, world.bot, Formatted(""))
    message.topic = topic
    message.extra = {"rich_message": {"blocks": rich.get("blocks") or []}}
    world.changed(message)
    return message_json(world, message)


def _texts(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    for inner in _inside(part):
        yield from _texts(inner)


def _emails(part: object) -> Iterator[str]:
    if isinstance(part, dict) and part.get("type") == "email_address":
        yield str(part.get("email_address", ""))
    for inner in _inside(part):
        yield from _emails(inner)


def _inside(part: object) -> list[object]:
    if isinstance(part, dict):
        return list(part.values())
    return part if isinstance(part, list) else []


def pin_chat_message(world: World, params: Params) -> bool:
    """Pin a message; nobody sees that here."""
    chat = open_chat(world, params)
    _existing(world, chat, params, "pin")
    if chat.kind != "private" and not rules(world, chat):
        raise bad_request("not enough rights to manage pinned messages in the chat")
    return True


def set_message_reaction(world: World, params: Params) -> bool:
    """React to a message; nobody sees that here."""
    _existing(world, open_chat(world, params), params, "react")
    return True


def _existing(world: World, chat: Chat, params: Params, deed: str) -> Message:
    message = world.find(chat.id, params.number("message_id"))
    if message is None:
        raise bad_request(f"message to {deed} not found")
    return message
