"""The log of the bot's calls, and how a transport is told to answer one."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram.faults import Close, Fault, HtmlPage, Respond
from sandbox.telegram.params import JsonObject
from sandbox.telegram.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to a call; a transport carries out `fault` instead of it where there is one."""

    status: int
    body: JsonObject
    fault: Fault | None = None

    @classmethod
    def refusing(cls, refusal: Refusal, fault: Fault | None = None) -> Reply:
        """Answer with a refusal."""
        return cls(refusal.status, refusal_json(refusal), fault)

    def outcome(self) -> tuple[int, str]:
        """Return status and description as the caller sees them."""
        match self.fault:
            case Fault(effect=Close()):
                return 0, "connection closed"
            case Fault(effect=HtmlPage(status=status)):
                return status, "an HTML page"
            case Fault(effect=Respond(status=status, description=description)):
                return status, description
        return self.status, str(self.body.get("description", ""))


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot and how it was answered; status 0 is a connection closed on it.

    `params` are as sent, files by name. `message_id` is the message sent or aimed at. `in_rest` is
    a send or an edit that came before the end of its chat's `retry_after`. A poll for updates that
    had to wait is logged twice: when it came and when it was answered.
    """

    at: float
    method: str
    chat_id: int | None
    status: int
    description: str
    params: JsonObject
    message_id: int | None
    fault: Fault | None = None
    in_rest: bool = False


def refusal_json(refusal: Refusal) -> JsonObject:
    """Return the body of a refused call."""
    body: JsonObject = {
        "ok": False,
        "error_code": refusal.status,
        "description": refusal.description,
    }
    return {**body, "parameters": refusal.parameters} if refusal.parameters else body


def number(value: object) -> int | None:
    """Read a whole number from a call's raw value."""
    text = str(value)
    return int(text) if text.lstrip("-").isdigit() else None
