from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.linking.model import ChatToLink
from bot.live.stores import Intent, NewView, StoredMessage, StoredView
from bot.rendering.transcript import Cover
from bot.storage.database import Database
from bot.storage.views import Forgotten
from tests.fakes.clock import FakeClock

START = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHAT_ID = -100


@pytest.fixture
async def chat(database: Database) -> int:
    group = ChatToLink(CHAT_ID, 0, "supergroup", "Team", 7, "de")
    return (await database.chats.link(group, START)).chat.id


@pytest.fixture
async def view(database: Database, chat: int) -> StoredView:
    return await database.views.begin(_new(chat))


def _new(chat: int, turn: str = "turn") -> NewView:
    return NewView(chat, turn, "workspace", "session", "", "Fix login", START)


async def _send(database: Database, view: StoredView, number: int, message_id: int) -> None:
    intent = await database.views.intend(view.id, "page", number)
    await database.views.settle(intent, view.id, "page", number, message_id)


async def test_begin(database: Database, chat: int, view: StoredView) -> None:
    """A view begins empty; beginning it again, also after a restart, returns what is there."""
    new = StoredView(view.id, chat, "turn", "workspace", "session", START, title="Fix login")
    assert view == new
    await _send(database, view, 0, 11)
    again = await database.views.begin(_new(chat))
    assert again.id == view.id
    assert [message.message_id for message in again.messages] == [11]


async def test_a_message_that_is_sealed_by_its_send(database: Database, view: StoredView) -> None:
    """What a chunk shows is known before it leaves, and counts as shown only if it arrived."""
    covers = (Cover("e/1", "answer", b"12345678", 40, True), Cover("e/2", "tool", b"87654321"))
    lost = await database.views.intend(view.id, "chunk", 0, 10, covers)
    assert await _unsettled(database, view) == (Intent(lost, "chunk", 0, 10, covers),)
    await database.views.settle(lost, view.id, "chunk", 0, None)
    stored = await database.views.get(view.id)
    assert stored is not None
    assert (stored.messages, stored.shown) == ((), ())

    again = await database.views.intend(view.id, "chunk", 0, 10, covers)
    await database.views.settle(again, view.id, "chunk", 0, 11, covers)
    stored = await database.views.get(view.id)
    assert stored is not None
    assert [(m.kind, m.message_id, m.sealed) for m in stored.messages] == [("chunk", 11, True)]
    assert stored.shown == covers


async def test_a_link_that_became_another_kind(database: Database, view: StoredView) -> None:
    """A view has one message of each number, whatever it is; parts after the end are no links."""
    for kind, message_id in (("page", 11), ("chunk", 12), ("notice", 13)):
        intent = await database.views.intend(view.id, kind, 0)
        await database.views.settle(intent, view.id, kind, 0, message_id)
    stored = await database.views.get(view.id)
    assert stored is not None
    assert [(m.kind, m.message_id) for m in stored.messages] == [("chunk", 12), ("notice", 13)]


async def test_begin_for_an_unlinked_chat(database: Database) -> None:
    """A chat that was unlinked meanwhile gets no view."""
    with pytest.raises(Forgotten):
        await database.views.begin(_new(99))


async def test_settle(database: Database, chat: int, view: StoredView, clock: FakeClock) -> None:
    """A send that arrived is a message of the view and counts for its chat."""
    intent = await database.views.intend(view.id, "page", 0, newest_seen=10)
    assert await _unsettled(database, view) == (Intent(intent, "page", 0, 10),)
    assert await database.views.in_doubt() == ((CHAT_ID, view.id),)
    await clock.advance(1)
    await database.views.settle(intent, view.id, "page", 0, 11)

    stored = await database.views.get(view.id)
    assert stored is not None
    assert stored.messages == (StoredMessage("page", 0, 11, False, clock.wall()),)
    assert stored.unsettled == ()
    assert await database.views.in_doubt() == ()
    record = await database.chats.get(chat)
    assert record is not None
    assert record.messages_sent == 1


async def test_settle_what_was_not_sent(database: Database, view: StoredView) -> None:
    """A send that surely did not arrive leaves nothing behind."""
    intent = await database.views.intend(view.id, "page", 0)
    await database.views.settle(intent, view.id, "page", 0, None)
    assert await database.views.get(view.id) == view
    assert await database.views.in_doubt() == ()


async def test_sent_again(database: Database, view: StoredView) -> None:
    """A page that is sent again takes the place of the message that is gone."""
    await _send(database, view, 0, 11)
    await database.views.seal(view.id, 0, [])
    await _send(database, view, 0, 12)
    stored = await database.views.get(view.id)
    assert stored is not None
    assert [(message.message_id, message.sealed) for message in stored.messages] == [(12, False)]
    assert await database.views.of_message(CHAT_ID, 11) is None


async def test_unlinked_while_sending(database: Database, chat: int, view: StoredView) -> None:
    """A chat that is unlinked during a send gets no row from its answer."""
    intent = await database.views.intend(view.id, "page", 0)
    await database.chats.unlink(chat)
    await database.views.settle(intent, view.id, "page", 0, 11)
    await database.views.seal(view.id, 0, [Cover("a", "answer", bytes(8))])
    await database.views.end(view.id, "done", "Fix login")
    assert await database.views.get(view.id) is None
    with pytest.raises(Forgotten):
        await database.views.intend(view.id, "page", 1)


