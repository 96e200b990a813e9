"""The gate: what handlers say through a real client waits its turn, and nothing else does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter
from aiogram.types import BufferedInputFile

from bot.delivery.answer import TRIES
from bot.delivery.gate import granted
from bot.delivery.surface import TelegramSurface
from bot.live.ports import Delivered, LinkedChat, Urgency
from bot.rendering.page import Message
from bot.rendering.rich_text import plain
from bot.settings.model import ChatSettings
from sandbox.telegram import Fault, Respond
from tests.delivery.door import (
    ADA,
    BOB,
    FLOOD,
    KEYBOARD,
    PACE_S,
    RETRY_S,
    Door,
    opened,
)
from tests.fakes.clock import settle


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as door:
        yield door


# --- asking ---------------------------------------------------------------------------------------


async def paced_call(bot: Bot, method: str, message_id: int) -> None:
    """Make a call of the kind that Telegram counts per chat."""
    if method == "sendMessage":
        await bot.send_message(ADA, "text")
    elif method == "sendDocument":
        await bot.send_document(ADA, BufferedInputFile(b"content", "a.txt"))
    elif method == "editMessageText":
        await bot.edit_message_text("other", chat_id=ADA, message_id=message_id)
    elif method == "editMessageReplyMarkup":
        await bot.edit_message_reply_markup(
            chat_id=ADA, message_id=message_id, reply_markup=KEYBOARD
        )
    else:
        await bot.delete_message(ADA, message_id)


@pytest.mark.parametrize(
    "method",
    ["sendMessage", "sendDocument", "editMessageText", "editMessageReplyMarkup", "deleteMessage"],
)
async def test_a_handlers_call_asks_as_an_answer(door: Door, method: str) -> None:
    """Each kind of call that Telegram counts takes one grant, of the class of answers."""
    with granted():
        there = await door.bot.send_message(ADA, "before")

    await paced_call(door.bot, method, there.message_id)

    assert door.lanes.asked == [(ADA, Urgency.ANSWER)]
    assert (door.telegram.calls[-1].method, door.telegram.calls[-1].status) == (method, 200)


async def test_an_answer_goes_before_a_final(door: Door) -> None:
    """When a rest is over, what a handler says leaves first, though it came last."""
    said: list[list[str]] = []

    async def final() -> None:
        async with door.lanes.grant(ADA, lambda: Urgency.FINAL, "view"):
            said.append(door.texts())

    door.lanes.rest(ADA, RETRY_S)
    view = door.start(final())
    await settle()
    answer = door.start(door.bot.send_message(ADA, "answer"))
    await door.quiet()
    assert door.texts() == []
    await door.clock.advance(RETRY_S + PACE_S)
    await answer
    await view

    assert said == [["answer"]]


async def test_answers_go_out_in_their_order(door: Door) -> None:
    """What handlers say in a chat arrives as it was said, at the chat's pace."""
    calls = [door.start(door.bot.send_message(ADA, text)) for text in "abc"]
    await asyncio.gather(*calls[:2])
    await door.quiet()
    assert door.texts() == ["a", "b"]
    await door.clock.advance(1.1)
    await calls[2]

    assert door.texts() == ["a", "b", "c"]


# --- passing --------------------------------------------------------------------------------------


async def test_free_calls_never_wait(door: Door) -> None:
    """Taps are answered and questions asked at once, also while the chat's lane rests."""
    with granted():
        message = await door.bot.send_message(ADA, "text", reply_markup=KEYBOARD)
    tap = door.telegram.tap(ADA, ADA, message.message_id, "Mute")
    door.lanes.rest(ADA, 1000)

    async with asyncio.timeout(5):
        await door.bot.answer_callback_query(tap, "Muted")
        await door.bot.get_me()
        await door.bot.get_chat(ADA)

    answer = door.telegram.callback(tap).answer
    assert answer is not None
    assert answer.text == "Muted"
    assert door.lanes.asked == []


async def test_a_granted_call_passes(door: Door) -> None:
    """A call made under a grant asks for no second one, and afterwards calls ask again."""
    door.lanes.rest(ADA, 1000)

    async with asyncio.timeout(5):
        with granted():
            await door.bot.send_message(ADA, "granted")
    door.start(door.bot.send_message(ADA, "waits"))
    await door.quiet()

    assert door.texts() == ["granted"]
    assert door.lanes.asked == [(ADA, Urgency.ANSWER)]


async def test_a_grant_is_not_passed_on_to_others(door: Door) -> None:
    """While one task calls under its grant, calls of other tasks still ask."""
    door.lanes.rest(ADA, 1000)
    entered, leave = asyncio.Event(), asyncio.Event()

    async def view() -> None:
        with granted():
            entered.set()
            await leave.wait()

    viewing = door.start(view())
    await entered.wait()
    door.start(door.bot.send_message(ADA, "waits"))
    await door.quiet()
    assert door.texts() == []
    leave.set()
    await viewing

    assert door.lanes.asked == [(ADA, Urgency.ANSWER)]


