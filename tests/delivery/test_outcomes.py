"""Outcomes: whatever Telegram answers a real client, or the way to it does, has one meaning."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import SendMessage
from aiohttp import web
from aiohttp_socks import ProxyTimeoutError

from bot.delivery.outcomes import FAILURES, is_not_modified, outcome_of
from bot.live.ports import (
    ChatGone,
    ChatMoved,
    DeliveryOutcome,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Refused,
    Resting,
    TargetGone,
    ThreadGone,
    TokenRefused,
)
from sandbox.telegram import Close, Fault, Hang, Limits, Telegram, TelegramServer
from tests.delivery.client import make_bot

ADA = 7
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
NO_CONNECTION = NotSent("no connection to Telegram")

BAD_REQUESTS: list[tuple[str, DeliveryOutcome]] = [
    ("message to edit not found", MessageGone()),
    ("message can't be edited", MessageGone()),
    ("there is no text in the message to edit", MessageGone()),
    ("MESSAGE_ID_INVALID", MessageGone()),
    ("message to be replied not found", TargetGone()),
    ("message thread not found", ThreadGone()),
    ("TOPIC_DELETED", ThreadGone()),
    ("TOPIC_CLOSED", ThreadGone(closed=True)),
    ("not enough rights to send text messages to the chat", NoRights()),
    ("have no write access to the chat", NoRights()),
    ("CHAT_WRITE_FORBIDDEN", NoRights()),
    ("chat not found", ChatGone("chat not found")),
    ("private chat not found", ChatGone("chat not found")),
]
OUR_FAULTS = [
    "chat_id is empty",
    "message is too long",
    "MESSAGE_TOO_LONG",
    "text is too long",
    "message text is empty",
    "text must be non-empty",
    'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</i>", found "</b>"',
    "Entity begins in a middle of a UTF-16 symbol at byte offset 3",
    "BUTTON_DATA_INVALID",
    "BUTTON_URL_INVALID",
    "reply markup is too long",
    "something nobody has heard of",
]
GONE = [
    "bot can't initiate conversation with a user",
    "bot was blocked by the user",
    "user is deactivated",
    "bot was kicked from the group chat",
    "bot was kicked from the supergroup chat",
    "bot is not a member of the group chat",
    "bot is not a member of the supergroup",
    "the group chat was deleted",
]
REFUSALS: list[tuple[int, str, DeliveryOutcome]] = [
    *((400, f"Bad Request: {text}", outcome) for text, outcome in BAD_REQUESTS),
    *((400, f"Bad Request: {text}", Refused(text)) for text in OUR_FAULTS),
    *((403, f"Forbidden: {text}", ChatGone(text)) for text in GONE),
    (401, "Unauthorized", TokenRefused()),
    (401, "Unauthorized: invalid token specified", TokenRefused()),
    (404, "Not Found: method not found", Refused("Not Found: method not found")),
    (409, "Conflict: terminated", Refused("Conflict: terminated")),
    (413, "Request Entity Too Large", Refused("Request Entity Too Large")),
    (418, "I'm a teapot", Refused("I'm a teapot")),
]
both_calls = pytest.mark.parametrize("is_edit", [False, True], ids=["send", "edit"])


@asynccontextmanager
async def serving(status: int, body: object) -> AsyncIterator[Bot]:
    """A bot whose every call is answered so: bytes as a page, anything else as JSON."""

    async def answer(request: web.Request) -> web.Response:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, content_type="text/html", charset="utf-8")
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        async with make_bot(f"http://127.0.0.1:{runner.addresses[0][1]}") as bot:
            yield bot
    finally:
        await runner.cleanup()


async def failure(bot: Bot, *, is_edit: bool) -> Exception:
    """Make a call that must fail, and return what it raised."""
    try:
        if is_edit:
            await bot.edit_message_text("text", chat_id=ADA, message_id=2)
        else:
            await bot.send_message(ADA, "text")
    except FAILURES as error:
        return error
    raise AssertionError("the call succeeded")


async def came_of(bot: Bot, *, is_edit: bool = False) -> DeliveryOutcome:
    """Make a call that must fail, and return what came of it."""
    return outcome_of(await failure(bot, is_edit=is_edit), is_edit=is_edit)


def refusal(status: int, description: str, **parameters: int) -> dict[str, object]:
    body = {"ok": False, "error_code": status, "description": description}
    return {**body, "parameters": parameters} if parameters else body


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


# --- refusals -------------------------------------------------------------------------------------


@both_calls
@pytest.mark.parametrize(("status", "description", "expected"), REFUSALS)
async def test_every_refusal_has_one_outcome(
    status: int, description: str, expected: DeliveryOutcome, is_edit: bool
) -> None:
    """Each of Telegram's texts means one thing, the same for sends and edits."""
    async with serving(status, refusal(status, description)) as bot:
        assert await came_of(bot, is_edit=is_edit) == expected


@both_calls
async def test_a_flood_says_how_long_to_rest(is_edit: bool) -> None:
    """A 429 is a rest of exactly as long as Telegram asks for."""
    body = refusal(429, "Too Many Requests: retry after 126", retry_after=126)
    async with serving(429, body) as bot:
        assert await came_of(bot, is_edit=is_edit) == Resting(126.0)


@both_calls
async def test_an_upgraded_group_says_where_it_went(is_edit: bool) -> None:
    """A group that became a supergroup is known by its new id."""
    text = "Bad Request: group chat was upgraded to a supergroup chat"
    body = refusal(400, text, migrate_to_chat_id=-1001234567890)
    async with serving(400, body) as bot:
        assert await came_of(bot, is_edit=is_edit) == ChatMoved(-1001234567890)


