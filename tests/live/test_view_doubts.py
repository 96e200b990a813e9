"""A send that nobody answered: the view finds out what came of it, and shows everything once."""

from __future__ import annotations

import pytest

from bot.entries.events import Finished
from bot.live.doubts import RESTORED_S
from bot.live.ports import (
    ChatGone,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Resting,
    ThreadGone,
    Urgency,
)
from bot.live.probe import BEYOND
from tests.fakes.clock import settle
from tests.fakes.live import Arrived, FakeSurface, execution, linked
from tests.fakes.stores import MemoryViews
from tests.live.stage import Stage, stage

LOST = PerhapsDelivered("timeout")
ARRIVED = Arrived(LOST)
PAGE = "word " * 900


def texts(s: Stage) -> str:
    return "\n".join(sent.text for sent in s.chat())


class TestAFirstLink:
    async def test_one_that_arrived_is_found(self) -> None:
        """A first link that stands there is edited from then on, and none is sent beside it."""
        async with stage() as s:
            s.surface.outcomes = [ARRIVED]
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(3)

            (link,) = s.chat()
            assert "Hello" in link.text
            assert s.surface.sends == 1
            assert s.store.intents == {}
            (view,) = s.store.views.values()
            assert [message.message_id for message in view.messages] == [link.message_id]

    async def test_one_that_did_not_arrive_is_sent_again(self) -> None:
        """When every id it may have is another's or nobody's, it is sent once more."""
        async with stage() as s:
            s.surface.outcomes = [LOST]
            await s.begin()
            await s.clock.advance(1)
            await settle()

            assert len(s.chat()) == 1
            assert s.surface.sends == 2
            assert s.surface.calls == 2 + BEYOND
            assert s.store.intents == {}

    async def test_it_says_what_is_true_when_it_is_found(self) -> None:
        """The message is edited to what is wanted now, not to what was sent."""
        async with stage() as s:
            s.surface.outcomes = [ARRIVED]
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(1)

            assert "Hello" in s.chat()[0].text
            assert s.chat()[0].versions == 2

    async def test_looking_is_of_its_own_class(self) -> None:
        """Guesses are made behind every send and outside what is kept for ends."""
        async with stage() as s:
            s.surface.outcomes = [LOST]
            await s.begin()
            await s.clock.advance(1)

            assert s.lanes.granted.count(Urgency.PROBE) == BEYOND + 1

    async def test_what_others_wrote_is_left_out(self) -> None:
        """Ids that another message is known to have are not tried, and those behind them are."""
        async with stage() as s:
            s.surface.outcomes = [ARRIVED]
            s.surface.skip(3)
            await s.begin()
            for message_id in (100, 101, 102):
                s.surface.seen.hear(8, message_id)
            await s.clock.advance(1)

            assert s.surface.tried == [103]
            assert s.surface.sends == 1

    @pytest.mark.parametrize("trouble", [NotSent("away"), Resting(5.0), NoRights()])
    async def test_trouble_while_looking_only_delays(
        self, trouble: NotSent | Resting | NoRights
    ) -> None:
        """A guess that nobody judged is made again."""
        async with stage() as s:
            s.surface.outcomes = [ARRIVED, trouble, trouble]
            await s.begin()
            await s.clock.advance(1300)

            assert len(s.chat()) == 1
            assert s.surface.sends == 1
            assert s.surface.tried == [100] * 3

    async def test_a_chat_that_is_gone_ends_the_search(self) -> None:
        """A person who blocks the bot while it looks is left alone."""
        async with stage() as s:
            s.surface.outcomes = [LOST, ChatGone("blocked")]
            await s.begin()
            await s.clock.advance(60)

            assert s.surface.calls == 2
            assert s.gone == [(1, "blocked")]

    async def test_a_closed_topic_tells_that_the_message_is_there(self) -> None:
        """A message that cannot be edited because its topic is closed was found all the same."""
        async with stage() as s:
            s.surface.outcomes = [ARRIVED, ThreadGone(closed=True)]
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(700)

            assert s.surface.sends == 1
            assert "Hello" in s.chat()[0].text


class TestLaterSends:
    @pytest.mark.parametrize("outcome", [LOST, ARRIVED])
    async def test_a_new_link_is_there_once(self, outcome: PerhapsDelivered | Arrived) -> None:
        """A view that rolls over loses nothing and shows nothing twice."""
        async with stage() as s:
            await s.begin()
            s.say(0, PAGE)
            await s.clock.advance(2)
            s.surface.outcomes = [outcome]
            s.surface.only_sends = True
            s.say(1, PAGE + "tail")
            await s.clock.advance(10)
            await s.end()

            links = "\n".join(sent.text for sent in s.chat()[:-1])
            assert (links.count("word"), links.count("tail")) == (1800, 1)
            assert len([sent for sent in s.chat() if sent.labels]) == 0

    @pytest.mark.parametrize("outcome", [LOST, ARRIVED])
    async def test_a_notice_is_there_once(self, outcome: PerhapsDelivered | Arrived) -> None:
        """The notice is looked for like a page."""
        async with stage() as s:
            await s.begin()
            s.say(0, "Hello")
            await s.clock.advance(2)
            s.surface.outcomes = [outcome]
            s.surface.only_sends = True
            await s.end()
            await s.clock.advance(30)

            assert texts(s).count("✅ Task completed") == 1
            assert s.store.ended == {1: "done"}

    async def test_two_losses_in_a_row(self) -> None:
        """What is sent again may be lost again, and is looked for again."""
        async with stage() as s:
            s.surface.outcomes = [LOST]
            await s.begin()
            s.surface.outcomes = [*[MessageGone()] * BEYOND, ARRIVED]
            await s.clock.advance(5)

            assert len(s.chat()) == 1
            assert s.surface.sends == 2


