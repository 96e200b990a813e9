"""What a handler says and nobody answers for: it is found, or said again, and never twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram.exceptions import ClientDecodeError, TelegramNetworkError, TelegramServerError
from aiogram.types import BufferedInputFile, MessageEntity

from bot.delivery.answer import TRIES
from bot.live.ports import Urgency
from bot.live.probe import BEYOND
from sandbox.telegram import Close, Fault, HtmlPage, Respond
from tests.delivery.door import ADA, BOB, FLOOD, KEYBOARD, RETRY_S, Door, opened

BROKEN = [Close(), HtmlPage(502), Respond(500, "Internal Server Error")]
each_way = pytest.mark.parametrize("effect", BROKEN, ids=["closed", "page", "error"])


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as door:
        await door.bot.send_message(ADA, "before")
        await door.clock.advance(60)
        yield door


@each_way
async def test_an_answer_that_arrived_is_found(door: Door, effect: Close) -> None:
    """An answer that stands there is not sent again, and the handler gets it as if told of it."""
    door.telegram.faults.append(Fault("sendMessage", effect, applied=True))
    bold = [MessageEntity(type="bold", offset=0, length=6)]
    call = door.start(
        door.bot.send_message(ADA, "answer", entities=bold, reply_markup=KEYBOARD, parse_mode=None)
    )

    sent = await door.passed(call)

    assert door.texts() == ["before", "answer"]
    there = door.telegram.bot_messages(ADA)[1]
    assert (sent.message_id, sent.chat.id, sent.text) == (there.message_id, ADA, "answer")
    assert sent.bot is door.bot
    assert there.button_labels == ["Mute"]
    assert len(there.versions) == 1
    assert door.tried() == 2


@each_way
async def test_an_answer_that_did_not_arrive_is_said_again(door: Door, effect: Close) -> None:
    """When no id is the answer's, it is sent once more."""
    door.telegram.faults.append(Fault("sendMessage", effect))

    await door.passed(door.start(door.bot.send_message(ADA, "answer")))

    assert door.texts() == ["before", "answer"]
    assert door.tried("editMessageText") == BEYOND
    assert door.tried() == 3


async def test_looking_leaves_the_reserve_alone(door: Door) -> None:
    """Guesses are of their own class, behind every send."""
    door.telegram.faults.append(Fault("sendMessage", Close()))

    await door.passed(door.start(door.bot.send_message(ADA, "answer")))

    assert door.lanes.asked.count((ADA, Urgency.PROBE)) == BEYOND


async def test_other_answers_wait_meanwhile(door: Door) -> None:
    """Only when it is clear what came of one answer the next one is sent; edits go on."""
    door.telegram.faults.append(Fault("sendMessage", Close(), applied=True))
    first = door.start(door.bot.send_message(ADA, "first"))
    await door.struck(1)
    second = door.start(door.bot.send_message(ADA, "second"))
    before = door.telegram.bot_messages(ADA)[0]
    await door.bot.edit_message_text("edited", chat_id=ADA, message_id=before.message_id)
    assert door.tried() == 2
    await door.passed(first)
    await door.passed(second)

    assert door.texts() == ["edited", "first", "second"]


async def test_an_answer_waits_for_a_view_in_doubt(door: Door) -> None:
    """While a view looks for what it sent, nothing is said in its chat; elsewhere it is."""
    door.doubts.hold(ADA, "view")
    call = door.start(door.bot.send_message(ADA, "answer"))
    await door.bot.send_message(BOB, "hello")
    await door.quiet()
    assert door.texts() == ["before"]
    door.doubts.release(ADA, "view")
    await door.passed(call)

    assert door.texts() == ["before", "answer"]