async def test_a_grant_ends_with_an_error(door: Door) -> None:
    """A granted call that fails leaves no right behind."""
    with pytest.raises(TelegramBadRequest), granted():
        await door.bot.send_message(404, "nobody")

    with pytest.raises(TelegramBadRequest):
        await door.bot.send_message(405, "nobody")
    assert door.lanes.asked == [(405, Urgency.ANSWER)]


async def test_views_pass_with_the_grant_they_have(door: Door) -> None:
    """The surface sends and edits without asking again."""
    surface = TelegramSurface(door.bot, door.lanes)
    chat = LinkedChat(1, ADA, 0, "private", ChatSettings(), "en")

    outcome = await surface.send(chat, Message(plain("one")), reply_to=None)
    assert isinstance(outcome, Delivered)
    await surface.edit(chat, outcome.message_id, Message(plain("two")))

    assert door.texts() == ["two"]
    assert door.lanes.asked == []


# --- floods ---------------------------------------------------------------------------------------


async def test_a_flood_is_waited_out(door: Door) -> None:
    """A 429 rests the chat's lane, and the call is made again when the rest is over, not before."""
    door.telegram.faults.append(Fault("sendMessage", FLOOD))
    call = door.start(door.bot.send_message(ADA, "answer"))
    await door.refused(1)
    await door.clock.advance(RETRY_S)
    await door.quiet()
    assert door.tried() == 1
    await door.clock.advance(1)
    sent = await call

    assert door.tried() == 2
    assert door.texts() == ["answer"]
    assert sent.text == "answer"
    assert door.lanes.asked == [(ADA, Urgency.ANSWER)] * 2


async def test_other_chats_do_not_rest(door: Door) -> None:
    """While one chat's answer waits for the flood's end, another chat is answered."""
    door.telegram.faults.append(Fault("sendMessage", FLOOD, chat_id=ADA))
    door.start(door.bot.send_message(ADA, "waits"))
    await door.refused(1)

    async with asyncio.timeout(5):
        await door.bot.send_message(BOB, "hello")

    assert door.texts(BOB) == ["hello"]
    assert door.lanes.state(BOB).resting_until is None


async def test_a_file_is_whole_when_it_is_sent_again(door: Door) -> None:
    """A document that flood control refused arrives with all its bytes at the second try."""
    content = bytes(range(256)) * 500
    door.telegram.faults.append(Fault("sendDocument", FLOOD))
    file = BufferedInputFile(content, "log.txt")
    call = door.start(door.bot.send_document(ADA, file))
    await door.refused(1)
    await door.clock.advance(RETRY_S + 1)
    await call

    document = door.telegram.bot_messages(ADA)[0].document
    assert document is not None
    assert (document.file_name, document.content) == ("log.txt", content)


async def test_a_flood_without_end_is_raised(door: Door) -> None:
    """After three refusals the handler is told, and the lane rests for the last one, too."""
    for _ in range(TRIES + 1):
        door.telegram.faults.append(Fault("sendMessage", FLOOD))
    call = door.start(door.bot.send_message(ADA, "answer"))
    for times in range(1, TRIES):
        await door.refused(times)
        await door.clock.advance(RETRY_S + 1)
    with pytest.raises(TelegramRetryAfter):
        await call

    assert TRIES == 3
    assert door.tried() == TRIES
    assert door.lanes.state(ADA).resting_until is not None
    assert len(door.lanes.asked) == TRIES


async def test_a_raised_flood_frees_the_lane(door: Door) -> None:
    """After a call was given up, the next one goes out when the rest is over."""
    for _ in range(TRIES):
        door.telegram.faults.append(Fault("sendMessage", FLOOD))
    call = door.start(door.bot.send_message(ADA, "lost"))
    for times in range(1, TRIES):
        await door.refused(times)
        await door.clock.advance(RETRY_S + 1)
    with pytest.raises(TelegramRetryAfter):
        await call
    following = door.start(door.bot.send_message(ADA, "next"))
    await door.quiet()
    assert door.texts() == []
    await door.clock.advance(RETRY_S + 1)
    await following

    assert door.texts() == ["next"]


async def test_a_refusal_is_raised_at_once(door: Door) -> None:
    """What trying again would not help is the handler's to know, and leaves the lane free."""
    refusal = Respond(400, "Bad Request: message is too long")
    door.telegram.faults.append(Fault("sendMessage", refusal))

    with pytest.raises(TelegramBadRequest):
        await door.bot.send_message(ADA, "answer")
    assert door.tried() == 1
    await door.bot.send_message(ADA, "next")

    assert door.texts() == ["next"]
    assert door.lanes.state(ADA).resting_until is None


async def test_a_cancelled_answer_is_not_sent(door: Door) -> None:
    """A handler that is cancelled while it waits for a rest's end says nothing later."""
    door.lanes.rest(ADA, RETRY_S)
    call = door.start(door.bot.send_message(ADA, "late"))
    await settle()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await door.clock.advance(RETRY_S + 1)
    await door.bot.send_message(ADA, "next")

    assert door.texts() == ["next"]
