"""Writes in order, through a database that is sick for a while."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from bot.storage.journal import MOST_WAITING, PATIENCE_S, RETRY_S, Journal
from bot.storage.trouble import TOLD, DatabaseSick, Trouble
from tests.fakes.clock import FakeClock, settle


class Store:
    """Takes words, or is sick, or hangs."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.trouble: Trouble | None = None
        self.free = asyncio.Event()
        self.free.set()
        self.tries = 0

    async def add(self, word: str) -> str:
        """Store a word and return it."""
        self.tries += 1
        await self.free.wait()
        if self.trouble is not None:
            raise DatabaseSick(self.trouble, "sick")
        self.words.append(word)
        return word


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
async def journal(clock: FakeClock) -> AsyncIterator[Journal]:
    journal = Journal(clock)
    running = asyncio.create_task(journal.run())
    yield journal
    running.cancel()
    await asyncio.wait({running})


async def test_a_write_is_done_when_it_returns(journal: Journal, store: Store) -> None:
    """With a healthy database the caller gets what the work returned."""
    assert await journal.write(lambda: store.add("a"), "later") == "a"
    assert store.words == ["a"]


async def test_writes_keep_their_order(journal: Journal, store: Store, clock: FakeClock) -> None:
    """What is asked for while the database is sick is written when it is well, in order."""
    store.trouble = Trouble.LOCKED
    for word in "abc":
        assert await journal.write(lambda word=word: store.add(word), "later") == "later"  # type: ignore[misc]  # a lambda's default has no type
    assert store.words == []
    store.trouble = None
    await clock.advance(RETRY_S)
    assert store.words == ["a", "b", "c"]


async def test_a_sick_database_is_asked_every_five_seconds(
    journal: Journal, store: Store, clock: FakeClock
) -> None:
    """Only the oldest write is tried, and nobody who comes meanwhile hurries it."""
    store.trouble = Trouble.FULL
    for word in "abc":
        await journal.write(lambda word=word: store.add(word), "later")  # type: ignore[misc]  # a lambda's default has no type
    before = store.tries
    await clock.advance(10 * RETRY_S)
    assert store.tries == before + 10


async def test_the_trouble_is_told_while_it_lasts(
    journal: Journal, store: Store, clock: FakeClock
) -> None:
    """/status has a sentence for it from the refusal to the recovery."""
    told = [journal.problems]
    store.trouble = Trouble.FULL
    await journal.write(lambda: store.add("a"), "later")
    told.append(journal.problems)
    store.trouble = None
    await clock.advance(RETRY_S)
    told.append(journal.problems)
    assert told == [(), (TOLD[Trouble.FULL],), ()]


async def test_nobody_waits_long_for_a_slow_database(
    journal: Journal, store: Store, clock: FakeClock
) -> None:
    """After a second the caller goes on; those behind do not wait at all."""
    store.free.clear()
    slow = asyncio.create_task(journal.write(lambda: store.add("a"), "later"))
    await clock.advance(PATIENCE_S)
    assert slow.result() == "later"
    assert await journal.write(lambda: store.add("b"), "later") == "later"
    store.free.set()
    await settle()
    assert store.words == ["a", "b"]


async def test_what_the_work_raises_reaches_who_waits(journal: Journal, store: Store) -> None:
    """A failure that is not the database's is the caller's, and the next write goes on."""

    async def fail() -> str:
        raise LookupError("gone")

    with pytest.raises(LookupError):
        await journal.write(fail, "later")
    assert await journal.write(lambda: store.add("b"), "later") == "b"


async def test_a_failure_for_which_nobody_waits_holds_nothing_up(
    journal: Journal, store: Store, clock: FakeClock
) -> None:
    """A write that turns out impossible when the database is back is left out."""
    store.trouble = Trouble.AWAY
    await journal.write(lambda: store.add("a"), "later")

    async def fail() -> str:
        raise LookupError("gone")

    await journal.write(fail, "later")
    await journal.write(lambda: store.add("c"), "later")
    store.trouble = None
    await clock.advance(RETRY_S)
    assert store.words == ["a", "c"]


async def test_what_waits_is_bounded(journal: Journal, store: Store, clock: FakeClock) -> None:
    """A database that stays sick costs what came last, not ever more memory."""
    store.trouble = Trouble.LOCKED
    for number in range(MOST_WAITING + 5):
        await journal.write(lambda number=number: store.add(str(number)), "later")  # type: ignore[misc]  # a lambda's default has no type
    store.trouble = None
    await clock.advance(RETRY_S)
    assert store.words == [str(number) for number in range(MOST_WAITING)]
    assert await journal.write(lambda: store.add("after"), "later") == "after"


async def test_at_the_end_a_healthy_database_is_waited_for(
    journal: Journal, store: Store, clock: FakeClock
) -> None:
    """What is being written is written; a sick database holds nobody up."""
    store.free.clear()
    writing = asyncio.create_task(journal.write(lambda: store.add("a"), "later"))
    await settle()
    flushing = asyncio.create_task(journal.flush(5.0))
    await settle()
    assert not flushing.done()
    store.free.set()
    await settle()
    assert flushing.done()
    assert await writing == "a"
    store.trouble = Trouble.FULL
    await journal.write(lambda: store.add("b"), "later")
    await asyncio.wait_for(journal.flush(5.0), 10)
