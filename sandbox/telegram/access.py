"""Which chat a call names, and whether the bot may see it and write there."""

from __future__ import annotations

from sandbox.telegram.params import Params
from sandbox.telegram.refusals import bad_request, forbidden, upgraded
from sandbox.telegram.world import PRESENT, RULING, Chat, World

_DENIALS = {"access": "have no write access to the chat", "forbidden": "CHAT_WRITE_FORBIDDEN"}


def known_chat(world: World, params: Params) -> Chat:
    """Return the chat a call names; raise Refusal when there is none or it moved."""
    if not params.text("chat_id"):
        raise bad_request("chat_id is empty")
    chat_id = params.text("chat_id")
    chat = world.chats.get(int(chat_id)) if chat_id.lstrip("-").isdigit() else None
    if chat is None:
        raise bad_request("chat not found")
    if chat.upgraded_to is not None:
        raise upgraded(chat.upgraded_to)
    return chat


def open_chat(world: World, params: Params) -> Chat:
    """Return the chat a call names, of which the bot is a part; raise Refusal otherwise."""
    chat = known_chat(world, params)
    if chat.deleted:
        raise forbidden("the group chat was deleted")
    if chat.kind == "private":
        _check_person(world, chat)
        return chat
    status = chat.status(world.bot.id)
    if status == "kicked":
        raise forbidden(f"bot was kicked from the {chat.kind} chat")
    if status not in PRESENT:
        raise forbidden(f"bot is not a member of the {chat.kind} chat")
    return chat


def _check_person(world: World, chat: Chat) -> None:
    status = chat.status(world.bot.id)
    if world.users[chat.id].deactivated:
        met = status != "left"
        raise forbidden("user is deactivated") if met else bad_request("private chat not found")
    if status == "kicked":
        raise forbidden("bot was blocked by the user")
    if status not in PRESENT:
        raise forbidden("bot can't initiate conversation with a user")


def writable_chat(world: World, params: Params, what: str = "text messages") -> Chat:
    """Return the chat a call names, in which the bot may write; raise Refusal otherwise."""
    chat = open_chat(world, params)
    if chat.denial is not None:
        raise bad_request(_DENIALS[chat.denial])
    if chat.status(world.bot.id) == "restricted":
        raise bad_request(f"not enough rights to send {what} to the chat")
    if chat.kind == "channel" and not rules(world, chat):
        raise bad_request("need administrator rights in the channel chat")
    return chat


def editable_chat(world: World, params: Params) -> Chat:
    """Return the chat a call names, in which the bot may edit; raise Refusal otherwise."""
    chat = open_chat(world, params)
    if chat.denial is not None or chat.status(world.bot.id) == "restricted":
        raise bad_request("CHAT_WRITE_FORBIDDEN")
    return chat


def rules(world: World, chat: Chat) -> bool:
    """Tell whether the bot is an administrator."""
    return chat.status(world.bot.id) in RULING


def topic_of(world: World, chat: Chat, params: Params, otherwise: int = 0) -> int:
    """Return the open topic a call names or else means, 0 for General.

    General's own number, 1, is refused.
    """
    number = params.number("message_thread_id") or otherwise
    if not number:
        return 0
    if chat.topic(number) is None:
        raise bad_request("message thread not found")
    refuse_closed(world, chat, number)
    return number


def refuse_closed(world: World, chat: Chat, number: int) -> None:
    """Raise Refusal where a topic is closed and the bot is no administrator."""
    topic = chat.topic(number)
    if topic is not None and topic.closed and not rules(world, chat):
        raise bad_request("TOPIC_CLOSED")
