from __future__ import annotations

import random
from typing import Any

import pytest

from sandbox.telegram import Limits
from tests.sandbox.telegram.desk import ADA, BASIC, SUPER, Desk, keyboard


@pytest.fixture
def strict() -> Desk:
    return Desk(limits=Limits())


def statuses(desk: Desk, count: int, chat_id: int = ADA) -> list[int]:
    sends = [desk.call("sendMessage", chat_id=chat_id, text="x") for _ in range(count)]
    return [reply.status for reply in sends]


def test_a_private_chat_takes_five_at_once_and_one_a_second(strict: Desk) -> None:
    """The bucket refills with time and never beyond its burst."""
    assert statuses(strict, 6) == [200] * 5 + [429]
    strict.clock.now += 2
    assert statuses(strict, 3) == [200, 200, 429]
    strict.clock.now += 3600
    assert statuses(strict, 6) == [200] * 5 + [429]


def test_a_group_takes_twenty_in_any_minute(strict: Desk) -> None:
    """The window slides: what was sent first is forgotten first."""
    for _ in range(4):
        assert statuses(strict, 5, SUPER) == [200] * 5
        strict.clock.now += 10
    reply = strict.call("sendMessage", chat_id=SUPER, text="x")
    assert reply.body["parameters"] == {"retry_after": 20}
    strict.clock.now += 20
    assert statuses(strict, 6, SUPER) == [200] * 5 + [429]


def test_the_token_takes_thirty_a_second(strict: Desk) -> None:
    """All chats together share one budget."""
    done = statuses(strict, 20, SUPER) + statuses(strict, 11, BASIC)
    assert done == [200] * 30 + [429]
    strict.clock.now += 1
    assert statuses(strict, 1, BASIC) == [200]


def test_sends_and_edits_share_a_budget(strict: Desk) -> None:
    """Texts and keyboards are charged alike; deleting, asking and answering taps are free."""
    message = strict.send(reply_markup=keyboard("a"))
    at = {"chat_id": ADA, "message_id": message.message_id}
    strict.call("editMessageText", **at, text="1")
    strict.call("editMessageReplyMarkup", **at, reply_markup=keyboard("b"))
    assert statuses(strict, 3) == [200, 200, 429]
    tap = strict.telegram.tap(ADA, ADA, message.message_id, "b")
    assert strict.call("answerCallbackQuery", callback_query_id=tap).status == 200
    assert strict.call("getChat", chat_id=ADA).status == 200
    assert strict.call("deleteMessage", **at).status == 200


def test_a_flooded_call_changes_nothing(strict: Desk) -> None:
    """No message, no number, no charge; the wait is told in whole seconds."""
    statuses(strict, 5)
    strict.clock.now += 0.3
    before = len(strict.telegram.messages(ADA))
    reply: Any = strict.call("sendMessage", chat_id=ADA, text="x")
    assert reply.body == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 1",
        "parameters": {"retry_after": 1},
    }
    assert len(strict.telegram.messages(ADA)) == before
    assert [call.method for call in strict.telegram.flooded()] == ["sendMessage"]
    strict.clock.now += 1
    assert statuses(strict, 1) == [200]


def test_limits_can_be_off() -> None:
    """Without limits nothing is flooded."""
    assert set(statuses(Desk(), 100)) == {200}


def test_a_call_inside_a_rest_lengthens_it(strict: Desk) -> None:
    """It is refused although the budget would allow it, and what is left doubles and more."""
    strict.telegram.limit(SUPER, Limits(group_burst=1, group_per_minute=6))
    assert statuses(strict, 2, SUPER) == [200, 429]
    strict.clock.now += 6
    assert strict.refusal("sendMessage", chat_id=SUPER, text="x")[1].endswith("retry after 11")
    strict.clock.now += 10.9
    assert strict.refusal("sendMessage", chat_id=SUPER, text="x")[1].endswith("retry after 5")
    assert len(strict.telegram.inside_rest()) == 2
    strict.clock.now += 5
    assert statuses(strict, 1, SUPER) == [200]
    assert len(strict.telegram.inside_rest()) == 2


def test_rests_have_a_longest(strict: Desk) -> None:
    """However many calls come too early, a rest is at most a thousand seconds."""
    statuses(strict, 6)
    for _ in range(12):
        reply: Any = strict.call("sendMessage", chat_id=ADA, text="x")
    assert reply.body["parameters"] == {"retry_after": 1000}


def test_a_rest_concerns_one_chat(strict: Desk) -> None:
    """Others go on, and so do calls that cost nothing."""
    assert statuses(strict, 6)[-1] == 429
    assert statuses(strict, 1, SUPER) == [200]
    assert strict.call("sendChatAction", chat_id=ADA, action="typing").status == 200
    assert strict.telegram.inside_rest() == []


def test_without_a_penalty_early_calls_are_only_counted() -> None:
    """The budget alone decides."""
    desk = Desk(limits=Limits(private_burst=1, private_per_s=0.5, penalty=False))
    assert statuses(desk, 3) == [200, 429, 429]
    assert len(desk.telegram.inside_rest()) == 1
    desk.clock.now += 2
    assert statuses(desk, 1) == [200]


def test_a_group_with_a_burst_refills_evenly(strict: Desk) -> None:
    """So many at once, then the minute's share one by one."""
    strict.telegram.limit(SUPER, Limits(group_burst=3, group_per_minute=30))
    assert statuses(strict, 4, SUPER) == [200] * 3 + [429]
    for _ in range(30):
        strict.clock.now += 2
        assert statuses(strict, 1, SUPER) == [200]
    assert statuses(strict, 1, SUPER) == [429]
    assert statuses(strict, 20, BASIC) == [200] * 20


def test_random_limits_are_drawn_by_the_dice() -> None:
    """Equal dice draw equal limits, all within the range that bots report."""
    drawn = [Limits.random(random.Random(seed)) for seed in range(300)]
    assert drawn == [Limits.random(random.Random(seed)) for seed in range(300)]
    assert {each.group_burst for each in drawn} == set(range(1, 21))
    assert {each.private_burst for each in drawn} == set(range(1, 9))
    assert {each.group_per_minute for each in drawn} == set(range(15, 61))
    assert all(each.penalty and each.token_per_s == 30 for each in drawn)
