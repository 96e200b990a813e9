from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BotCommand,
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MessageEntity,
    ReplyParameters,
)

from sandbox.telegram import Close, Fault, Hang, HtmlPage, Limits, Respond, TelegramServer
from tests.sandbox.telegram.desk import ADA, BORIS, SUPER, Desk, keyboard


@asynccontextmanager
async def make_bot(server: TelegramServer, token: str) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(server.url))
    try:
        yield Bot(token, session=session)
    finally:
        # aiogram's own closing sleeps a quarter of a second, for TLS
        await (await session.create_session()).close()


@pytest.fixture
async def server(desk: Desk) -> AsyncIterator[TelegramServer]:
    async with TelegramServer(desk.telegram) as server:
        yield server


@pytest.fixture
async def bot(desk: Desk, server: TelegramServer) -> AsyncIterator[Bot]:
    async with make_bot(server, desk.telegram.token) as bot:
        yield bot


async def test_aiogram_sends_edits_and_deletes(desk: Desk, bot: Bot) -> None:
    """A real client's calls arrive whole, and their answers parse."""
    markup = InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Mute", callback_data="m")]]
    )
    bold = MessageEntity(type="bold", offset=0, length=5)
    sent = await bot.send_message(
        ADA,
        "hello\tthere",
        entities=[bold],
        reply_markup=markup,
        reply_parameters=ReplyParameters(message_id=99, allow_sending_without_reply=True),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
        disable_notification=True,
    )
    assert sent.text == "hello there"
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == markup.model_dump()
    assert [(each.type, each.length) for each in sent.entities or []] == [("bold", 5)]
    stored = desk.telegram.bot_messages(ADA)[0]
    assert (stored.silent, stored.link_preview) == (True, False)
    edited = await bot.edit_message_text("new", chat_id=ADA, message_id=sent.message_id)
    assert not isinstance(edited, bool)
    assert (edited.text, edited.reply_markup) == ("new", None)
    marked = await bot.edit_message_reply_markup(
        chat_id=ADA, message_id=sent.message_id, reply_markup=markup
    )
    assert not isinstance(marked, bool)
    assert await bot.delete_message(ADA, sent.message_id)


async def test_aiogram_sends_files(desk: Desk, bot: Bot) -> None:
    """An upload arrives with its name and bytes."""
    sent = await bot.send_document(ADA, BufferedInputFile(b"\x00log", "log.txt"), caption="The log")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("log.txt", 4)
    stored = desk.telegram.bot_messages(ADA)[0].document
    assert stored is not None
    assert stored.content == b"\x00log"


async def test_aiogram_reads_chats_and_members(bot: Bot) -> None:
    """Descriptions of the bot, chats and members parse."""
    assert (await bot.get_me()).username == "vibe_sandbox_bot"
    assert (await bot.get_chat(SUPER)).type == "supergroup"
    assert (await bot.get_chat(ADA)).first_name == "Ada"
    assert (await bot.get_chat_member(SUPER, ADA)).status == "creator"
    assert [each.user.id for each in await bot.get_chat_administrators(SUPER)] == [ADA]
    assert await bot.set_my_commands([BotCommand(command="help", description="Help")])
    assert (await bot.get_my_commands())[0].command == "help"
    assert await bot.delete_my_commands()
    assert await bot.send_chat_action(ADA, "typing")


async def test_aiogram_reads_updates(desk: Desk, bot: Bot) -> None:
    """Messages, taps and memberships parse, and a tap is answered."""
    message = desk.send(reply_markup=keyboard("mute"))
    desk.telegram.say(ADA, ADA, "/help", reply_to=message.message_id)
    tap = desk.telegram.tap(ADA, ADA, message.message_id, "mute")
    desk.telegram.set_bot_status(SUPER, "administrator", by=ADA)
    await bot.delete_webhook()
    updates = await bot.get_updates(timeout=1)
    assert [each.event_type for each in updates] == ["message", "callback_query", "my_chat_member"]
    assert await bot.answer_callback_query(tap, "Muted", show_alert=True)
    assert desk.telegram.callback(tap).answer is not None


async def test_a_tap_on_a_deleted_message_still_parses(desk: Desk, bot: Bot) -> None:
    """A callback whose message is gone comes with an inaccessible one."""
    message = desk.send(reply_markup=keyboard("mute"))
    desk.telegram.tap(ADA, ADA, message.message_id, "mute")
    desk.telegram.delete_message(ADA, message.message_id)
    update = (await bot.get_updates())[0]
    assert update.callback_query is not None
    assert update.callback_query.message is not None


async def test_refusals_become_aiograms_exceptions(desk: Desk, bot: Bot) -> None:
    """Each kind of refusal is recognised as its class."""
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await bot.send_message(1, "x")
    with pytest.raises(TelegramForbiddenError, match="initiate"):
        await bot.send_message(BORIS, "x")