async def test_only_an_edit_that_changed_nothing_is_not_modified() -> None:
    """An edit that changed nothing is told apart from every other refusal and error."""
    async with serving(400, refusal(400, f"Bad Request: {NOT_MODIFIED}")) as bot:
        assert is_not_modified(await failure(bot, is_edit=True))
    async with serving(400, refusal(400, "Bad Request: message can't be edited")) as bot:
        assert not is_not_modified(await failure(bot, is_edit=True))
    assert not is_not_modified(ValueError(NOT_MODIFIED))


# --- answers that say nothing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (500, refusal(500, "Internal Server Error"), "TelegramServerError"),
        (500, refusal(500, "Internal Server Error: restart"), "RestartingTelegram"),
        (502, refusal(502, "Bad Gateway"), "TelegramServerError"),
        (502, b"<html><body>nginx</body></html>", "ClientDecodeError"),
        (502, b"\xff\xfe no UTF-8", "UnicodeDecodeError"),
        (200, b"", "ClientDecodeError"),
        (200, {"ok": True, "result": {"unheard": "of"}}, "ClientDecodeError"),
    ],
)
async def test_an_answer_that_says_nothing_leaves_a_send_open(
    status: int, body: object, reason: str
) -> None:
    """After a 5xx, a page or nonsense a send perhaps arrived; an edit may simply be repeated."""
    async with serving(status, body) as bot:
        assert await came_of(bot) == PerhapsDelivered(reason)
        assert await came_of(bot, is_edit=True) == NotSent(reason)


# --- the way there --------------------------------------------------------------------------------


@asynccontextmanager
async def sandbox(*faults: Fault) -> AsyncIterator[tuple[Telegram, Bot]]:
    """Telegram with one chat and a message in it, and a bot that waits at most 0.2 s."""
    telegram = Telegram(limits=Limits.off())
    telegram.add_user(ADA, "Ada")
    telegram.say(ADA, ADA, "/start")
    async with TelegramServer(telegram) as server, make_bot(server.url, timeout_s=0.2) as bot:
        await bot.send_message(ADA, "before")
        for fault in faults:
            telegram.faults.append(fault)
        yield telegram, bot


@pytest.mark.parametrize("applied", [False, True])
async def test_a_lost_connection_leaves_a_send_open(applied: bool) -> None:
    """Nobody can tell a connection closed before a call was applied from one closed after."""
    async with sandbox(
        Fault("sendMessage", Close(), applied=applied),
        Fault("editMessageText", Close(), applied=applied),
    ) as (telegram, bot):
        assert await came_of(bot) == PerhapsDelivered("TelegramNetworkError")
        assert await came_of(bot, is_edit=True) == NotSent("TelegramNetworkError")

        arrived = ["text", "text"] if applied else ["before"]
        assert [message.text for message in telegram.bot_messages(ADA)] == arrived


async def test_a_timeout_leaves_a_send_open() -> None:
    """A call without an answer in time may have arrived; an edit may be repeated."""
    async with sandbox(Fault("sendMessage", Hang(0.5)), Fault("editMessageText", Hang(0.5))) as (
        telegram,
        bot,
    ):
        assert await came_of(bot) == PerhapsDelivered("TelegramNetworkError")
        assert await came_of(bot, is_edit=True) == NotSent("TelegramNetworkError")

        assert [message.text for message in telegram.bot_messages(ADA)] == ["text", "text"]


@both_calls
async def test_a_refused_connection_sends_nothing(is_edit: bool) -> None:
    """Where nobody listens, nothing was sent, and trying again is safe."""
    async with make_bot(f"http://127.0.0.1:{free_port()}") as bot:
        assert await came_of(bot, is_edit=is_edit) == NO_CONNECTION


@both_calls
async def test_an_unknown_name_sends_nothing(
    monkeypatch: pytest.MonkeyPatch, is_edit: bool
) -> None:
    """When Telegram's name cannot be looked up, nothing was sent."""

    def fails(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    async with make_bot("http://telegram.invalid") as bot:
        assert await came_of(bot, is_edit=is_edit) == NO_CONNECTION


@both_calls
@pytest.mark.parametrize("scheme", ["socks5", "http"])
async def test_a_proxy_that_is_down_sends_nothing(scheme: str, is_edit: bool) -> None:
    """Where the proxy does not listen, nothing was sent."""
    proxy = f"{scheme}://127.0.0.1:{free_port()}"
    async with make_bot("http://telegram.invalid", proxy=proxy) as bot:
        assert await came_of(bot, is_edit=is_edit) == NO_CONNECTION


@both_calls
async def test_a_proxy_that_refuses_sends_nothing(is_edit: bool) -> None:
    """A proxy that does not let the bot through has passed nothing on."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
        proxy = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with make_bot("http://telegram.invalid", proxy=proxy) as bot:
            assert await came_of(bot, is_edit=is_edit) == NO_CONNECTION


def test_a_proxy_that_is_slow_sends_nothing() -> None:
    """A proxy that took too long to connect has passed nothing on."""
    assert outcome_of(ProxyTimeoutError("60 s"), is_edit=False) == NO_CONNECTION


# --- anything else --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error", [ValueError("a bug"), OSError("disk full"), asyncio.CancelledError()], ids=repr
)
def test_what_is_no_failure_of_telegram_is_raised(error: BaseException) -> None:
    """A bug, or a cancellation, is never taken for an answer."""
    with pytest.raises(type(error)) as raised:
        outcome_of(error, is_edit=False)

    assert raised.value is error


def test_an_error_of_an_unknown_kind_is_a_refusal() -> None:
    """What Telegram may answer one day is reported in its own words."""
    error = TelegramAPIError(SendMessage(chat_id=ADA, text="text"), "New: words")

    assert outcome_of(error, is_edit=False) == Refused("New: words")