async def test_a_doubt_that_comes_with_the_grant_is_waited_for(door: Door) -> None:
    """Whoever waited in the lane while a view's send was lost asks again."""
    async with door.lanes.grant(ADA, lambda: Urgency.FINAL, "view"):
        call = door.start(door.bot.send_message(ADA, "answer"))
        await door.quiet()
        door.doubts.hold(ADA, "view")
    await door.quiet()
    await door.clock.advance(5)
    assert door.texts() == ["before"]
    door.doubts.release(ADA, "view")
    await door.passed(call)

    assert door.texts() == ["before", "answer"]


async def test_a_flood_while_looking_rests_the_lane(door: Door) -> None:
    """A guess that flood control refuses is made again after the rest."""
    door.telegram.faults.append(Fault("sendMessage", Close(), applied=True))
    door.telegram.faults.append(Fault("editMessageText", FLOOD))

    began = door.clock.now()
    await door.passed(door.start(door.bot.send_message(ADA, "answer")))

    assert door.texts() == ["before", "answer"]
    assert door.tried("editMessageText") == 2
    assert door.clock.now() - began >= RETRY_S


async def test_what_is_lost_again_and_again_is_told(door: Door) -> None:
    """After three losses the handler knows, and the chat is free for others."""
    door.telegram.faults.append(Fault("sendMessage", HtmlPage(502), times=TRIES))
    call = door.start(door.bot.send_message(ADA, "answer"))
    with pytest.raises(ClientDecodeError):
        await door.passed(call)
    await door.passed(door.start(door.bot.send_message(ADA, "next")))

    assert door.texts() == ["before", "next"]
    assert door.tried() == 2 + TRIES


async def test_the_last_try_is_looked_for_too(door: Door) -> None:
    """An answer that arrived with its last try is found."""
    door.telegram.faults.append(Fault("sendMessage", Close(), times=TRIES - 1))
    door.telegram.faults.append(Fault("sendMessage", Close(), nth=TRIES, applied=True))

    await door.passed(door.start(door.bot.send_message(ADA, "answer")))

    assert door.texts() == ["before", "answer"]


async def test_an_edit_is_simply_made_again(door: Door) -> None:
    """An edit may be repeated without harm, so nobody looks for anything."""
    before = door.telegram.bot_messages(ADA)[0]
    fault = Fault("editMessageText", Respond(502, "Bad Gateway"), times=TRIES - 1)
    door.telegram.faults.append(fault)

    call = door.bot.edit_message_text("edited", chat_id=ADA, message_id=before.message_id)
    await door.passed(door.start(call))

    assert door.texts() == ["edited"]


async def test_an_edit_that_never_works_is_told(door: Door) -> None:
    """After three tries the handler knows."""
    before = door.telegram.bot_messages(ADA)[0]
    fault = Fault("editMessageText", Respond(502, "Bad Gateway"), times=TRIES)
    door.telegram.faults.append(fault)

    call = door.bot.edit_message_text("edited", chat_id=ADA, message_id=before.message_id)
    with pytest.raises(TelegramServerError):
        await door.passed(door.start(call))


async def test_a_file_in_doubt_is_told(door: Door) -> None:
    """Of a file nobody can find out: it is not sent twice, and the handler knows."""
    door.telegram.faults.append(Fault("sendDocument", Close(), applied=True))
    file = BufferedInputFile(b"content", "log.txt")

    with pytest.raises(TelegramNetworkError):
        await door.passed(door.start(door.bot.send_document(ADA, file)))
    await door.passed(door.start(door.bot.send_message(ADA, "next")))

    assert door.tried("sendDocument") == 1
    assert door.texts() == ["before", "", "next"]


async def test_a_cancelled_search_frees_the_chat(door: Door) -> None:
    """A handler that is cancelled while it looks holds nobody."""
    door.telegram.faults.append(Fault("sendMessage", Close()))
    call = door.start(door.bot.send_message(ADA, "lost"))
    await door.struck(1)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await door.passed(door.start(door.bot.send_message(ADA, "next")))

    assert door.texts() == ["before", "next"]
