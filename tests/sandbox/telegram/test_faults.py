from __future__ import annotations

import pytest

from sandbox.telegram import Close, Fault, Hang, HtmlPage, Limits, Respond
from tests.sandbox.telegram.desk import ADA, BORIS, SUPER, Desk

OOPS = Respond(500, "Internal Server Error: oops")


def statuses(desk: Desk, *texts: str, method: str = "sendMessage") -> list[int]:
    """Send texts to Ada; return how the log has the calls."""
    before = len(desk.telegram.calls)
    for text in texts:
        desk.call(method, chat_id=ADA, text=text)
    return [call.status for call in desk.telegram.calls[before:]]


def test_a_fault_waits_for_its_step(desk: Desk) -> None:
    """A predicate on the parameters chooses the call, and the log of strikes names it."""
    fault = Fault("sendMessage", OOPS, when=lambda params: "final" in params.text("text"))
    desk.telegram.faults.append(fault)
    assert statuses(desk, "first", "final", "final") == [200, 500, 200]
    [(struck, call)] = desk.telegram.faults.struck
    assert (struck, call.params["text"]) == (fault, "final")
    assert call is desk.telegram.calls[-2]
    assert len(desk.telegram.faults) == 0


def test_a_fault_strikes_several_in_a_row(desk: Desk) -> None:
    """After the n-th matching call it strikes as many as it is told."""
    desk.telegram.faults.append(Fault("sendMessage", OOPS, nth=2, times=3))
    assert statuses(desk, *"abcdef") == [200, 500, 500, 500, 200, 200]
    assert len(desk.telegram.faults.struck) == 3


def test_a_fault_may_wait_for_several_methods(desk: Desk) -> None:
    """Any of them is struck, in whatever case it is written."""
    sends = {"sendMessage", "sendDocument"}
    desk.telegram.faults.append(Fault(sends, HtmlPage(), times=2))
    assert statuses(desk, "x", method="getChat") == [200]
    assert statuses(desk, "x", method="senddocument") == [502]
    assert statuses(desk, "x", "x", method="sendmessage") == [502, 200]


def test_a_call_is_struck_by_one_fault(desk: Desk) -> None:
    """The next one strikes the next call; both count what passes."""
    desk.telegram.faults.append(Fault("sendMessage", Close()))
    desk.telegram.faults.append(Fault("sendMessage", OOPS))
    assert statuses(desk, *"abc") == [0, 500, 200]


def test_faults_are_forgotten(desk: Desk) -> None:
    """What has not struck may be taken back."""
    desk.telegram.faults.append(Fault("sendMessage", Close()))
    desk.telegram.faults.clear()
    assert statuses(desk, "x") == [200]
    assert desk.telegram.faults.struck == []


@pytest.mark.parametrize(
    ("effect", "applied", "takes_effect"),
    [(OOPS, False, False), (OOPS, True, True), (Hang(1), False, True), (Close(), True, True)],
)
def test_what_a_struck_call_does(
    desk: Desk, effect: Respond | Close | Hang, applied: bool, takes_effect: bool
) -> None:
    """It is carried out when told so, and always when only its answer is late."""
    desk.telegram.faults.append(Fault("sendMessage", effect, applied=applied))
    statuses(desk, "x")
    assert bool(desk.telegram.bot_messages(ADA)) is takes_effect


def test_a_flood_by_a_fault_begins_a_rest(desk: Desk) -> None:
    """Sends and edits of that chat before its end are inside it; other chats and calls are not."""
    flood = Respond(429, "Too Many Requests: retry after 5", retry_after=5)
    desk.telegram.faults.append(Fault("sendMessage", flood, ADA))
    statuses(desk, "flooded")
    desk.clock.now += 4.9
    statuses(desk, "early")
    desk.call("deleteMessage", chat_id=ADA, message_id=1)
    desk.send(chat_id=SUPER)
    desk.clock.now += 0.1
    statuses(desk, "in time")
    assert [call.params["text"] for call in desk.telegram.inside_rest()] == ["early"]


def test_a_storm_grows_with_every_call_inside_it(desk: Desk) -> None:
    """With penalties each early call is refused and doubles what is left."""
    desk.telegram.limit(ADA, Limits())
    flood = Respond(429, "Too Many Requests: retry after 5", retry_after=5)
    desk.telegram.faults.append(Fault("sendMessage", flood, ADA))
    statuses(desk, "flooded")
    desk.clock.now += 4
    assert desk.refusal("sendMessage", chat_id=ADA, text="early")[1].endswith("retry after 5")
    desk.clock.now += 1
    assert desk.refusal("sendMessage", chat_id=ADA, text="early")[1].endswith("retry after 11")
    desk.clock.now += 11
    assert desk.send().text == "hello"
    assert len(desk.telegram.inside_rest()) == 2


def test_an_outage_applies_nothing(desk: Desk) -> None:
    """Every call loses its connection until Telegram is back, and no fault is spent on it."""
    desk.telegram.faults.append(Fault("sendMessage", OOPS))
    desk.telegram.down = True
    reply = desk.call("sendMessage", chat_id=ADA, text="x")
    assert reply.fault is not None
    assert isinstance(reply.fault.effect, Close)
    assert statuses(desk, "x", method="getMe") == [0]
    assert desk.telegram.bot_messages(ADA) == []
    desk.telegram.down = False
    assert statuses(desk, "x", "x") == [500, 200]
    assert len(desk.telegram.faults.struck) == 1


def test_a_fault_may_move_a_group(desk: Desk) -> None:
    """The parameters of the answer carry what was scripted."""
    moved = Respond(400, "Bad Request: moved", migrate_to_chat_id=BORIS)
    assert moved.parameters == {"migrate_to_chat_id": BORIS}
    assert OOPS.parameters == {}
