"""What chats are told of a backend that is away."""

from __future__ import annotations

from typing import Any

import pytest

from bot.i18n import sentence
from bot.live.absence import LINE_AFTER_S, MOST_ATTEMPTS
from bot.live.ports import DeliveryOutcome, MessageGone, NotSent, PerhapsDelivered, Resting
from tests.fakes.clock import FakeClock, settle
from tests.fakes.live import Arrived, FakeBackend, FakeSurface, linked
from tests.fakes.stores import MemoryViews
from tests.live.stage import Stage, stage

GONE = "🔌 vibe-kanban is not reachable. I keep trying."
BACK = "🔌 vibe-kanban is back."


async def lose(s: Stage) -> None:
    """The backend goes away, and stays away for a while."""
    s.followers.connection_changed("", False, sentence("away"))
    s.followers.connection_changed("", False, sentence("still away"))
    await s.clock.advance(LINE_AFTER_S + 1)


async def find(s: Stage) -> None:
    """It is back."""
    s.followers.connection_changed("", True, None)
    await s.clock.advance(5)


async def was_active(s: Stage) -> None:
    """Let a turn come and go, and forget its messages."""
    await s.begin()
    await s.end()
    s.surface.sent.clear()


async def test_one_silent_line_that_is_edited_away() -> None:
    """After five minutes chats that were active are told once, and told when it is back."""
    async with stage() as s:
        await was_active(s)
        s.followers.connection_changed("", False, sentence("away"))
        await s.clock.advance(LINE_AFTER_S - 1)
        assert s.chat() == []
        await s.clock.advance(3600)
        (line,) = s.chat()
        assert (line.text, line.message.silent, line.versions) == (GONE, True, 1)
        await find(s)

        assert [sent.text for sent in s.chat()] == [BACK]
        assert s.store.told_lines == {}


async def test_a_short_absence_is_no_matter() -> None:
    """A backend that is back within five minutes is not mentioned."""
    async with stage() as s:
        await was_active(s)
        s.followers.connection_changed("", False, sentence("away"))
        await s.clock.advance(LINE_AFTER_S - 10)
        await find(s)
        await s.clock.advance(3600)

        assert s.chat() == []


async def test_each_absence_has_its_line() -> None:
    """The second time is told again."""
    async with stage() as s:
        await was_active(s)
        for _ in range(2):
            await lose(s)
            await find(s)

        assert [sent.text for sent in s.chat()] == [BACK, BACK]


async def test_where_something_runs_the_view_says_it() -> None:
    """While a turn runs there is no line beside what its view says."""
    async with stage() as s:
        await s.begin()
        await lose(s)

        (view,) = s.chat()
        assert "connection lost, retrying" in view.text


async def test_who_was_not_written_to_is_not_told() -> None:
    """A chat in which nothing happened for a day would only wonder."""
    async with stage() as s:
        await was_active(s)
        await s.clock.advance(25 * 3600)
        await lose(s)

        assert s.chat() == []


@pytest.mark.parametrize("settings", [{"stream_mode": "off"}, {"notifications_enabled": False}])
async def test_who_wants_no_news_is_not_told(settings: dict[str, Any]) -> None:
    """Chats that are told of nothing unasked, or of ends only, get no line."""
    async with stage(linked(**settings)) as s:
        await was_active(s)
        await lose(s)

        assert s.chat() == []


async def test_an_unlinked_chat_is_not_written_to() -> None:
    """A chat that is unlinked while the backend is away keeps the line as it is."""
    async with stage() as s:
        await was_active(s)
        await lose(s)
        await s.followers.chat_unlinked(1)
        await find(s)

        assert [sent.text for sent in s.chat()] == [GONE]


@pytest.mark.parametrize("outcome", [NotSent("refused"), Resting(30.0)])
async def test_a_line_that_did_not_leave_is_sent_again(outcome: DeliveryOutcome) -> None:
    """A call that surely changed nothing is made again, both for the line and for its end."""
    async with stage() as s:
        await was_active(s)
        s.surface.outcomes = [outcome] * 3
        await lose(s)
        await s.clock.advance(60)
        assert [sent.text for sent in s.chat()] == [GONE]
        s.surface.outcomes = [outcome] * 3
        await find(s)
        await s.clock.advance(60)

        assert [sent.text for sent in s.chat()] == [BACK]


async def test_a_line_that_never_leaves_is_given_up() -> None:
    """After very many attempts nobody needs it any more."""
    async with stage() as s:
        await was_active(s)
        s.surface.outcomes = [NotSent("refused")] * (MOST_ATTEMPTS + 5)
        await lose(s)
        await s.clock.advance(MOST_ATTEMPTS * 40)

        assert len(s.surface.outcomes) == 5
        assert s.chat() == []


async def test_a_line_in_doubt_is_not_sent_twice() -> None:
    """A line whose sending was not answered is found where it stands, and edited in the end."""
    async with stage() as s:
        await was_active(s)
        before = s.surface.sends
        s.surface.outcomes = [Arrived(PerhapsDelivered("timeout"))]
        await lose(s)
        await s.clock.advance(600)
        await find(s)

        assert [sent.text for sent in s.chat()] == ["🔌 vibe-kanban is back."]
        assert s.surface.sends == before + 1


async def test_a_line_that_did_not_arrive_is_sent_again() -> None:
    """A line that is nowhere to be found is sent once more."""
    async with stage() as s:
        await was_active(s)
        before = s.surface.sends
        s.surface.outcomes = [PerhapsDelivered("timeout")]
        await lose(s)
        await s.clock.advance(600)

        assert [sent.text for sent in s.chat()] == [GONE]
        assert s.surface.sends == before + 2


async def test_a_line_that_was_deleted_is_let_go() -> None:
    """A person who deleted the line is not told that it is over."""
    async with stage() as s:
        await was_active(s)
        await lose(s)
        s.surface.outcomes = [MessageGone()]
        await find(s)

        assert s.surface.outcomes == []
        assert s.store.told_lines == {}


async def test_a_line_that_comes_too_late_is_not_sent() -> None:
    """When the lane grants only after the backend is back, there is nothing to say."""
    async with stage() as s:
        await was_active(s)
        s.lanes.open.clear()
        await lose(s)
        s.followers.connection_changed("", True, None)
        s.lanes.open.set()
        await settle()

        assert s.chat() == []


async def test_the_next_run_takes_the_line_back() -> None:
    """Started again while the backend is away, the bot sends no second line and edits the first."""
    surface, store, clock = FakeSurface(), MemoryViews(), FakeClock()
    async with stage(surface=surface, store=store, clock=clock) as first:
        await was_active(first)
        await lose(first)
    backend = FakeBackend()
    backend.reachable = False
    async with stage(surface=surface, store=store, clock=clock, backend=backend) as second:
        await lose(second)
        assert [sent.text for sent in second.chat()] == [GONE]
        await find(second)

        assert [sent.text for sent in second.chat()] == [BACK]
        assert store.told_lines == {}


async def test_several_backends_are_told_apart() -> None:
    """A line names the backend where there are several."""
    async with stage() as s:
        await was_active(s)
        s.followers.connection_changed("two", False, sentence("away"))
        await s.clock.advance(LINE_AFTER_S + 1)
        assert [sent.text for sent in s.chat()] == ["🔌 two is not reachable. I keep trying."]
        s.followers.connection_changed("two", True, None)
        await s.clock.advance(5)

        assert [sent.text for sent in s.chat()] == ["🔌 two is back."]
