"""What is refused whatever a call says: tokens, methods, polls, floods, and a server in trouble."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.telegram import Close, Fault, Hang, HtmlPage, Limits, Respond
from tests.sandbox.telegram.desk import ADA, Desk, keyboard
from tests.sandbox.telegram.refusals.case import (
    NO_ANSWER,
    NO_JSON,
    TOO_LATE,
    Case,
    Given,
    after,
    bad,
)


def old_tap(desk: Desk) -> Given:
    """Let a tap grow old."""
    message = desk.send(reply_markup=keyboard("a"))
    tap = desk.telegram.tap(ADA, ADA, message.message_id, "a")
    desk.clock.now += 16
    return {"callback_query_id": tap}


def hooked(desk: Desk) -> Given:
    """Set a webhook."""
    desk.call("setWebhook", url="https://bot.example/")
    return {}


def spent(penalised: bool) -> Callable[[Desk], Given]:
    """Spend the budget of a private chat, and call again inside its rest."""

    def arrange(desk: Desk) -> Given:
        desk.telegram.limit(ADA, Limits(private_burst=1, private_per_s=0.1, penalty=penalised))
        desk.send()
        if penalised:
            desk.call("sendMessage", chat_id=ADA, text="x")
            desk.clock.now += 4
        return {"chat_id": ADA, "text": "x"}

    return arrange


def fault(effect: Respond | HtmlPage | Close | Hang) -> Callable[[Desk], Given]:
    """Script a fault for the next send."""
    return after(lambda desk: desk.telegram.faults.append(Fault("sendMessage", effect)))


SERVER = (
    bad(
        "the tap is older than 15 seconds",
        "query is too old and response timeout expired or query ID is invalid",
        old_tap,
        "answerCallbackQuery",
    ),
    Case("another's token", "getMe", 401, "Unauthorized", lambda _: {}, path="/bot1:wrong/getMe"),
    Case(
        "a token that cannot be one",
        "getMe",
        401,
        "Unauthorized: invalid token specified",
        lambda _: {},
        path="/bot01:wrong/getMe",
    ),
    Case("no token", "getMe", 404, "Not Found", lambda _: {}, path="/botnone/getMe"),
    Case(
        "a method nobody knows",
        "sendRocket",
        404,
        "Not Found: method not found",
        lambda _: {},
    ),
    Case(
        "another poll comes while this one waits",
        "getUpdates",
        409,
        "Conflict: terminated by other getUpdates request; "
        "make sure that only one bot instance is running",
        lambda _: {"timeout": 30},
        rival=True,
    ),
    Case(
        "a webhook is set",
        "getUpdates",
        409,
        "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
        hooked,
    ),
    Case(
        "a budget is spent",
        "sendMessage",
        429,
        "Too Many Requests: retry after 10",
        spent(penalised=False),
        {"retry_after": 10},
    ),
    Case(
        "a call 4 seconds into a rest of 10: twice what is left and 3 more",
        "sendMessage",
        429,
        "Too Many Requests: retry after 15",
        spent(penalised=True),
        {"retry_after": 15},
    ),
    Case(
        "a scripted fault",
        "sendMessage",
        500,
        "Internal Server Error: restart",
        fault(Respond(500, "Internal Server Error: restart")),
    ),
    Case("a scripted fault", "sendMessage", 502, NO_JSON, fault(HtmlPage())),
    Case("a scripted fault, or an outage", "sendMessage", 0, NO_ANSWER, fault(Close())),
    Case("a scripted fault", "sendMessage", 0, TOO_LATE, fault(Hang(3600))),
)
