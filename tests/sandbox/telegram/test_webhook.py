from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiogram.types import WebhookInfo
from aiohttp import web

from sandbox.telegram import TelegramServer
from sandbox.telegram.poster import Poster
from sandbox.telegram.webhook import SECRET_HEADER, Answered, WebhookDelivery
from tests.sandbox.telegram.desk import ADA, BAD, Desk

HOOK = "https://bot.example/hook"
OK = Answered(200, "OK")
BROKEN = Answered(500, "Internal Server Error")


class Hook:
    """A webhook that answers as scripted, then always well; remembers what was posted."""

    def __init__(self, *answers: Answered) -> None:
        self._answers = list(answers)
        self.posted: list[tuple[str, Any, dict[str, str]]] = []
        self.pauses: list[float] = []
        self._resting = asyncio.Event()
        self.wake = asyncio.Event()
        self.wake.set()

    async def post(self, url: str, update: dict[str, object], headers: dict[str, str]) -> Answered:
        """Take an update."""
        self.posted.append((url, update, headers))
        return self._answers.pop(0) if self._answers else OK

    async def sleep(self, seconds: float) -> None:
        """Note a pause, which lasts until it is ended from outside."""
        self.pauses.append(seconds)
        self._resting.set()
        await self.wake.wait()

    async def rests(self) -> None:
        """Wait until the delivery pauses."""
        await asyncio.wait_for(self._resting.wait(), 10)
        self._resting.clear()

    @property
    def texts(self) -> list[str]:
        """What the posted messages say."""
        return [update["message"]["text"] for _, update, _ in self.posted]


@asynccontextmanager
async def delivering(desk: Desk, hook: Hook) -> AsyncIterator[None]:
    delivery = WebhookDelivery(desk.telegram, hook.post, hook.sleep)
    task = asyncio.create_task(delivery.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait({task})


async def emptied(desk: Desk) -> None:
    await desk.telegram.wait_for(lambda: len(desk.telegram.updates) == 0)


def info(desk: Desk) -> WebhookInfo:
    return WebhookInfo.model_validate(desk.call("getWebhookInfo").body["result"])


async def test_updates_are_posted_in_order(desk: Desk) -> None:
    """Those that wait go first; every post carries the secret, and none is repeated."""
    hook = Hook()
    desk.telegram.say(ADA, ADA, "one")
    async with delivering(desk, hook):
        desk.call("setWebhook", url=HOOK, secret_token="se_cret-1")
        desk.telegram.say(ADA, ADA, "two")
        await emptied(desk)
        desk.telegram.say(ADA, ADA, "three")
        await emptied(desk)
    assert hook.texts == ["one", "two", "three"]
    assert {(url, *headers.items()) for url, _, headers in hook.posted} == {
        (HOOK, (SECRET_HEADER, "se_cret-1"))
    }
    assert hook.pauses == []


async def test_what_is_not_taken_is_posted_again(desk: Desk) -> None:
    """Pauses double up to a minute, nothing overtakes, and a success makes them short again."""
    hook = Hook(*[BROKEN] * 8, OK, BROKEN)
    desk.call("setWebhook", url=HOOK)
    desk.telegram.say(ADA, ADA, "one")
    desk.telegram.say(ADA, ADA, "two")
    async with delivering(desk, hook):
        await emptied(desk)
    assert hook.texts == ["one"] * 9 + ["two"] * 2
    assert hook.pauses == [1, 2, 4, 8, 16, 32, 60, 60, 1]
    assert hook.posted[0][2] == {}


async def test_the_last_failure_is_told(desk: Desk) -> None:
    """GetWebhookInfo says what waits, and how the webhook last failed."""
    hook = Hook(BROKEN, Answered(0, "Connection refused"))
    hook.wake.clear()
    desk.call("setWebhook", url=HOOK, max_connections=1, allowed_updates=["message"])
    desk.telegram.say(ADA, ADA, "one")
    async with delivering(desk, hook):
        await hook.rests()
        told = info(desk)
        assert (told.url, told.pending_update_count, told.max_connections) == (HOOK, 1, 1)
        assert told.allowed_updates == ["message"]
        words = "Wrong response from the webhook: 500 Internal Server Error"
        assert told.last_error_message == words
        assert told.last_error_date is not None
        hook.wake.set()
        await emptied(desk)
    assert info(desk).last_error_message == "Connection refused"
    assert info(desk).pending_update_count == 0


async def test_a_webhook_that_is_set_anew_is_tried_afresh(desk: Desk) -> None:
    """After its elder's pause the update goes to the new address, and its pauses begin short."""
    hook = Hook(*[BROKEN] * 4)
    hook.wake.clear()
    desk.call("setWebhook", url=HOOK)
    desk.telegram.say(ADA, ADA, "one")
    async with delivering(desk, hook):
        await hook.rests()
        desk.call("setWebhook", url=HOOK + "2")
        hook.wake.set()
        await emptied(desk)
    assert [url for url, _, _ in hook.posted] == [HOOK] + [HOOK + "2"] * 4
    assert hook.pauses == [1, 1, 2, 4]


async def test_an_outage_and_a_deleted_webhook_hold_updates_back(desk: Desk) -> None:
    """They wait until Telegram is back, or until the bot asks for them."""
    hook = Hook()
    desk.call("setWebhook", url=HOOK)
    async with delivering(desk, hook):
        desk.telegram.down = True
        desk.telegram.say(ADA, ADA, "one")
        for _ in range(10):
            await asyncio.sleep(0)
        assert hook.posted == []
        desk.telegram.down = False
        await emptied(desk)
        desk.call("deleteWebhook")
        desk.telegram.say(ADA, ADA, "two")
        for _ in range(10):
            await asyncio.sleep(0)
    assert hook.texts == ["one"]
    asked: Any = desk.call("getUpdates").body["result"]
    assert [each["message"]["text"] for each in asked] == ["two"]


async def test_a_call_in_the_answer_is_carried_out(desk: Desk) -> None:
    """Its outcome is in the log, which is all that anybody learns of it."""
    call = {"method": "sendMessage", "chat_id": ADA, "text": "at once"}
    hook = Hook(Answered(200, "OK", call))
    desk.call("setWebhook", url=HOOK)
    desk.telegram.say(ADA, ADA, "one")
    async with delivering(desk, hook):
        await emptied(desk)
        await desk.telegram.wait_for(lambda: desk.telegram.bot_messages(ADA))
    assert desk.telegram.calls[-1].params == {"chat_id": ADA, "text": "at once"}


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"url": "ftp://x"}, "bad webhook: invalid webhook URL specified"),
        ({"url": HOOK, "secret_token": "a b"}, "secret token contains unallowed characters"),
        ({"url": HOOK, "secret_token": "x" * 257}, "secret token is too long"),
    ],
)
def test_bad_webhooks_are_refused(desk: Desk, params: dict[str, str], words: str) -> None:
    """Nothing is set then."""
    assert desk.refusal("setWebhook", **params) == (400, BAD + words)
    assert info(desk).url == ""


