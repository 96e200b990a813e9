from __future__ import annotations

from typing import Any

import pytest
from aiogram.types import ForumTopic, Update

from tests.sandbox.telegram.desk import ADA, BAD, BORIS, SUPER, Desk, keyboard

FORUM = -1000000000700


@pytest.fixture
def topic(desk: Desk) -> int:
    """A topic of a forum that Ada runs, Boris and the bot being members."""
    desk.telegram.add_forum(FORUM, "Forum", {ADA: "creator", BORIS: "member"})
    desk.telegram.add_bot_to_group(FORUM, by=ADA)
    return desk.telegram.add_topic(FORUM, "Builds")


def test_a_topics_number_is_that_of_its_first_message(desk: Desk, topic: int) -> None:
    """The service message that opens a topic names it, and is told to the bot."""
    opened = desk.telegram.message(FORUM, topic)
    assert (opened.service, opened.topic, opened.text) == (True, topic, "Builds was created")
    told = desk.updates("message")[-1]
    assert (told["message_id"], told["message_thread_id"]) == (topic, topic)
    assert told["forum_topic_created"]["name"] == "Builds"
    assert "text" not in told


def test_messages_of_a_topic_name_it(desk: Desk, topic: int) -> None:
    """What people and the bot write there carries its number and the message that opened it."""
    desk.telegram.say(FORUM, BORIS, "/status", topic=topic)
    heard = desk.updates("message")[-1]
    assert (heard["message_thread_id"], heard["is_topic_message"]) == (topic, True)
    assert heard["reply_to_message"]["forum_topic_created"]["name"] == "Builds"
    sent = desk.call("sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
    result: Any = sent.body["result"]
    assert (result["message_thread_id"], result["is_topic_message"]) == (topic, True)
    assert desk.telegram.bot_messages(FORUM)[-1].topic == topic


def test_a_reply_stands_in_the_topic_of_what_it_answers(desk: Desk, topic: int) -> None:
    """Neither people nor the bot need to name the topic of a reply."""
    question = desk.telegram.say(FORUM, BORIS, "/status", topic=topic)
    to = {"message_id": question.message_id}
    answer = desk.send(chat_id=FORUM, reply_parameters=to)
    assert answer.topic == topic
    assert desk.telegram.say(FORUM, BORIS, "thanks", answer.message_id).topic == topic


def test_replies_outside_topics_carry_a_thread_that_is_no_topic(desk: Desk, topic: int) -> None:
    """In General, and without topics, a reply names the first message of its thread."""
    for chat in (FORUM, SUPER):
        first = desk.send(chat_id=chat)
        second = desk.telegram.say(chat, ADA, "why?", first.message_id)
        third = desk.send(chat_id=chat, reply_parameters={"message_id": second.message_id})
        assert third.topic == 0
        heard = desk.updates("message")[-1]
        assert heard["message_thread_id"] == first.message_id
        assert "is_topic_message" not in heard


def test_a_closed_topic_is_for_administrators(desk: Desk, topic: int) -> None:
    """Others cannot write there until it opens again; the bot is told of both."""
    desk.telegram.close_topic(FORUM, topic)
    assert "forum_topic_closed" in desk.updates("message")[-1]
    with pytest.raises(ValueError, match="closed"):
        desk.telegram.say(FORUM, BORIS, "hello", topic=topic)
    desk.telegram.say(FORUM, ADA, "hello", topic=topic)
    params = {"chat_id": FORUM, "text": "x", "message_thread_id": topic}
    assert desk.refusal("sendMessage", **params) == (400, BAD + "TOPIC_CLOSED")
    desk.telegram.set_bot_status(FORUM, "administrator", by=ADA)
    assert desk.call("sendMessage", **params).status == 200
    desk.telegram.reopen_topic(FORUM, topic)
    assert "forum_topic_reopened" in desk.updates("message")[-1]
    desk.telegram.say(FORUM, BORIS, "hello", topic=topic)


def test_a_deleted_topic_takes_its_messages_along(desk: Desk, topic: int) -> None:
    """Other topics stay, the bot is not told, and nobody writes there again."""
    other = desk.telegram.add_topic(FORUM, "Chat")
    for number in (topic, other):
        desk.telegram.say(FORUM, BORIS, "hello", topic=number)
    before = len(desk.telegram.updates)
    desk.telegram.delete_topic(FORUM, topic)
    left = [message.topic for message in desk.telegram.messages(FORUM) if message.topic]
    assert left == [other, other]
    assert len(desk.telegram.updates) == before
    with pytest.raises(ValueError, match="no topic"):
        desk.telegram.say(FORUM, BORIS, "hello", topic=topic)
    typing = {"chat_id": FORUM, "action": "typing", "message_thread_id": topic}
    assert desk.refusal("sendChatAction", **typing)[1] == BAD + "message thread not found"


def test_what_cannot_be_done_with_topics(desk: Desk, topic: int) -> None:
    """Only supergroups have topics, and only those that are there close."""
    with pytest.raises(ValueError, match="only a supergroup"):
        desk.telegram.add_forum(-501, "x", {ADA: "creator"})
    with pytest.raises(ValueError, match="has no topics"):
        desk.telegram.add_topic(SUPER, "x")
    with pytest.raises(ValueError, match="no topic"):
        desk.telegram.close_topic(FORUM, topic + 1)


def test_the_bot_runs_topics_as_administrator(desk: Desk, topic: int) -> None:
    """It opens, closes, reopens and deletes them; as a member it may not."""
    opening = {"chat_id": FORUM, "name": "Mine"}
    refused = desk.refusal("createForumTopic", **opening)
    assert refused[1] == BAD + "not enough rights to manage topics"
    assert desk.refusal("createForumTopic", chat_id=SUPER, name="x")[0] == 400
    desk.telegram.set_bot_status(FORUM, "administrator", by=ADA)
    mine = ForumTopic.model_validate(desk.call("createForumTopic", **opening).body["result"])
    at: dict[str, Any] = {"chat_id": FORUM, "message_thread_id": mine.message_thread_id}
    assert desk.send(**at, text="x").topic == mine.message_thread_id
    assert desk.refusal("createForumTopic", chat_id=FORUM, name="")[0] == 400
    for method in ("closeForumTopic", "reopenForumTopic", "deleteForumTopic"):
        assert desk.call(method, **at).body["result"] is True
    assert desk.refusal("deleteForumTopic", **at)[1] == BAD + "TOPIC_DELETED"
    assert desk.refusal("sendMessage", **at, text="x")[1] == BAD + "message thread not found"


def test_a_tap_in_a_topic_names_it(desk: Desk, topic: int) -> None:
    """The message that comes with a callback tells where it stands."""
    message = desk.send(chat_id=FORUM, message_thread_id=topic, reply_markup=keyboard("a"))
    desk.telegram.tap(FORUM, BORIS, message.message_id, "a")
    assert desk.updates("callback_query")[-1]["message"]["message_thread_id"] == topic


def test_updates_about_topics_parse(desk: Desk, topic: int) -> None:
    """A real client reads what people do with topics."""
    desk.telegram.say(FORUM, BORIS, "/status", topic=topic)
    desk.telegram.close_topic(FORUM, topic)
    desk.telegram.reopen_topic(FORUM, topic)
    read = [Update.model_validate(each) for each in desk.telegram.updates.waiting()]
    kinds = [each.message.content_type for each in read if each.message]
    assert kinds == [
        "forum_topic_created",
        "text",
        "forum_topic_closed",
        "forum_topic_reopened",
    ]