async def test_floods_name_their_seconds() -> None:
    """A flooded call carries its wait in the body and in the header."""
    desk = Desk(limits=Limits(private_burst=1, private_per_s=0.1, penalty=False))
    async with TelegramServer(desk.telegram) as server:
        async with make_bot(server, desk.telegram.token) as bot:
            await bot.send_message(ADA, "x")
            with pytest.raises(TelegramRetryAfter) as flood:
                await bot.send_message(ADA, "x")
        assert flood.value.retry_after == 10
        url = f"{server.url}/bot{desk.telegram.token}/sendMessage"
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, json={"chat_id": ADA, "text": "x"}) as response,
        ):
            assert (response.status, response.headers["Retry-After"]) == (429, "10")


async def test_a_wrong_token_is_unauthorized(server: TelegramServer) -> None:
    """Only the bot's own token opens the door."""
    async with make_bot(server, "1:wrong") as bot:
        with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
            await bot.get_me()


async def test_a_long_poll_ends_with_the_first_update(desk: Desk, bot: Bot) -> None:
    """A poll that waits is seen in the log at once, and answered when something happens."""
    poll = asyncio.create_task(bot.get_updates(timeout=30))
    polled = await desk.telegram.wait_for(
        lambda: any(call.method == "getUpdates" for call in desk.telegram.calls)
    )
    assert polled
    assert not poll.done()
    desk.telegram.say(ADA, ADA, "hello")
    updates = await asyncio.wait_for(poll, 5)
    assert updates[0].message is not None


async def test_a_long_poll_ends_in_time(
    desk: Desk, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without updates a poll is answered empty when its time is over."""
    monkeypatch.setattr("sandbox.telegram.polls.MAX_POLL_S", 0.01)
    assert await bot.get_updates(timeout=30) == []


async def test_closing_ends_the_polls(desk: Desk) -> None:
    """The server does not wait for a poll that has nothing to say."""
    async with make_bot(server := TelegramServer(desk.telegram), desk.telegram.token) as bot:
        async with server:
            bot.session.api = TelegramAPIServer.from_base(server.url)
            poll = asyncio.create_task(bot.get_updates(timeout=30))
            await desk.telegram.wait_for(lambda: desk.telegram.calls)
        assert await asyncio.wait_for(poll, 5) == []


@pytest.mark.parametrize("encoding", ["json", "data", "params"])
async def test_parameters_come_in_every_encoding(
    desk: Desk, server: TelegramServer, encoding: str
) -> None:
    """JSON, form and query are read alike."""
    url = f"{server.url}/bot{desk.telegram.token}/sendmessage"
    call: dict[str, Any] = {encoding: {"chat_id": str(ADA), "text": encoding}}
    async with aiohttp.ClientSession() as session, session.post(url, **call) as response:
        assert (await response.json())["result"]["text"] == encoding


async def test_a_broken_body_is_refused(desk: Desk, server: TelegramServer) -> None:
    """What is no JSON is a bad request."""
    url = f"{server.url}/bot{desk.telegram.token}/sendMessage"
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data="{", headers=headers) as response,
    ):
        assert response.status == 400


@pytest.mark.parametrize(
    ("effect", "raised", "status"),
    [
        (Respond(500, "Internal Server Error: oops"), TelegramServerError, 500),
        (Respond(429, "Too Many Requests: retry after 3", 3), TelegramRetryAfter, 429),
        (HtmlPage(), ClientDecodeError, 502),
        (Close(), TelegramNetworkError, 0),
    ],
)
@pytest.mark.parametrize("applied", [False, True])
async def test_faults_strike_the_call_they_name(
    desk: Desk,
    bot: Bot,
    effect: Respond | HtmlPage | Close,
    raised: type[Exception],
    status: int,
    applied: bool,
) -> None:
    """The second send to Ada fails, with or without having taken effect; all others pass."""
    desk.telegram.faults.append(Fault("sendMessage", effect, ADA, nth=2, applied=applied))
    await bot.send_message(ADA, "first")
    await bot.send_message(SUPER, "elsewhere")
    with pytest.raises(raised):
        await bot.send_message(ADA, "second")
    await bot.send_message(ADA, "third")
    texts = [message.text for message in desk.telegram.bot_messages(ADA)]
    assert texts == (["first", "second", "third"] if applied else ["first", "third"])
    assert [call.status for call in desk.telegram.calls if call.fault] == [status]
    assert desk.telegram.refused() == desk.telegram.flooded() == []
    assert len(desk.telegram.faults) == 0


async def test_a_hanging_call_has_taken_effect(desk: Desk, bot: Bot) -> None:
    """The caller gives up, and the message is there."""
    desk.telegram.faults.append(Fault("sendMessage", Hang(0.3)))
    with pytest.raises(TelegramNetworkError):
        await bot.send_message(ADA, "slow", request_timeout=0.05)  # type: ignore[arg-type]  # fractions work
    assert [message.text for message in desk.telegram.bot_messages(ADA)] == ["slow"]


async def test_latency_delays_every_call(desk: Desk) -> None:
    """A call takes at least the latency that was asked for."""
    loop = asyncio.get_running_loop()
    async with (
        TelegramServer(desk.telegram, latency_s=0.05) as server,
        make_bot(server, desk.telegram.token) as bot,
    ):
        began = loop.time()
        await bot.get_me()
        assert loop.time() - began >= 0.05