class TestOthersOfTheChat:
    async def test_their_sends_wait(self) -> None:
        """While one view looks, another one's link waits; afterwards it comes."""
        async with stage() as s:
            s.surface.outcomes = [LOST, *[NotSent("away")] * 4]
            await s.begin()
            s.followers.execution_changed(execution("e2", session_id="s2"))
            await s.clock.advance(6)
            assert s.surface.sends == 1
            await s.clock.advance(30)

            assert len(s.chat()) == 2
            assert s.surface.sends == 3

    async def test_their_edits_go_on(self) -> None:
        """While one view looks, another one grows."""
        async with stage() as s:
            s.followers.execution_changed(execution("e2", session_id="s2"))
            await settle()
            s.surface.outcomes = [LOST]
            await s.begin()
            s.surface.outcomes = [NotSent("away")] * 4
            s.surface.only_guesses = True
            s.say(0, "Hello", "e2")
            await s.clock.advance(2)

            assert "Hello" in s.chat()[0].text
            assert len(s.chat()) == 1


class TestAfterARestart:
    async def _killed(self, outcome: PerhapsDelivered | Arrived) -> tuple[MemoryViews, FakeSurface]:
        """A bot that died while its first send was out."""
        async with stage() as first:
            first.surface.outcomes = [outcome]
            await first.begin()
            first.surface.outcomes = [NotSent("dying")] * 50
        return first.store, first.surface

    @pytest.mark.parametrize("outcome", [LOST, ARRIVED])
    async def test_the_next_bot_finds_out(self, outcome: PerhapsDelivered | Arrived) -> None:
        """What an earlier run may have sent is found, or sent."""
        store, surface = await self._killed(outcome)
        surface.outcomes = []
        assert len(store.intents) == 1
        async with stage(store=store, surface=surface, rows=[execution()]) as s:
            await s.begin()
            await s.clock.advance(1)
            s.say(0, "Hello")
            await s.clock.advance(5)

            (link,) = s.chat()
            assert "Hello" in link.text
            assert store.intents == {}

    async def test_the_log_comes_first(self) -> None:
        """A message that shows more than is known yet is not set back, and not waited for long."""
        store, surface = await self._killed(ARRIVED)
        surface.outcomes = []
        before = surface.sent[0].versions
        async with stage(store=store, surface=surface, rows=[execution()]) as s:
            await s.begin()
            await s.clock.advance(1)
            assert surface.sent[0].versions == before
            await s.clock.advance(2)
            assert surface.sent[0].versions == before + 1

    async def test_nothing_is_sent_before(self) -> None:
        """Another turn's link waits for what is in doubt."""
        store, surface = await self._killed(ARRIVED)
        surface.outcomes = [NotSent("away")] * 3
        surface.only_guesses = True
        async with stage(store=store, surface=surface, rows=[execution()]) as s:
            s.followers.execution_changed(execution("e2", session_id="s2"))
            await s.begin()
            await s.clock.advance(3)
            assert s.surface.sends == 1
            await s.clock.advance(30)

            assert len(s.chat()) == 2

    async def test_a_turn_that_nobody_comes_back_for_is_not_waited_for(self) -> None:
        """A chat is let go after a minute."""
        async with stage() as s:
            doubts = s.followers._wiring.doubts
            doubts.expect([(7, 99)])
            s.tasks.spawn("doubts", lambda: doubts.give_up(s.clock))
            await s.begin()
            await s.clock.advance(RESTORED_S - 1)
            assert s.chat() == []
            await s.clock.advance(2)

            assert len(s.chat()) == 1

    async def test_a_notice_that_nobody_wants_any_more_is_let_go(self) -> None:
        """A view whose lost notice is no longer wanted ends all the same."""
        async with stage() as first:
            await first.begin()
            first.backend.emits["e1"](Finished())
            await settle()
            first.surface.outcomes = [LOST]
            first.surface.only_sends = True
            await first.end()
            first.surface.outcomes = [NotSent("dying")] * 50
        store, surface = first.store, first.surface
        surface.outcomes = []
        muted = linked(notify_on_task_done=False)
        row = next(iter(first.backend.rows.values()), execution())
        async with stage(muted, store=store, surface=surface, rows=[row]) as s:
            await s.begin()
            await s.end()

            assert store.ended == {1: "done"}
            assert store.intents == {}
