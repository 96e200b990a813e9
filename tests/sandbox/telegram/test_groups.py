from __future__ import annotations

import pytest
from aiogram.types import Update

from sandbox.telegram import AsChannel, AsGroup, Forwarded
from tests.sandbox.telegram.desk import ADA, BAD, BASIC, BORIS, SUPER, Desk

CHANNEL = -1000000000800
UPGRADED = BAD + "group chat was upgraded to a supergroup chat"


def test_an_upgraded_group_lives_on_under_another_number(desk: Desk) -> None:
    """Both groups tell the bot of it, members come along, and old messages stay behind."""
    desk.send(chat_id=BASIC)
    new = desk.telegram.upgrade_group(BASIC)
    leaving, coming = desk.updates("message")
    assert (leaving["chat"]["id"], leaving["migrate_to_chat_id"]) == (BASIC, new)
    assert (coming["chat"]["id"], coming["migrate_from_chat_id"]) == (new, BASIC)
    assert desk.telegram.world.chats[new].members == desk.telegram.world.chats[BASIC].members
    assert [message.service for message in desk.telegram.messages(new)] == [True]
    assert desk.send(chat_id=new).message_id == coming["message_id"] + 1


@pytest.mark.parametrize(
    "method",
    ["sendMessage", "editMessageText", "deleteMessage", "sendChatAction", "getChat", "leaveChat"],
)
def test_every_call_to_the_old_group_names_the_new_one(desk: Desk, method: str) -> None:
    """The refusal carries the number of the supergroup."""
    at = {"chat_id": BASIC, "message_id": desk.send(chat_id=BASIC).message_id}
    new = desk.telegram.upgrade_group(BASIC)
    reply = desk.call(method, **at, text="x", action="typing")
    assert (reply.status, reply.body["description"]) == (400, UPGRADED)
    assert reply.body["parameters"] == {"migrate_to_chat_id": new}


def test_people_do_not_write_where_nobody_can(desk: Desk) -> None:
    """Old groups, deleted groups, and groups that restrict somebody are closed to them."""
    desk.telegram.upgrade_group(BASIC)
    desk.telegram.set_member_status(SUPER, BORIS, "restricted", by=ADA)
    for chat, user in ((BASIC, ADA), (SUPER, BORIS)):
        with pytest.raises(ValueError, match="may not write"):
            desk.telegram.say(chat, user, "hello")
    desk.telegram.delete_group(SUPER)
    with pytest.raises(ValueError, match="may not write"):
        desk.telegram.say(SUPER, ADA, "hello")
    with pytest.raises(ValueError, match="only a basic group"):
        desk.telegram.upgrade_group(BASIC)


def test_numbers_of_all_chats(desk: Desk) -> None:
    """Private chats and basic groups count together; a supergroup and a channel count alone."""
    desk.telegram.add_channel(CHANNEL, "News", {ADA: "creator"})
    desk.telegram.set_bot_status(CHANNEL, "administrator", by=ADA)
    shared = desk.send().message_id
    alone = {chat: desk.send(chat_id=chat).message_id for chat in (SUPER, CHANNEL)}
    assert desk.telegram.say(BASIC, ADA, "hello").message_id == shared + 1
    assert desk.telegram.say(BORIS, BORIS, "hello").message_id == shared + 2
    assert desk.send(chat_id=BASIC).message_id == shared + 3
    new = desk.telegram.upgrade_group(BASIC)  # a service message in either group
    assert desk.send().message_id == shared + 5
    assert desk.send(chat_id=new).message_id == 2
    assert desk.telegram.say(SUPER, ADA, "hello").message_id == alone[SUPER] + 1
    assert desk.telegram.say(CHANNEL, ADA, "news").message_id == alone[CHANNEL] + 1


def test_a_person_writes_as_a_channel_or_the_group(desk: Desk) -> None:
    """The bot sees who speaks only as a chat; `from` is a name that Telegram puts there."""
    desk.telegram.say(SUPER, BORIS, "/active", voice=AsChannel(CHANNEL, "News"))
    desk.telegram.say(SUPER, ADA, "/active", voice=AsGroup())
    channel, group = desk.updates("message")
    assert (channel["sender_chat"]["id"], channel["from"]["username"]) == (CHANNEL, "Channel_Bot")
    assert (group["sender_chat"]["id"], group["from"]["username"]) == (SUPER, "GroupAnonymousBot")
    assert [message.text for message in desk.telegram.bot_messages(SUPER)] == []
    with pytest.raises(ValueError, match="does not run"):
        desk.telegram.say(SUPER, BORIS, "/active", voice=AsGroup())


