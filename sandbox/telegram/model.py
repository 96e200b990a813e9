"""The pretend Telegram itself: answers calls, obeys budgets and faults, keeps a log of all."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from sandbox.telegram import asking, posting
from sandbox.telegram.budgets import Budgets, Clock, Limits
from sandbox.telegram.faults import Close, Fault, Faults, Hang, HtmlPage, Respond
from sandbox.telegram.menu import Menu
from sandbox.telegram.params import JsonObject, Params
from sandbox.telegram.people import People
from sandbox.telegram.refusals import NOT_MODIFIED, Refusal
from sandbox.telegram.world import Callback, Change, Message, User, World

BOT = User(1000001, "Vibe Kanban", "vibe_sandbox_bot", is_bot=True)
TOKEN = f"{BOT.id}:sandbox-token-of-the-pretend-telegram"

T = TypeVar("T")
Method = Callable[[World, Params], object]

METHODS: dict[str, Method] = {
    "getme": asking.get_me,
    "getchat": asking.get_chat,
    "getchatmember": asking.get_chat_member,
    "getchatadministrators": asking.get_chat_administrators,
    "leavechat": asking.leave_chat,
    "sendchataction": asking.send_chat_action,
    "answercallbackquery": asking.answer_callback_query,
    "sendmessage": posting.send_message,
    "senddocument": posting.send_document,
    "editmessagetext": posting.edit_message_text,
    "editmessagereplymarkup": posting.edit_message_reply_markup,
    "deletemessage": posting.delete_message,
}
CHARGED = frozenset(("sendmessage", "senddocument", "editmessagetext", "editmessagereplymarkup"))
"""Methods that spend flood budgets."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot and how it was answered; status 0 is a connection closed by a fault.

    `params` are as sent, files by name. `message_id` is the message sent or aimed at. A poll for
    updates that had to wait is logged twice: when it came and when it was answered.
    """

    at: float
    method: str
    chat_id: int | None
    status: int
    description: str
    params: JsonObject
    message_id: int | None
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call; a transport carries out `fault` instead of it where there is one."""

    status: int
    body: JsonObject
    fault: Fault | None = None


class Telegram(People):
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
        self.calls: list[Call] = []
        self._budgets = Budgets(clock, limits or Limits())
        own: dict[str, Method] = {
            "getupdates": lambda _, params: self._get_updates(params),
            "deletewebhook": lambda _, params: self._delete_webhook(params),
            "setmycommands": lambda _, params: self.menu.set(params),
            "getmycommands": lambda _, params: self.menu.get(params),
            "deletemycommands": lambda _, params: self.menu.delete(params),
        }
        self._methods = METHODS | own

    def call(self, method: str, params: Params) -> Reply:
        """Answer one call of the bot; a call that is refused changes nothing."""
        chat_id = _number(params.values.get("chat_id"))
        fault = self.faults.take(method, chat_id)
        if fault is not None and not _applies(fault):
            reply = Reply(0, {}, fault)
        else:
            reply = self._apply(method, params, fault)
        self.calls.append(self._logged(method, chat_id, params, reply))
        self.world.announce(Change("call"))
        return reply

    def _apply(self, method: str, params: Params, fault: Fault | None) -> Reply:
        try:
            run = self._methods.get(method.lower())
            if run is None:
                raise Refusal(404, "Not Found: method not found")
            if method.lower() in CHARGED:
                self._budgets.charge(posting.known_chat(self.world, params).id)
            return Reply(200, {"ok": True, "result": run(self.world, params)}, fault)
        except Refusal as refusal:
            return Reply(refusal.status, refusal_json(refusal), fault)

    def _logged(self, method: str, chat_id: int | None, params: Params, reply: Reply) -> Call:
        status, description = _outcome(reply)
        result = reply.body.get("result")
        message_id = result.get("message_id") if isinstance(result, dict) else None
        sent = {**params.values, **{name: up.file_name for name, up in params.uploads.items()}}
        return Call(
            self.world.clock(),
            method,
            chat_id,
            status,
            description,
            sent,
            _number(message_id or params.values.get("message_id")),
            reply.fault,
        )

    def _get_updates(self, params: Params) -> list[JsonObject]:
        allowed = params.json("allowed_updates")
        if isinstance(allowed, list):
            self.updates.allow([str(each) for each in allowed])
        if (offset := params.number("offset")) is not None:
            self.updates.confirm(offset)
        return self.updates.waiting(params.number("limit") or 100)

    def _delete_webhook(self, params: Params) -> bool:
        if params.flag("drop_pending_updates"):
            self.updates.clear()
        return True

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


def refusal_json(refusal: Refusal) -> JsonObject:
    """Return the body of a refused call."""
    body: JsonObject = {
        "ok": False,
        "error_code": refusal.status,
        "description": refusal.description,
    }
    return {**body, "parameters": refusal.parameters} if refusal.parameters else body


def _applies(fault: Fault) -> bool:
    return fault.applied or isinstance(fault.effect, Hang)


def _outcome(reply: Reply) -> tuple[int, str]:
    """Return status and description as the caller sees them."""
    match reply.fault:
        case Fault(effect=Close()):
            return 0, "connection closed"
        case Fault(effect=HtmlPage(status=status)):
            return status, "an HTML page"
        case Fault(effect=Respond(status=status, description=description)):
            return status, description
    return reply.status, str(reply.body.get("description", ""))


def _number(value: object) -> int | None:
    text = str(value)
    return int(text) if text.lstrip("-").isdigit() else None
