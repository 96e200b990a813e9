from __future__ import annotations

from dataclasses import replace

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import SendMessage

from bot.linking.model import ChatRecord
from bot.live.ports import LinkedChat
from tests.fakes.handlers import GROUP, Stage

SUPERGROUP = -1000000000005
GONE = "The topic I wrote in is gone, so I go on here."


def live(record: ChatRecord, locale: str = "en") -> LinkedChat:
    """The chat as a view has it."""
    settings = record.settings
    return LinkedChat(record.id, record.chat_id, record.topic, record.type, settings, locale)


async def test_an_upgraded_group_keeps_its_link(stage: Stage) -> None:
    """The message that tells of an upgrade moves the link at once, and nothing is said."""
    chat = stage.linked_group()
    await stage.send(chat_id=GROUP, migrate_to_chat_id=SUPERGROUP)

    moved = replace(chat, chat_id=SUPERGROUP, type="supergroup")
    assert stage.chats.rows == {chat.id: moved}
    assert stage.followers.did == [("changed", chat.id, SUPERGROUP, 0)]
    assert stage.texts == []


async def test_a_group_that_is_not_linked_is_not_moved(stage: Stage) -> None:
    """An upgrade of a stranger's group is nobody's affair."""
    await stage.send(chat_id=GROUP, migrate_to_chat_id=SUPERGROUP)

    assert stage.followers.did == []
    assert stage.texts == []


async def test_a_group_moves_once(stage: Stage) -> None:
    """Two views that find out move the link once."""
    chat = stage.linked_group()
    for _ in range(2):
        await stage.moves.upgraded(chat.chat_id, SUPERGROUP)

    assert stage.followers.did == [("changed", chat.id, SUPERGROUP, 0)]


async def test_a_place_that_is_taken_ends_the_link(stage: Stage) -> None:
    """Where another link is already the one that moves is forgotten."""
    chat = stage.linked_group()
    other = stage.linked_private(SUPERGROUP)
    await stage.moves.upgraded(chat.chat_id, SUPERGROUP)

    assert stage.chats.rows == {other.id: other}
    assert stage.followers.did == [("unlinked", chat.id)]


async def test_a_topic_that_is_gone_moves_its_link(stage: Stage) -> None:
    """The link of a deleted topic is General's, which one sentence says in its language."""
    chat = stage.linked_group(topic=5)
    for _ in range(2):
        await stage.moves.topic_gone(live(chat))

    assert stage.chats.rows[chat.id].topic == 0
    assert stage.followers.did == [("changed", chat.id, GROUP, 0)]
    assert stage.texts == [GONE]
    (said,) = stage.session.requests
    assert isinstance(said, SendMessage)
    assert (said.chat_id, said.message_thread_id, said.disable_notification) == (GROUP, None, True)


async def test_a_topic_of_a_linked_group_just_ends(stage: Stage) -> None:
    """Where General is linked, too, nobody needs to be told."""
    topic, general = stage.linked_group(topic=5), stage.linked_group()
    await stage.moves.topic_gone(live(topic))

    assert stage.chats.rows == {general.id: general}
    assert stage.followers.did == [("unlinked", topic.id)]
    assert stage.texts == []


async def test_a_sentence_that_cannot_be_said_is_left_out(stage: Stage) -> None:
    """The link has moved, whether or not that can be told."""
    chat = stage.linked_group(topic=5)
    method = SendMessage(chat_id=GROUP, text=GONE)
    stage.session.failures[SendMessage] = TelegramBadRequest(method, "Bad Request: no")
    await stage.moves.topic_gone(live(chat))

    assert stage.chats.rows[chat.id].topic == 0


async def test_a_chat_that_is_gone_is_unlinked_quietly(stage: Stage) -> None:
    """What Telegram took away is forgotten with the reason, and nothing is said."""
    chat = stage.linked_private()
    await stage.moves.lost(live(chat), "bot was blocked by the user")

    assert stage.chats.lost == {chat.id: "bot was blocked by the user"}
    assert stage.followers.did == [("unlinked", chat.id)]
    assert stage.texts == []
