"""A bot that starts while its backend is away, or busy."""

from __future__ import annotations

import asyncio

import pytest

from bot.entries.events import Put
from bot.entries.model import Answer
from bot.i18n import sentence
from bot.live.followers import SLOTS_KEPT_S
from tests.fakes.live import execution, linked
from tests.live.house import AGENT, LONG_S, House, later, over


@pytest.fixture
def house() -> House:
    """An empty house."""
    return House()


class TestBackendAway:
    async def test_views_wait_for_it(self, house: House) -> None:
        """A backend that is away at the start changes nothing in the chat until it comes."""
        async with house.bot():
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await house.clock.advance(2)
        before = house.texts()
        house.backend.reachable = False
        async with house.bot() as second:
            second.followers.connection_changed("", False, sentence("away"))
            await second.clock.advance(LONG_S)
            assert house.texts() == before
            assert house.backend.asked == []
            house.backend.log("e1", Put(1, Answer("More")))
            second.followers.connection_changed("", True, None)
            await second.clock.advance(5)

            (view,) = house.texts()
            assert [view.count(text) for text in ("Hello", "More")] == [1, 1]

    async def test_one_that_refuses_is_asked_again(self, house: House) -> None:
        """A past that cannot be learned at once is asked for until it can."""
        async with house.bot():
            house.backend.row(AGENT)
            await house.clock.advance(2)
        house.backend.row(over(AGENT))
        house.backend.close("e1")
        house.backend.refusal = sentence("busy")
        async with house.bot() as second:
            await second.clock.advance(LONG_S)
            assert len(house.backend.asked) > 5
            assert len(house.texts()) == 1
            house.backend.refusal = None
            await second.clock.advance(LONG_S)

            assert "✅ Done" in house.texts()[0]

    async def test_what_goes_on_is_shown_without_its_past(self, house: House) -> None:
        """A session whose past stays unknown is shown from what is announced of it."""
        house.backend.row(AGENT)
        house.backend.log("e1", Put(0, Answer("Hello")))
        await house.clock.advance(LONG_S)
        house.backend.refusal = sentence("busy")
        async with house.bot() as first:
            assert house.texts() == []
            await first.clock.advance(LONG_S)

            assert "Hello" in house.texts()[0]

    async def test_the_end_waits_for_what_it_has_not_told(self, house: House) -> None:
        """A log that broke off with the connection is read to its end before the turn is over."""
        async with house.bot() as one:
            house.backend.row(AGENT)
            house.backend.log("e1", Put(0, Answer("Hello")))
            await one.clock.advance(2)
            house.backend.interrupt("e1")
            one.followers.connection_changed("", False, sentence("away"))
            house.backend.row(over(AGENT))
            await one.clock.advance(300)
            assert "✅ Done" not in house.texts()[0]
            one.followers.connection_changed("", True, None)
            await one.clock.advance(30)
            assert "✅ Done" not in house.texts()[0]
            house.backend.log("e1", Put(1, Answer("Goodbye")))
            house.backend.close("e1")
            await one.clock.advance(5)

            assert [house.texts()[0].count(text) for text in ("Goodbye", "✅ Done")] == [1, 1]


class TestSlots:
    def _two(self, house: House) -> None:
        """The older turn grows, the newer one waits for its slot."""
        house.backend.row(AGENT)
        house.backend.row(later(execution("e2", session_id="s2"), 4))
        house.backend.log("e1", Put(0, Answer("Hello")))
        house.backend.log("e2", Put(0, Answer("Me too")))

    @pytest.mark.parametrize("slow", ["s", "s2"])
    async def test_one_that_had_a_slot_finds_it_again(self, house: House, slow: str) -> None:
        """Whichever session is known first, what waited goes on waiting."""
        chat = linked(max_live_views=1)
        async with house.bot(chat):
            self._two(house)
            await house.clock.advance(2)
        before = house.texts()
        assert [text.startswith("⏳ waiting") for text in before] == [False, True]
        house.backend.slow[slow] = asyncio.Event()
        async with house.bot(chat) as second:
            await second.clock.advance(SLOTS_KEPT_S / 2)
            house.backend.slow[slow].set()
            await second.clock.advance(2)
            assert house.texts() == before

    async def test_a_slot_is_not_kept_for_good(self, house: House) -> None:
        """While a session stays unknown, what waits goes on after some seconds."""
        chat = linked(max_live_views=1)
        async with house.bot(chat):
            self._two(house)
            await house.clock.advance(2)
        house.backend.slow["s"] = asyncio.Event()
        async with house.bot(chat) as second:
            await second.clock.advance(SLOTS_KEPT_S + 2)
            assert "Me too" in house.texts()[1]
