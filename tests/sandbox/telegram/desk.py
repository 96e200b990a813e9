"""A pretend Telegram on a hand-moved clock, with short ways to call it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sandbox.telegram import Limits, Message, Params, Reply, Telegram, Upload

ADA = 7
BORIS = 8
BASIC = -500
SUPER = -1000000000600
BAD = "Bad Request: "


@dataclass
class Clock:
    """A clock that moves when told."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@dataclass
class Desk:
    """Ada has started the bot, Boris has not; both share a basic group and a supergroup with it."""

    clock: Clock = field(default_factory=Clock)
    limits: Limits = field(default_factory=Limits.off)

    def __post_init__(self) -> None:
        self.telegram = Telegram(self.clock, limits=self.limits)
        self.telegram.add_user(ADA, "Ada", "ada")
        self.telegram.add_user(BORIS, "Boris", language_code="ru")
        for chat in (BASIC, SUPER):
            self.telegram.add_group(chat, "Team", {ADA: "creator", BORIS: "member"})
            self.telegram.add_bot_to_group(chat, by=ADA)
        self.telegram.say(ADA, ADA, "/start")
        self.telegram.updates.clear()

    def call(self, method: str, **params: Any) -> Reply:
        """Call a method."""
        return self.telegram.call(method, Params.of(params))

    def send(self, text: str = "hello", chat_id: int = ADA, **params: Any) -> Message:
        """Send a message, which must succeed."""
        reply = self.call("sendMessage", chat_id=chat_id, text=text, **params)
        assert reply.status == 200, reply.body
        result: Any = reply.body["result"]
        return self.telegram.message(chat_id, result["message_id"])

    def send_file(self, chat_id: int = ADA) -> Message:
        """Send a small file, which must succeed."""
        files = {"document": Upload("a.txt", b"a")}
        reply = self.telegram.call("sendDocument", Params({"chat_id": chat_id}, files))
        result: Any = reply.body["result"]
        return self.telegram.message(chat_id, result["message_id"])

    def refusal(self, method: str, **params: Any) -> tuple[int, str]:
        """Call a method that must be refused; return status and description."""
        reply = self.call(method, **params)
        assert reply.status >= 400, reply.body
        return reply.status, str(reply.body["description"])

    def updates(self, kind: str) -> list[Any]:
        """Return the payloads of the updates of a kind that wait."""
        return [each[kind] for each in self.telegram.updates.waiting() if kind in each]


def keyboard(*data: str) -> dict[str, Any]:
    """Return an inline keyboard of one row, labels being the data in capitals."""
    return {"inline_keyboard": [[{"text": each.upper(), "callback_data": each} for each in data]]}


def entity(kind: str, offset: int, length: int, **extra: Any) -> dict[str, Any]:
    """Return a MessageEntity."""
    return {"type": kind, "offset": offset, "length": length, **extra}
