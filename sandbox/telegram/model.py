"""The pretend Telegram itself: answers calls, obeys budgets and faults, keeps a log of all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from sandbox.telegram.access import known_chat
from sandbox.telegram.budgets import Budgets, Clock, Limits
from sandbox.telegram.calls import Call, Reply, number
from sandbox.telegram.faults import Close, Fault, Respond
from sandbox.telegram.groups import Groups
from sandbox.telegram.menu import Menu
from sandbox.telegram.methods import CHARGED, METHODS, Method
from sandbox.telegram.params import Params
from sandbox.telegram.receiving import Receiving
from sandbox.telegram.refusals import NOT_MODIFIED, Refusal
from sandbox.telegram.schedule import Faults
from sandbox.telegram.world import Callback, Change, Message, User, World

BOT = User(1000001, "Vibe Kanban", "vibe_sandbox_bot", is_bot=True)
TOKEN = f"{BOT.id}:sandbox-token-of-the-pretend-telegram"
OUTAGE = Fault((), Close())
"""What happens to every call while Telegram is down."""

T = TypeVar("T")


class Telegram(Groups):
    """A whole pretend Telegram with one bot, on the given clock, without any input or output.

    It is used from one event loop, or from synchronous code that owns it.
    """

    def __init__(
        self,
        clock: Clock = time.time,
        *,
        limits: Limits | None = None,
        token: str = TOKEN,
        bot: User = BOT,
    ) -> None:
        super().__init__(World(clock, bot))
        self.token = token
        self.faults = Faults()
        self.menu = Menu()
        self.receiving = Receiving(self.updates, clock)
        self.calls: list[Call] = []
        self._down = False
        self._budgets = Budgets(clock, limits or Limits())
        own: dict[str, Method] = {
            "getupdates": lambda _, params: self.receiving.get_updates(params),
            "setwebhook": lambda _, params: self.receiving.set_webhook(params),
            "deletewebhook": lambda _, params: self.receiving.delete_webhook(params),
            "getwebhookinfo": lambda _, params: self.receiving.get_webhook_info(params),
            "setmycommands": lambda _, params: self.menu.set(params),
            "getmycommands": lambda _, params: self.menu.get(params),
            "deletemycommands": lambda _, params: self.menu.delete(params),
        }
        self._methods = METHODS | own

    @property
    def down(self) -> bool:
        """Whether every connection of the bot is reset and nothing is applied."""
        return self._down

    @down.setter
    def down(self, down: bool) -> None:
        self._down = down
        self.world.announce(Change("outage"))

    def limit(self, chat_id: int, limits: Limits) -> None:
        """Give a chat flood budgets of its own."""
        self._budgets.limit(chat_id, limits)

    def call(self, method: str, params: Params) -> Reply:
        """Answer one call of the bot; a call that is refused changes nothing."""
        chat_id = number(params.values.get("chat_id"))
        in_rest = self._rests(method, chat_id)
        fault = OUTAGE if self.down else self.faults.take(method, chat_id, params)
        if fault is not None and not fault.takes_effect:
            reply = Reply(0, {}, fault)
        else:
            reply = self._apply(method, params, fault)
        call = self._logged(method, chat_id, params, reply, in_rest=in_rest)
        if fault is not None and fault is not OUTAGE:
            self.faults.note(fault, call)
            self._let_rest(fault, chat_id)
        self.world.announce(Change("call"))
        return reply

    def refuse(self, method: str, params: Params, refusal: Refusal) -> Reply:
        """Log a call that the transport refuses by itself, and return its answer."""
        reply = Reply.refusing(refusal)
        self._logged(method, number(params.values.get("chat_id")), params, reply)
        return reply

    def _rests(self, method: str, chat_id: int | None) -> bool:
        charged = chat_id is not None and method.lower() in CHARGED and not self.down
        return charged and self._budgets.rests.left_s(chat_id or 0, self.world.clock()) > 0

    def _let_rest(self, fault: Fault, chat_id: int | None) -> None:
        match fault.effect:
            case Respond(retry_after=int(seconds)) if chat_id is not None:
                self._budgets.rests.begin(chat_id, self.world.clock(), seconds)

    def _apply(self, method: str, params: Params, fault: Fault | None) -> Reply:
        try:
            run = self._methods.get(method.lower())
            if run is None:
                raise Refusal(404, "Not Found: method not found")
            if method.lower() in CHARGED:
                self._budgets.charge(known_chat(self.world, params).id)
            return Reply(200, {"ok": True, "result": run(self.world, params)}, fault)
        except Refusal as refusal:
            return Reply.refusing(refusal, fault)

    def _logged(
        self,
        method: str,
        chat_id: int | None,
        params: Params,
        reply: Reply,
        *,
        in_rest: bool = False,
    ) -> Call:
        status, description = reply.outcome()
        result = reply.body.get("result")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        sent = {**params.values, **{name: up.file_name for name, up in params.uploads.items()}}
        call = Call(
            self.world.clock(),
            method,
            chat_id,
            status,
            description,
            sent,
            number(message_id or params.values.get("message_id")),
            reply.fault,
            in_rest,
        )
        self.calls.append(call)
        return call

    # --- what a test asks -------------------------------------------------------------------------

    def messages(self, chat_id: int) -> list[Message]:
        """Return the messages of a chat that are not deleted, oldest first."""
        return [each for each in self.world.messages(chat_id) if not each.deleted]

    def bot_messages(self, chat_id: int) -> list[Message]:
        """Return the bot's messages of a chat that are not deleted, oldest first."""
        return [each for each in self.messages(chat_id) if each.from_bot]

    def message(self, chat_id: int, message_id: int) -> Message:
        """Return a message, deleted or not; KeyError when there never was one."""
        found = [m for m in self.world.messages(chat_id) if m.message_id == message_id]
        if not found:
            raise KeyError(message_id)
        return found[0]

    def callback(self, callback_id: str) -> Callback:
        """Return a tap, with its answer once there is one."""
        return self.world.callbacks[callback_id]

    def refused(self) -> list[Call]:
        """Return the calls refused by Telegram's rules: no faults, no flood."""
        return [
            call
            for call in self.calls
            if call.fault is None and call.status >= 400 and call.status != 429
        ]

    def flooded(self) -> list[Call]:
        """Return the calls refused by a budget."""
        return [call for call in self.calls if call.fault is None and call.status == 429]

    def inside_rest(self) -> list[Call]:
        """Return the sends and edits made before the end of their chat's `retry_after`."""
        return [call for call in self.calls if call.in_rest]

    def not_modified(self) -> list[Call]:
        """Return the edits that changed nothing (a part of `refused`)."""
        return [call for call in self.refused() if call.description.endswith(NOT_MODIFIED)]

    async def wait_for(self, predicate: Callable[[], T], timeout_s: float = 10.0) -> T:
        """Wait until `predicate()` is truthy and return it; it is asked again after every change.

        Raise TimeoutError after `timeout_s` seconds of real time.
        """
        changed = asyncio.Event()
        stop = self.world.listen(lambda _: changed.set())
        try:
            async with asyncio.timeout(timeout_s):
                while not (value := predicate()):
                    changed.clear()
                    await changed.wait()
                return value
        finally:
            stop()
