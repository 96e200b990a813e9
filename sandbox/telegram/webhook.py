"""Posts updates to the bot's webhook, one after the other, until each is taken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.telegram.model import Telegram
from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.receiving import Webhook
from sandbox.telegram.world import Change

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - a header's name
FIRST_PAUSE_S = 1.0
MAX_PAUSE_S = 60.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What the webhook answered; `reason` is the status line's, or why there was no answer.

    `body` is a call of the Bot API that came back as the answer, if any.
    """

    status: int
    reason: str
    body: JsonObject | None = None


Post = Callable[[str, JsonObject, dict[str, str]], Awaitable[Answered]]
"""Posts an update to an address under headers; no failure is an exception."""


class WebhookDelivery:
    """Delivers in order: what is not answered 2xx is posted again after a pause that doubles.

    Meanwhile nothing behind it goes out. A webhook that is set anew is tried without its elder's
    pauses.
    """

    def __init__(
        self, telegram: Telegram, post: Post, sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        self._telegram = telegram
        self._post = post
        self._sleep = sleep
        self._tried: Webhook | None = None
        self._pause_s = FIRST_PAUSE_S

    async def run(self) -> None:
        """Deliver until cancelled."""
        while True:
            hook, update = await self._next()
            if hook is not self._tried:
                self._tried, self._pause_s = hook, FIRST_PAUSE_S
            headers = {SECRET_HEADER: hook.secret_token} if hook.secret_token else {}
            answered = await self._post(hook.url, update, headers)
            if 200 <= answered.status < 300:
                self._take(update, answered.body)
            else:
                self._telegram.receiving.failed(hook, _words(answered))
                pause_s, self._pause_s = self._pause_s, min(MAX_PAUSE_S, 2 * self._pause_s)
                await self._sleep(pause_s)

    async def _next(self) -> tuple[Webhook, JsonObject]:
        """Wait until there is a webhook, an update for it and no outage."""
        changed = asyncio.Event()

        def note(_: Change) -> None:
            changed.set()

        stop = self._telegram.world.listen(note)
        try:
            while True:
                changed.clear()
                hook, waiting = self._telegram.receiving.webhook, self._telegram.updates.waiting(1)
                if hook is not None and waiting and not self._telegram.down:
                    return hook, waiting[0]
                await changed.wait()
        finally:
            stop()

    def _take(self, update: JsonObject, body: JsonObject | None) -> None:
        """Forget the update, and carry out the call that its answer may be."""
        self._pause_s = FIRST_PAUSE_S
        self._telegram.receiving.posted(update)
        self._telegram.world.announce(Change("update"))
        if body is not None and isinstance(method := body.get("method"), str):
            values = {name: value for name, value in body.items() if name != "method"}
            self._telegram.call(method, Params.of(values))


def _words(answered: Answered) -> str:
    if answered.status == 0:
        return answered.reason
    return f"Wrong response from the webhook: {answered.status} {answered.reason}"
