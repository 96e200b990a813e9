"""Topics of forums: how they open, close and vanish, by people and by the bot."""

from __future__ import annotations

from sandbox.telegram.access import open_chat, rules
from sandbox.telegram.formatted import Formatted
from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.refusals import bad_request
from sandbox.telegram.world import Change, Chat, Message, Topic, User, World

COLOUR = 0x6FB9F0
MAX_NAME_CHARS = 128


def open_topic(world: World, chat: Chat, user: User, name: str) -> Message:
    """Open a topic and return the message that tells it, whose number is the topic's."""
    created: JsonObject = {"forum_topic_created": {"name": name, "icon_color": COLOUR}}
    message = _service(world, chat, user, f"{name} was created", created)
    message.topic = message.message_id
    chat.topics[message.topic] = Topic(message.topic, name)
    _changed(world, message)
    return message


def switch_topic(world: World, chat: Chat, user: User, topic: Topic, *, closed: bool) -> Message:
    """Close or reopen a topic and return the message that tells it."""
    topic.closed = closed
    word = "closed" if closed else "reopened"
    told: JsonObject = {f"forum_topic_{word}": {}}
    message = _service(world, chat, user, f"{topic.name} was {word}", told)
    message.topic = topic.id
    _changed(world, message)
    return message


def _service(world: World, chat: Chat, user: User, words: str, extra: JsonObject) -> Message:
    message = world.add_message(chat.id, user, Formatted(words))
    message.service, message.extra = True, extra
    return message


def _changed(world: World, message: Message) -> None:
    world.changed(message)
    world.announce(Change("chat", message.chat_id))


def create_forum_topic(world: World, params: Params) -> JsonObject:
    """Open a topic, as an administrator."""
    chat = _ruled_forum(world, params)
    name = params.text("name")
    if not 1 <= len(name) <= MAX_NAME_CHARS:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "topic name is too long")
    message = open_topic(world, chat, world.bot, name)
    return {"message_thread_id": message.topic, "name": name, "icon_color": COLOUR}


def close_forum_topic(world: World, params: Params) -> bool:
    """Close a topic, as an administrator."""
    return _switched(world, params, closed=True)


def reopen_forum_topic(world: World, params: Params) -> bool:
    """Reopen a topic, as an administrator."""
    return _switched(world, params, closed=False)


def delete_forum_topic(world: World, params: Params) -> bool:
    """Delete a topic with its messages, as an administrator."""
    chat = _ruled_forum(world, params)
    topic = _named(chat, params)
    world.delete_topic(chat.id, topic.id)
    return True


def _switched(world: World, params: Params, *, closed: bool) -> bool:
    chat = _ruled_forum(world, params)
    topic = _named(chat, params)
    if topic.closed == closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    switch_topic(world, chat, world.bot, topic, closed=closed)
    return True


def _ruled_forum(world: World, params: Params) -> Chat:
    chat = open_chat(world, params)
    if not chat.forum:
        raise bad_request("the chat is not a forum")
    if not rules(world, chat):
        raise bad_request("not enough rights to manage topics")
    return chat


def _named(chat: Chat, params: Params) -> Topic:
    topic = chat.topics.get(params.number("message_thread_id") or 0)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.deleted:
        raise bad_request("TOPIC_DELETED")
    return topic
