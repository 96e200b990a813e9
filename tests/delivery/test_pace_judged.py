"""The pace, judged by a pretend Telegram on the same clock: who is refused, and how often."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.budget import GroupBudget, PrivateBudget
from bot.delivery.lane import Lane
from bot.delivery.lanes import REST_MARGIN_S
from bot.live.ports import Urgency
from sandbox.telegram import Limits
from sandbox.telegram.budgets import Budgets
from sandbox.telegram.refusals import Refusal

TEN_MINUTES_S = 600.0
LEAD_S = 600.0
CHATS = {"private": 7, "group": -100}

WISHES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 0.1, 1.0, 5.0, 40.0]), st.sampled_from(list(Urgency))),
    max_size=150,
)
Wish = tuple[float, Urgency]


class Road:
    """One lane on its way to a Telegram that counts, on a clock that only goes on when it must."""

    def __init__(self, chat_id: int, limits: Limits) -> None:
        self.now = 0.0
        self.floods: list[float] = []
        self.inside_rest = 0
        self._chat_id = chat_id
        self._judge = Budgets(lambda: self.now, limits)
        budget = PrivateBudget if chat_id > 0 else GroupBudget
        self.lane = Lane(chat_id, budget(0.0))

    def call(self, pause_s: float, urgency: Urgency) -> None:
        """Make a call as early as the lane lets it, again and again until it passes."""
        self.now += pause_s
        while True:
            self.lane.recover(self.now)
            at = max(self.lane.budget.ready_at(self.now, urgency), self.lane.rest_until)
            if at > self.now:
                self.now = at
                continue
            self.lane.budget.record(self.now, urgency)
            self.inside_rest += self._judge.rests.left_s(self._chat_id, self.now) > 0
            try:
                return self._judge.charge(self._chat_id)
            except Refusal as refused:
                self.floods.append(self.now)
                rest_s = refused.parameters["retry_after"] + REST_MARGIN_S
                self.lane.rest(self.now, self.now + rest_s)


@pytest.mark.parametrize("chat_id", CHATS.values(), ids=CHATS.keys())
@given(wishes=WISHES)
def test_what_is_known_of_telegram_never_refuses(chat_id: int, wishes: list[Wish]) -> None:
    """However many calls of which class are wished for when, none is refused."""
    road = Road(chat_id, Limits())
    for wish in wishes:
        road.call(*wish)

    assert road.floods == []


def traffic(dice: random.Random) -> Iterator[Wish]:
    """What three turns beside each other want, with pauses now and then, and answers to people."""
    classes = list(Urgency)
    weights = [3, 1, 2, 2, 2, 4, 2, 20]
    while True:
        yield dice.choice([0.0, 0.0, 0.0, 0.5, 2.0, 30.0]), dice.choices(classes, weights)[0]


@pytest.mark.parametrize("chat_id", CHATS.values(), ids=CHATS.keys())
@given(seed=st.integers(0, 2**32))
def test_an_unknown_budget_refuses_twice_at_most(chat_id: int, seed: int) -> None:
    """Whatever a chat's budget is, one more refusal follows the first in ten minutes, at most."""
    dice = random.Random(seed)
    road = Road(chat_id, Limits.random(dice))
    for wish in traffic(dice):
        road.call(*wish)
        if road.now > LEAD_S + (road.floods[0] if road.floods else 0.0):
            break

    assert len([at for at in road.floods if at - road.floods[0] <= TEN_MINUTES_S]) <= 2
    assert road.inside_rest == 0


@pytest.mark.parametrize("per_minute", [10, 15, 20])
@given(wishes=WISHES)
def test_a_smaller_minute_refuses_once(per_minute: int, wishes: list[Wish]) -> None:
    """A group of which only so many calls in any minute pass refuses once, and not again."""
    road = Road(CHATS["group"], Limits(group_per_minute=per_minute))
    for wish in wishes:
        road.call(*wish)

    in_time = [at for at in road.floods if at - road.floods[0] <= TEN_MINUTES_S]
    assert len(in_time) <= (0 if per_minute == 20 else 2)
    assert road.inside_rest == 0