def test_a_forwarded_message_says_whose_it_was(desk: Desk) -> None:
    """The sender is who passed it on."""
    desk.telegram.say(ADA, ADA, "/mute", voice=Forwarded(BORIS))
    heard = desk.updates("message")[0]
    assert (heard["from"]["id"], heard["forward_origin"]["sender_user"]["id"]) == (ADA, BORIS)


def test_channels_post_under_their_own_name(desk: Desk) -> None:
    """Posts and their edits come as updates of their own kind, without a sender."""
    desk.telegram.add_channel(CHANNEL, "News", {ADA: "creator", BORIS: "member"})
    desk.telegram.set_bot_status(CHANNEL, "administrator", by=ADA)
    post = desk.telegram.say(CHANNEL, ADA, "/link 123")
    desk.telegram.edit_message(CHANNEL, post.message_id, "/link 456")
    told, edited = desk.updates("channel_post")[0], desk.updates("edited_channel_post")[0]
    assert (told["sender_chat"]["id"], "from" in told) == (CHANNEL, False)
    assert (told["text"], edited["text"]) == ("/link 123", "/link 456")
    with pytest.raises(ValueError, match="does not run channel"):
        desk.telegram.say(CHANNEL, BORIS, "hello")
    with pytest.raises(ValueError, match="-100"):
        desk.telegram.add_channel(-5, "x", {})


def test_the_bot_writes_again_when_it_may(desk: Desk) -> None:
    """A denial and a restriction end as they came."""
    for denial, words in (
        ("access", "have no write access to the chat"),
        ("forbidden", "CHAT_WRITE_FORBIDDEN"),
    ):
        desk.telegram.deny(SUPER, denial)  # type: ignore[arg-type]  # the two there are
        assert desk.refusal("sendMessage", chat_id=SUPER, text="x")[1] == BAD + words
    desk.telegram.deny(SUPER, None)
    desk.telegram.set_bot_status(SUPER, "restricted", by=ADA)
    refused = desk.telegram.bot_messages(SUPER)
    assert desk.refusal("sendMessage", chat_id=SUPER, text="x")[0] == 400
    assert desk.telegram.bot_messages(SUPER) == refused
    desk.telegram.set_bot_status(SUPER, "member", by=ADA)
    assert desk.send(chat_id=SUPER).text == "hello"


def test_a_file_is_refused_in_its_own_words(desk: Desk) -> None:
    """Who may not write may not send documents either."""
    desk.telegram.set_bot_status(SUPER, "restricted", by=ADA)
    refused = desk.refusal("sendDocument", chat_id=SUPER)
    assert refused[1] == BAD + "not enough rights to send documents to the chat"


def test_unusual_updates_parse(desk: Desk) -> None:
    """A real client reads disguises, forwards, posts, upgrades and restrictions."""
    desk.telegram.add_channel(CHANNEL, "News", {ADA: "creator"})
    desk.telegram.set_bot_status(CHANNEL, "administrator", by=ADA)
    post = desk.telegram.say(CHANNEL, ADA, "news")
    desk.telegram.edit_message(CHANNEL, post.message_id, "more news")
    desk.telegram.say(SUPER, ADA, "/active", voice=AsGroup())
    desk.telegram.say(SUPER, ADA, "/active", voice=AsChannel(CHANNEL, "News"))
    desk.telegram.say(ADA, ADA, "hello", voice=Forwarded(BORIS))
    desk.telegram.set_bot_status(SUPER, "restricted", by=ADA)
    desk.telegram.upgrade_group(BASIC)
    read = [Update.model_validate(each).event_type for each in desk.telegram.updates.waiting()]
    assert read == [
        "my_chat_member",
        "channel_post",
        "edited_channel_post",
        *["message"] * 3,
        "my_chat_member",
        *["message"] * 2,
    ]