def test_an_empty_address_deletes_the_webhook(desk: Desk) -> None:
    """Updates that wait are dropped where that is asked for."""
    desk.call("setWebhook", url=HOOK)
    desk.telegram.say(ADA, ADA, "one")
    assert desk.refusal("getUpdates")[0] == 409
    desk.call("setWebhook", url="", drop_pending_updates=True)
    assert desk.call("getUpdates").body["result"] == []


async def test_updates_travel_over_http(desk: Desk) -> None:
    """The server posts JSON with the secret, again after a refusal, and reads the answer."""
    heard: list[Any] = []

    async def hook(request: web.Request) -> web.Response:
        heard.append((request.headers[SECRET_HEADER], await request.json()))
        call = {"method": "sendMessage", "chat_id": ADA, "text": "answer"}
        return web.json_response(call)

    app = web.Application()
    app.router.add_post("/hook", hook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        async with TelegramServer(desk.telegram):
            desk.call("setWebhook", url=url, secret_token="s")
            desk.telegram.say(ADA, ADA, "hello")
            await desk.telegram.wait_for(lambda: desk.telegram.bot_messages(ADA))
    finally:
        await runner.cleanup()
    [(secret, update)] = heard
    assert (secret, update["message"]["text"]) == ("s", "hello")


async def test_a_post_that_fails_has_words() -> None:
    """Whatever happens on the way is an answer, none is an exception."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path == "/close":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=500, text="{", content_type="application/json")

    app = web.Application()
    app.router.add_post("/{path}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    poster = Poster()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        assert await poster.post(f"{url}/x", {}, {}) == BROKEN
        assert await poster.post(f"{url}/close", {}, {}) == Answered(0, "Connection closed")
        await runner.cleanup()
        assert await poster.post(url, {}, {}) == Answered(0, "Connection refused")
    finally:
        await poster.close()
        await runner.cleanup()


async def test_a_poll_that_waits_ends_when_a_webhook_is_set(desk: Desk) -> None:
    """The poller learns what ended it."""
    async with TelegramServer(desk.telegram) as server, aiohttp.ClientSession() as client:
        url = f"{server.url}/bot{desk.telegram.token}/getUpdates"

        async def poll() -> Any:
            async with client.post(url, json={"timeout": 30}) as response:
                return response.status, (await response.json())["description"]

        polling = asyncio.create_task(poll())
        await desk.telegram.wait_for(lambda: desk.telegram.calls)
        desk.call("setWebhook", url="http://127.0.0.1:9/hook")
        ended = await asyncio.wait_for(polling, 10)
    assert ended == (409, "Conflict: terminated by setWebhook request")
