"""Which ids were seen, and which chats wait for a send in doubt."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from bot.live.doubts import Doubts
from bot.live.seen import COUNTERS_KEPT, IDS_KEPT, RETRY_S, SHARED, SUPERGROUPS, Seen, counter_of
from tests.fakes.clock import FakeClock, settle

ADA, BOB, GROUP = 7, 8, SUPERGROUPS - 600


class FakeStore:
    """Keeps the newest ids, or refuses."""

    def __init__(self) -> None:
        self.newest: dict[int, int] = {}
        self.sick = False
        self.asked = 0

    async def note_newest(self, newest: Mapping[int, int]) -> None:
        """Keep."""
        self.asked += 1
        if self.sick:
            raise OSError("disk full")
        self.newest.update(newest)


class TestSeen:
    def test_people_and_basic_groups_share_a_counter(self) -> None:
        """A supergroup's messages are numbered apart, everybody else's together."""
        assert [counter_of(chat) for chat in (7, -100, SUPERGROUPS, GROUP)] == [0, 0, 0, GROUP]

    def test_the_newest_is_what_counts(self) -> None:
        """An edit of an old message does not set the newest id back."""
        seen = Seen({SHARED: 10})
        seen.hear(ADA, 12)
        seen.hear(BOB, 11)

        assert seen.newest(ADA) == seen.newest(-100) == 12
        assert seen.newest(GROUP) is None

    def test_it_is_bounded(self) -> None:
        """Neither ids nor counters pile up; the quietest counter is forgotten first."""
        seen = Seen()
        for message_id in range(1, IDS_KEPT + 3):
            seen.hear(ADA, message_id)
        for number in range(COUNTERS_KEPT):
            seen.hear(GROUP - number, 5)

        assert seen.newest(ADA) is None
        assert seen.newest(GROUP) == 5
        seen.hear(ADA, 1_000)
        assert seen.newest(GROUP) is None

    def test_old_ids_count_as_unheard(self) -> None:
        """Of more ids than are kept the oldest may be tried again: that costs only time."""
        seen = Seen({SHARED: 10})
        for message_id in range(11, 11 + IDS_KEPT + 2):
            seen.hear(ADA, message_id)

        assert seen.unheard(ADA, 10, 0) == [11, 12]

    async def test_it_is_stored_as_it_comes(self) -> None:
        """The newest id of each counter is stored at once, and not again while nothing is new."""
        seen, store = Seen(), FakeStore()
        remembering = asyncio.create_task(seen.remember(store, FakeClock()))
        seen.hear(ADA, 12)
        seen.hear(GROUP, 3)
        await settle()
        assert store.newest == {SHARED: 12, GROUP: 3}
        seen.hear(BOB, 11)
        await settle()
        remembering.cancel()

        assert store.asked == 1

    async def test_a_sick_database_is_offered_it_again(self) -> None:
        """What could not be stored is stored when that is possible, in its newest form."""
        seen, store, clock = Seen(), FakeStore(), FakeClock()
        store.sick = True
        remembering = asyncio.create_task(seen.remember(store, clock))
        seen.hear(ADA, 12)
        await settle()
        seen.hear(ADA, 13)
        store.sick = False
        await settle()
        assert store.newest == {}
        await clock.advance(RETRY_S)
        remembering.cancel()

        assert store.newest == {SHARED: 13}


class TestDoubts:
    def test_only_others_are_held(self) -> None:
        """Whoever is in doubt may go on; others of the chat may not, other chats do not care."""
        doubts = Doubts()
        doubts.hold(ADA, "view")

        assert doubts.held(ADA, "answer")
        assert not doubts.held(ADA, "view")
        assert not doubts.held(BOB, "answer")

    def test_two_in_doubt_look_one_after_the_other(self) -> None:
        """Of two that are in doubt the first one looks, then the second."""
        doubts = Doubts()
        doubts.hold(ADA, "first")
        doubts.hold(ADA, "second")
        assert (doubts.held(ADA, "first"), doubts.held(ADA, "second")) == (False, True)
        doubts.release(ADA, "first")

        assert not doubts.held(ADA, "second")

    async def test_whoever_waits_is_told(self) -> None:
        """A wait ends when the last one in doubt lets the chat go."""
        doubts, clock = Doubts(), FakeClock()
        doubts.hold(ADA, "first")
        doubts.hold(ADA, "second")
        waiting = asyncio.create_task(doubts.free(ADA, "answer", clock))
        await settle()
        doubts.release(ADA, "first")
        await settle()
        assert not waiting.done()
        doubts.release(ADA, "second")
        await settle()

        assert waiting.done()

    async def test_an_event_is_told_once(self) -> None:
        """Whoever asks twice is told once, and no more than that is remembered."""
        doubts, event = Doubts(), asyncio.Event()
        doubts.hold(ADA, "view")
        doubts.tell(ADA, event)
        doubts.tell(ADA, event)
        doubts.release(ADA, "view")
        assert event.is_set()
        event.clear()
        doubts.release(ADA, "view")

        assert not event.is_set()

    async def test_what_was_taken_over_is_kept(self) -> None:
        """A view that came back in time holds its chat as long as it needs."""
        doubts, clock = Doubts(), FakeClock()
        doubts.expect([(ADA, 1), (BOB, 2)])
        giving_up = asyncio.create_task(doubts.give_up(clock))
        doubts.hold(ADA, 1)
        await clock.advance(61)
        await giving_up

        assert doubts.held(ADA, "answer")
        assert not doubts.held(BOB, "answer")
