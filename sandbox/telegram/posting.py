"""The Bot API methods that send, edit and delete messages."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram.access import (
    editable_chat,
    open_chat,
    refuse_closed,
    rules,
    topic_of,
    writable_chat,
)
from sandbox.telegram.formatted import Formatted, format_caption, format_text
from sandbox.telegram.keyboards import read_keyboard
from sandbox.telegram.params import JsonObject, Params, Upload
from sandbox.telegram.refusals import NOT_MODIFIED, bad_request
from sandbox.telegram.wire import message_json
from sandbox.telegram.world import Chat, Message, Version, World

DELETABLE_S = 48 * 3600
MAX_QUOTE_CHARS = 1024


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a new message answers."""

    message_id: int | None = None
    quote: str | None = None
    topic: int = 0


def send_message(world: World, params: Params) -> JsonObject:
    """Send a text."""
    chat = writable_chat(world, params)
    content = _text(params)
    return message_json(world, _post(world, chat, params, content))


def send_document(world: World, params: Params) -> JsonObject:
    """Send a file that comes with the call."""
    chat = writable_chat(world, params, "documents")
    upload = params.upload("document")
    if upload is None:
        raise bad_request("there is no document in the request")
    if not upload.content:
        raise bad_request("file must be non-empty")
    mode = params.text("parse_mode")
    caption = format_caption(params.text("caption"), params.json("caption_entities"), mode)
    return message_json(world, _post(world, chat, params, caption, upload))


def _text(params: Params, too_long: str = "message is too long") -> Formatted:
    mode = params.text("parse_mode")
    entities = params.json("entities")
    return format_text(params.text("text"), entities, parse_mode=mode, too_long=too_long)


def _post(
    world: World, chat: Chat, params: Params, content: Formatted, document: Upload | None = None
) -> Message:
    """Check all that could refuse a new message, then store it."""
    reply = _read_reply(world, chat, params)
    topic = topic_of(world, chat, params, reply.topic)
    raw_markup = params.json_object("reply_markup")
    markup = read_keyboard(raw_markup, chat)
    message = world.add_message(chat.id, world.bot, content)
    message.versions = [Version(message.sent_at, content.text, content.entities, markup)]
    message.document, message.topic = document, topic
    message.reply_to_message_id, message.quote = reply.message_id, reply.quote
    message.silent = params.flag("disable_notification")
    message.link_preview = not params.json_object("link_preview_options").get("is_disabled")
    message.editable = not raw_markup or "inline_keyboard" in raw_markup
    world.changed(message)
    return message


def _read_reply(world: World, chat: Chat, params: Params) -> _Reply:
    wanted = params.json_object("reply_parameters")
    if not wanted:
        return _Reply()
    other_chat = wanted.get("chat_id", chat.id) not in (chat.id, str(chat.id))
    target = Params.of(wanted).number("message_id")
    original = None if other_chat else world.find(chat.id, target)
    if original is None:
        if wanted.get("allow_sending_without_reply"):
            return _Reply()
        raise bad_request("message to be replied not found")
    quote = str(wanted.get("quote") or "") or None
    if quote and (len(quote) > MAX_QUOTE_CHARS or quote not in original.text):
        raise bad_request("QUOTE_TEXT_INVALID")
    return _Reply(original.message_id, quote, original.topic)


def edit_message_text(world: World, params: Params) -> JsonObject:
    """Replace a text, its entities and its keyboard; no keyboard given takes the old one away."""
    chat = editable_chat(world, params)
    if not params.text("text"):
        raise bad_request("message text is empty")
    message = _editable(world, chat, params)
    if message.document:
        raise bad_request("there is no text in the message to edit")
    content = _text(params, too_long="MESSAGE_TOO_LONG")
    return _change(world, chat, message, params, content)


def edit_message_reply_markup(world: World, params: Params) -> JsonObject:
    """Replace a keyboard, or take it away."""
    chat = editable_chat(world, params)
    message = _editable(world, chat, params)
    return _change(world, chat, message, params, Formatted(message.text, message.entities))


def _editable(world: World, chat: Chat, params: Params) -> Message:
    message = world.find(chat.id, params.number("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if not message.from_bot or message.service or not message.editable:
        raise bad_request("message can't be edited")
    refuse_closed(world, chat, message.topic)
    return message


def _change(
    world: World, chat: Chat, message: Message, params: Params, content: Formatted
) -> JsonObject:
    markup = read_keyboard(params.json_object("reply_markup"), chat)
    now = message.versions[-1]
    if (now.text, now.entities, now.markup) == (content.text, content.entities, markup):
        raise bad_request(NOT_MODIFIED)
    message.versions.append(Version(world.clock(), content.text, content.entities, markup))
    message.extra = {}  # what was rich is text now
    world.changed(message)
    return message_json(world, message)


def delete_message(world: World, params: Params) -> bool:
    """Delete a message: the bot's own, people's in private, and as administrator anybody's."""
    chat = open_chat(world, params)
    message = world.find(chat.id, params.number("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    own = message.from_bot or chat.kind == "private"
    powerful = rules(world, chat)
    too_old = world.clock() - message.sent_at > DELETABLE_S and not powerful
    if too_old or not (own or powerful):
        raise bad_request("message can't be deleted")
    message.deleted_at = world.clock()
    world.changed(message)
    return True
