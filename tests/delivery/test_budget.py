"""Budgets: what goes out never exceeds what Telegram lets pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.budget import Bucket, Budget, GroupBudget, PrivateBudget, Window
from bot.live.ports import Urgency

EDIT, FINAL, FIRST, LINK, CLOSING = (
    Urgency.EDIT,
    Urgency.FINAL,
    Urgency.FIRST_LINK,
    Urgency.NEW_LINK,
    Urgency.CLOSING,
)

Times = list[tuple[float, bool]]


def run(budget: Budget, wishes: list[tuple[float, bool]], start: float = 0.0) -> Times:
    """Make calls as early as the budget lets them: (pause before the wish, ordinary)."""
    now, made = start, []
    for pause, ordinary in wishes:
        now = budget.ready_at(now + pause, EDIT if ordinary else FINAL)
        budget.record(now, EDIT if ordinary else FINAL)
        made.append((now, ordinary))
    return made


WISHES = st.lists(
    st.tuples(st.sampled_from([0.0, 0.0, 0.3, 2.0, 20.0]), st.booleans()), max_size=60
)


def most_in(times: list[float], window_s: float) -> int:
    return max((sum(t <= x < t + window_s for x in times) for t in times), default=0)


class TestPrivate:
    @given(WISHES)
    def test_a_bucket_of_five_never_refuses(self, wishes: list[tuple[float, bool]]) -> None:
        """Telegram's bucket (5, one a second) has room for every call, whatever is wished."""
        level, last = 5.0, 0.0
        for at, _ in run(PrivateBudget(0.0), wishes):
            level = min(5.0, level + at - last)
            last = at
            assert level >= 1.0 - 1e-6
            level -= 1.0

    @given(WISHES)
    def test_the_last_one_is_kept(self, wishes: list[tuple[float, bool]]) -> None:
        """After any ordinary call an urgent one may go at once."""
        budget = PrivateBudget(0.0)
        now = 0.0
        for pause, ordinary in wishes:
            now = budget.ready_at(now + pause, EDIT if ordinary else FINAL)
            budget.record(now, EDIT if ordinary else FINAL)
            if ordinary:
                assert budget.ready_at(now, FINAL) == now

    def test_a_new_lane_has_no_burst(self) -> None:
        """At the start one ordinary call goes at once, the next after the pace."""
        made = run(PrivateBudget(0.0), [(0, True), (0, True), (0, True)])

        assert [at for at, _ in made] == pytest.approx([0.0, 1.05, 2.1])

    def test_silence_gives_a_burst(self) -> None:
        """After silence four ordinary calls go at once, the fifth is for urgent ones."""
        budget = PrivateBudget(0.0)
        made = run(budget, [(100, True), *[(0, True)] * 4])

        assert [at - 100 for at, _ in made] == pytest.approx([0, 0, 0, 0, 1.05])
        assert budget.ready_at(101.05, FINAL) == 101.05

    def test_what_was_sent_before_a_restart_counts(self) -> None:
        """Calls of the last seconds take from the new lane's beginning."""
        fresh, tired = PrivateBudget(10.0), PrivateBudget(10.0, [9.8, 9.9])

        assert fresh.ready_at(10.0, EDIT) == 10.0
        assert tired.ready_at(10.0, FINAL) == pytest.approx(11.05)
        assert tired.ready_at(10.0, EDIT) == pytest.approx(12.1)

    def test_what_was_sent_long_ago_does_not_count(self) -> None:
        """Calls older than the burst's refill are forgotten."""
        assert PrivateBudget(10.0, [1.0, 7.0]).ready_at(10.0, EDIT) == 10.0
        assert PrivateBudget(10.0, [8.5]).ready_at(10.0, EDIT) == pytest.approx(11.05)

    def test_an_unused_call_is_given_back(self) -> None:
        """A grant that was not used does not cost anything."""
        budget = PrivateBudget(0.0)
        budget.record(0.0, EDIT)
        budget.give_back(0.0, EDIT)

        assert budget.ready_at(0.0, EDIT) == 0.0

    def test_it_is_rested_when_it_is_as_a_new_one(self) -> None:
        """A private chat's budget may be forgotten once a new one would allow no more."""
        budget = PrivateBudget(0.0)
        budget.record(0.0, EDIT)

        assert not budget.rested(1.0)
        assert budget.rested(1.05)


