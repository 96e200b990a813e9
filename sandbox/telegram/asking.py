"""The Bot API methods that ask about chats and answer taps."""

from __future__ import annotations

from sandbox.telegram.access import known_chat, open_chat, topic_of
from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.wire import chat_full_json, member_json, user_json
from sandbox.telegram.world import Answer, Change, World

CALLBACK_LIFETIME_S = 15.0
MAX_ANSWER_CHARS = 200


def get_me(world: World, params: Params) -> JsonObject:  # noqa: ARG001 - methods have one shape
    """Describe the bot; it has privacy mode on, as bots are born."""
    return {
        **user_json(world.bot),
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
    }


def get_chat(world: World, params: Params) -> JsonObject:
    """Describe a chat."""
    return chat_full_json(world, known_chat(world, params))


def get_chat_member(world: World, params: Params) -> JsonObject:
    """Say what a user is in a chat."""
    chat = known_chat(world, params)
    user_id = params.number("user_id")
    if user_id not in world.users:
        raise bad_request("invalid user_id specified")
    return member_json(world, user_id, chat.status(user_id))


def get_chat_administrators(world: World, params: Params) -> list[JsonObject]:
    """List who runs a group; other bots, and the bot itself unless it is one, are left out."""
    chat = open_chat(world, params)
    if chat.kind == "private":
        raise bad_request("there are no administrators in the private chat")
    return [
        member_json(world, user_id, status)
        for user_id, status in chat.members.items()
        if status in ("creator", "administrator")
    ]


def send_chat_action(world: World, params: Params) -> bool:
    """Show that the bot is typing, which nobody sees here."""
    topic_of(world, open_chat(world, params), params)
    if not params.text("action"):
        raise bad_request("wrong parameter action in request")
    return True


def leave_chat(world: World, params: Params) -> bool:
    """Leave a group."""
    chat = open_chat(world, params)
    if chat.kind == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.members[world.bot.id] = "left"
    world.announce(Change("chat", chat.id))
    return True


def answer_callback_query(world: World, params: Params) -> bool:
    """Answer a tap, which the person's client waits for; the first answer is what they see."""
    callback = world.callbacks.get(params.text("callback_query_id"))
    if callback is None or world.clock() - callback.tapped_at > CALLBACK_LIFETIME_S:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text = params.text("text")
    if len(text) > MAX_ANSWER_CHARS:
        raise bad_request("MESSAGE_TOO_LONG")
    if callback.answer is None:
        callback.answer = Answer(world.clock(), text, params.flag("show_alert"))
        world.announce(Change("callback", callback.chat_id, callback.id))
    return True
