"""Looking for a lost message: which ids are tried, and what an edit says of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.live.ports import (
    ChatGone,
    ChatMoved,
    Delivered,
    DeliveryOutcome,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Refused,
    Resting,
    TargetGone,
    ThreadGone,
    TokenRefused,
)
from bot.live.probe import (
    BEYOND,
    FIND_PAUSES_S,
    MOST_GUESSES,
    Doubt,
    Verdict,
    find,
    guesses,
    verdict,
)
from bot.live.reconcile import SendNotice, SendPage, Wanted, WantedPage
from bot.live.seen import SUPERGROUPS, Seen
from bot.rendering.page import Message
from bot.rendering.rich_text import plain
from tests.fakes.hurried_clock import HurriedClock

ADA, BOB, GROUP = 7, 8, SUPERGROUPS - 1
PAGE = WantedPage(2, Message(plain("now")), plain("now"))
SENT = SendPage(WantedPage(2, Message(plain("then")), plain("then")), 1)


class NoTime(HurriedClock):
    """Notes pauses instead of making them."""

    def __init__(self) -> None:
        self.paused: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Note."""
        self.paused.append(seconds)


class TestGuesses:
    def test_likely_ones_come_first(self) -> None:
        """The ids after the newest one before the send are tried in their order."""
        assert guesses(Seen({0: 50}), ADA, 50) == list(range(51, 51 + BEYOND))

    def test_taken_ids_are_left_out(self) -> None:
        """An id that an update or an answer told of is another message's, also in another chat."""
        seen = Seen({0: 50})
        for message_id in (51, 53):
            seen.hear(BOB, message_id)

        assert guesses(seen, ADA, 50) == [52, *range(54, 54 + BEYOND)]

    def test_a_supergroup_has_a_counter_of_its_own(self) -> None:
        """What is written elsewhere says nothing of a supergroup's ids."""
        seen = Seen({0: 5_000, GROUP: 3})
        seen.hear(BOB, 5_001)

        assert guesses(seen, GROUP, 3) == list(range(4, 4 + BEYOND))

    def test_there_are_not_more_than_thirty(self) -> None:
        """However many messages came meanwhile, the search has an end."""
        assert guesses(Seen({0: 1_000}), ADA, 50) == list(range(51, 51 + MOST_GUESSES))

    def test_nothing_is_guessed_where_nothing_was_seen(self) -> None:
        """Without a newest id there is no place to begin."""
        assert guesses(Seen(), ADA, None) == []

    @given(
        before=st.integers(1, 50),
        others=st.lists(st.sampled_from(["heard", "unheard"]), max_size=25),
        place=st.integers(0, 19),
    )
    def test_a_message_near_by_is_found(self, before: int, others: list[str], place: int) -> None:
        """Within thirty ids nobody knows, and ten beyond the last that is known, it is found."""
        seen = Seen({0: before})
        lost, unheard, last_heard, tried = 0, 0, before, before
        for index, other in enumerate([*others[:place], "lost", *others[place:]]):
            tried = before + 1 + index
            if other == "lost":
                lost = tried
            elif other == "heard":
                seen.hear(BOB, tried)
                last_heard = tried
            if other != "heard" and not lost:
                unheard += 1

        found = lost in guesses(seen, ADA, before)

        assert found is (unheard < MOST_GUESSES and lost <= last_heard + BEYOND)


class TestVerdict:
    @pytest.mark.parametrize(
        ("outcome", "judged"),
        [
            (Delivered(5), Verdict.FOUND),
            (Delivered(5, changed=False), Verdict.FOUND),
            (ThreadGone(closed=True), Verdict.FOUND),
            (MessageGone(), Verdict.WRONG),
            (TargetGone(), Verdict.WRONG),
            (Refused("bug"), Verdict.WRONG),
            (ThreadGone(), Verdict.UNSAID),
            (NotSent("away"), Verdict.UNSAID),
            (PerhapsDelivered("timeout"), Verdict.UNSAID),
            (Resting(3), Verdict.UNSAID),
            (NoRights(), Verdict.UNSAID),
            (ChatGone("blocked"), Verdict.UNSAID),
            (ChatMoved(-5), Verdict.UNSAID),
            (TokenRefused(), Verdict.UNSAID),
        ],
    )
    def test_each_outcome_says_one_thing(self, outcome: DeliveryOutcome, judged: Verdict) -> None:
        """Only an edit that was carried out, or refused for the message, says something of it."""
        assert verdict(outcome) is judged


class TestDoubt:
    def test_guesses_are_made_once_each(self) -> None:
        """A guess stays until it is said to be wrong; after the last there is none."""
        doubt, seen = Doubt("page", 2, 1, 50), Seen({0: 50})
        first = doubt.next_guess(seen, ADA)
        seen.hear(BOB, 52)
        assert doubt.next_guess(seen, ADA) == first == 51
        for _ in range(BEYOND):
            doubt.was_wrong()

        assert doubt.next_guess(seen, ADA) is None
        doubt.was_wrong()
        assert doubt.next_guess(seen, ADA) is None

    def test_what_is_wanted_now_is_sought(self) -> None:
        """A page is sought with its newest text, or the last one when it is wanted no more."""
        doubt = Doubt("page", 2, 1, 50, SENT)

        assert doubt.sought(Wanted((PAGE,))) == SendPage(PAGE, None)
        assert doubt.sought(Wanted()) == SENT
        assert Doubt("page", 2, 1, 50).sought(Wanted()) is None

    def test_a_notice_is_sought_as_one(self) -> None:
        """Pages say nothing of a notice in doubt."""
        notice = Message(plain("done"))

        assert Doubt("notice", 0, 1, 50).sought(Wanted((PAGE,))) is None
        assert Doubt("notice", 0, 1, 50).sought(Wanted((), (notice,))) == SendNotice(notice, None)


class TestFind:
    async def _find(
        self, *told: DeliveryOutcome | None
    ) -> tuple[int | None, list[int], list[float]]:
        tried: list[int] = []
        clock, answers = NoTime(), list(told)

        async def attempt(message_id: int) -> DeliveryOutcome | None:
            tried.append(message_id)
            return answers.pop(0)

        return await find([5, 6], attempt, clock), tried, clock.paused

    async def test_the_first_that_is_ours(self) -> None:
        """Ids are tried until one is the message."""
        assert await self._find(MessageGone(), Delivered(6)) == (6, [5, 6], [])

    async def test_none_of_them(self) -> None:
        """When all were wrong, it did not arrive."""
        assert await self._find(MessageGone(), MessageGone()) == (None, [5, 6], [])

    async def test_patience(self) -> None:
        """What says nothing is tried again after growing pauses."""
        told: list[DeliveryOutcome] = [NotSent("away"), Resting(3), Delivered(5)]

        assert await self._find(*told) == (5, [5, 5, 5], [1.0, 2.0])

    async def test_patience_has_an_end(self) -> None:
        """When Telegram cannot be asked for long, the search is given up."""
        away = [NotSent("away")] * len(FIND_PAUSES_S)

        assert await self._find(*away) == (None, [5] * len(away), list(FIND_PAUSES_S))

    @pytest.mark.parametrize("end", [None, ChatGone("blocked"), ChatMoved(-5), TokenRefused()])
    async def test_what_ends_a_search(self, end: DeliveryOutcome | None) -> None:
        """Where nothing can be written any more nobody looks further."""
        assert await self._find(end) == (None, [5], [])