class TestGroup:
    @given(WISHES)
    def test_never_more_than_twenty_a_minute(self, wishes: list[tuple[float, bool]]) -> None:
        """In no 60 seconds do more than 20 calls go out, of them at most 16 ordinary."""
        made = run(GroupBudget(0.0), wishes)

        assert most_in([at for at, _ in made], 60.0) <= 20
        assert most_in([at for at, ordinary in made if ordinary], 60.0) <= 16

    @given(WISHES)
    def test_four_are_always_left(self, wishes: list[tuple[float, bool]]) -> None:
        """Right after any ordinary call, whatever else went out, four urgent ones may follow."""
        budget = GroupBudget(0.0)
        made = run(budget, [*wishes, (0, True)])
        now = made[-1][0]
        urgent = run(budget, [(0, False)] * 4, start=now)

        assert [at for at, _ in urgent] == [now] * 4

    def test_a_turn_is_seen_to_begin_in_a_busy_group(self) -> None:
        """Edits leave six calls of a minute to links; a first link does not keep the pace."""
        budget = GroupBudget(0.0)
        made = run(budget, [(0, True)] * 10)
        now = made[-1][0]

        assert now < 60
        assert budget.ready_at(now, EDIT) > 60
        assert budget.ready_at(now, LINK) == pytest.approx(now + 3.75)
        assert budget.ready_at(now, FIRST) == now
        for _ in range(6):
            budget.record(now, FIRST)
        assert budget.ready_at(now, FIRST) > 60
        assert budget.ready_at(now, FINAL) == now

    def test_a_notice_leaves_room_for_end_lines(self) -> None:
        """The last two calls of a minute are for end lines and answers, not for notices."""
        budget = GroupBudget(0.0)
        run(budget, [(0, False)] * 17)

        assert budget.ready_at(1.0, CLOSING) == 1.0
        budget.record(1.0, CLOSING)
        assert budget.ready_at(1.0, CLOSING) > 60
        assert budget.ready_at(1.0, FINAL) == 1.0

    def test_four_at_once_then_apart(self) -> None:
        """After silence four ordinary calls go at once, then one per 3.75 s."""
        made = run(GroupBudget(0.0), [(100, True), *[(0, True)] * 6])

        assert [at - 100 for at, _ in made] == pytest.approx([0, 0, 0, 0, 3.75, 7.5, 11.25])

    def test_a_new_lane_has_no_burst(self) -> None:
        """At the start one ordinary call goes at once, the next after the pace."""
        made = run(GroupBudget(0.0), [(0, True), (0, True)])

        assert [at for at, _ in made] == pytest.approx([0.0, 3.75])

    def test_what_was_sent_before_a_restart_counts(self) -> None:
        """Calls of the last minute, as stored, still count after a restart."""
        sent = [float(t) for t in range(20)]
        budget = GroupBudget(20.0, sent)

        assert budget.ready_at(20.0, FINAL) == pytest.approx(60.5)
        assert GroupBudget(90.0, sent).ready_at(90.0, EDIT) == 90.0

    def test_only_the_last_minute_counts(self) -> None:
        """Of stored calls the old ones are forgotten, however long the machine has been running."""
        sent = [1000.0 - n for n in range(2, 22)]

        assert GroupBudget(1000.0, sent).ready_at(1000.0, FINAL) == pytest.approx(1039.5)
        assert GroupBudget(1080.0, sent).ready_at(1080.0, FINAL) == 1080.0

    def test_a_recent_call_takes_the_first(self) -> None:
        """A call less than one pace before a restart takes the place of the first."""
        assert GroupBudget(20.0, [19.0]).ready_at(20.0, EDIT) == pytest.approx(23.75)
        assert GroupBudget(20.0, [16.25]).ready_at(20.0, EDIT) == 20.0

    def test_it_is_rested_when_no_call_counts(self) -> None:
        """A group's budget may be forgotten once its newest call is older than the window."""
        budget = GroupBudget(0.0)
        assert budget.rested(0.0)
        budget.record(0.0, FINAL)
        budget.record(10.0, FINAL)

        assert not budget.rested(70.0)
        assert budget.rested(70.5)

    def test_an_unused_call_is_given_back(self) -> None:
        """A grant that was not used does not cost anything, ordinary or urgent."""
        budget = GroupBudget(0.0)
        budget.record(0.0, EDIT)
        budget.give_back(0.0, EDIT)
        for _ in range(20):
            budget.record(0.0, FINAL)
        budget.give_back(0.0, FINAL)

        assert budget.ready_at(0.0, FINAL) == 0.0
        assert budget.ready_at(0.0, EDIT) > 0.0


@pytest.mark.parametrize("make", [lambda: Window(25, 1.0)])
def test_a_window_counts_exactly(make: Callable[[], Window]) -> None:
    """The 26th call in a second waits until the first is a second old."""
    window = make()
    for step in range(25):
        assert window.ready_at(step / 100) == step / 100
        window.record(step / 100)

    assert window.ready_at(0.25) == pytest.approx(1.0)
    assert window.ready_at(1.0) == 1.0
    window.give_back(0.0)
    window.give_back(0.005)
    assert window.ready_at(0.25) == 0.25


def test_a_bucket_never_overflows() -> None:
    """However long the silence and whatever is given back, a bucket holds its capacity."""
    bucket = Bucket(5, 1.0, 5.0, 0.0)
    bucket.put_back()

    assert bucket.level_at(1_000.0) == 5
    assert bucket.level_at(0.0) == 5


def test_a_call_given_back_is_one_call() -> None:
    """Giving one of several calls back returns no more than that one."""
    bucket = Bucket(5, 1.0, 2.0, 0.0)
    bucket.take(0.0)
    bucket.take(0.0)
    bucket.put_back()

    assert bucket.level_at(0.0) == 1