async def test_seal(database: Database, view: StoredView) -> None:
    """Sealing a page stores what it shows, in order; sealing it again replaces that."""
    covers = [
        Cover("b", "tool", b"12345678", whole=True, status="failed"),
        Cover("a", "answer", b"87654321", length=40, fence="python"),
    ]
    await _send(database, view, 0, 11)
    await _send(database, view, 1, 12)
    await database.views.seal(view.id, 0, [Cover("old", "answer", bytes(8))])
    await database.views.seal(view.id, 0, covers)
    await database.views.seal(view.id, 1, covers[:1])

    stored = await database.views.get(view.id)
    assert stored is not None
    assert stored.shown == (*covers, covers[0])
    assert [message.sealed for message in stored.messages] == [True, True]


async def test_notice_is_no_page(database: Database, view: StoredView) -> None:
    """The notice has the number of a page and is not sealed with it."""
    await _send(database, view, 0, 11)
    intent = await database.views.intend(view.id, "notice", 0)
    await database.views.settle(intent, view.id, "notice", 0, 12)
    await database.views.seal(view.id, 0, [])
    stored = await database.views.get(view.id)
    assert stored is not None
    assert {m.kind: (m.message_id, m.sealed) for m in stored.messages} == {
        "page": (11, True),
        "notice": (12, False),
    }


async def test_open(database: Database, chat: int, view: StoredView) -> None:
    """After a restart every view that has not ended is there, each with its own messages."""
    other = await database.views.begin(_new(chat, "other"))
    ended = await database.views.begin(_new(chat, "ended"))
    await _send(database, view, 0, 11)
    await _send(database, other, 0, 12)
    await _send(database, other, 1, 13)
    await database.views.seal(other.id, 0, [Cover("a", "answer", bytes(8))])
    await database.views.end(ended.id, "done", "Fix login")

    assert [
        (stored.turn_id, [message.message_id for message in stored.messages], len(stored.shown))
        for stored in await database.views.open()
    ] == [("turn", [11], 0), ("other", [12, 13], 1)]


async def test_of_message(database: Database, view: StoredView) -> None:
    """A reply to any message of a view finds the view, in its own chat only."""
    await _send(database, view, 0, 11)
    assert await database.views.of_message(CHAT_ID, 11) == view.id
    assert await database.views.of_message(CHAT_ID, 12) is None
    assert await database.views.of_message(7, 11) is None


async def test_a_view_that_ended_is_in_no_doubt(database: Database, view: StoredView) -> None:
    """Nobody looks for what was sent of a view that is over."""
    await database.views.intend(view.id, "notice", 0)
    await database.views.end(view.id, "done", "Fix login")
    assert await _unsettled(database, view) == ()
    assert await database.views.in_doubt() == ()


async def test_leave(database: Database, view: StoredView) -> None:
    """What stands where the link was before is sealed, and no message of the chat any more."""
    await _send(database, view, 0, 11)
    await database.views.leave(view.id)
    stored = await database.views.get(view.id)
    assert stored is not None
    assert [(message.message_id, message.sealed) for message in stored.messages] == [(0, True)]
    assert await database.views.of_message(CHAT_ID, 11) is None


async def test_prune(database: Database, chat: int, view: StoredView, clock: FakeClock) -> None:
    """Views that ended long ago are forgotten with what they showed, and those nobody ended."""
    await database.views.seal(view.id, 0, [Cover("a", "answer", bytes(8))])
    await clock.advance(60)
    recent = await database.views.begin(replace(_new(chat, "new"), started_at=clock.wall()))
    await database.views.end(view.id, "failed", "Fix login")
    assert await database.views.prune(clock.wall()) == 0
    await clock.advance(1)
    assert await database.views.prune(clock.wall()) == 2
    assert await database.views.get(view.id) is None
    assert await database.views.get(recent.id) is None


async def test_late_results_stay_where_they_were(database: Database, view: StoredView) -> None:
    """Below which entry a late result stands is stored once and never changes."""
    await database.views.anchor(view.id, {"e/1": "e/4", "e/2": None})
    await database.views.anchor(view.id, {"e/1": "e/9"})
    await database.views.anchor(view.id + 1, {"e/1": "e/9"})
    stored = await database.views.get(view.id)
    assert stored is not None
    assert stored.late_after == {"e/1": "e/4", "e/2": None}


async def test_chats_that_were_written_to(
    database: Database, chat: int, view: StoredView, clock: FakeClock
) -> None:
    """A chat is active since its newest message, not since its view."""
    assert await database.views.active_since(START) == frozenset()
    await _send(database, view, 0, 11)
    assert await database.views.active_since(clock.wall()) == {chat}
    assert await database.views.active_since(clock.wall() + timedelta(seconds=1)) == frozenset()


async def test_an_ended_view_is_told_from_an_open_one(database: Database, view: StoredView) -> None:
    """A view that was ended is not among those that wait, and says so."""
    assert [one.id for one in await database.views.open()] == [view.id]
    await database.views.end(view.id, "done", "Fix login")
    assert await database.views.open() == ()
    stored = await database.views.get(view.id)
    assert stored is not None
    assert stored.ended


async def _unsettled(database: Database, view: StoredView) -> tuple[Intent, ...]:
    stored = await database.views.get(view.id)
    assert stored is not None
    return stored.unsettled
