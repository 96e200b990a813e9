"""Lanes: who may call when, by urgency, fairly, within budgets, on an injected clock."""

from __future__ import annotations

import asyncio

import pytest

from bot.live.ports import Urgency
from tests.delivery.street import ANSWER, EDIT, FINAL, GROUP, LINK, PRIVATE, street
from tests.fakes.clock import settle


async def test_one_call_a_second_in_a_private_chat() -> None:
    """Ordinary calls of a private chat go out one per 1.05 s from the start."""
    async with street() as s:
        for name in "abc":
            s.call(name)
        await s.clock.advance(5)

        assert s.went == [("a", 0.0), ("b", 1.05), ("c", 2.1)]


async def test_the_most_urgent_goes_first() -> None:
    """Answer before final before new link before edit, whoever came first."""
    async with street() as s:
        s.call("edit", EDIT, who="1")
        s.call("link", LINK, who="2")
        s.call("final", FINAL, who="3")
        s.call("answer", ANSWER, who="4")
        await s.clock.advance(10)

        assert s.names == ["answer", "final", "link", "edit"]


async def test_urgent_calls_use_the_reserve() -> None:
    """A final and an answer need not wait for the pace of ordinary calls."""
    async with street() as s:
        s.call("edit")
        await settle()
        s.call("final", FINAL)
        await s.clock.advance(0.1)

        assert s.went == [("edit", 0.0), ("final", 0.0)]


async def test_a_turn_begins_from_the_reserve_in_private() -> None:
    """Right after a final and a notice the next turn's first link waits one pace, not two."""
    async with street() as s:
        for name in ("final", "notice"):
            s.call(name, FINAL)
        s.call("link", Urgency.FIRST_LINK, who="next")
        s.call("edit", EDIT, who="other")
        await s.clock.advance(4)

        assert s.went == [("final", 0.0), ("notice", 0.0), ("link", 1.05), ("edit", 3.15)]


async def test_a_turn_begins_at_once_in_a_group() -> None:
    """In a group a turn's first link does not wait for the pace of edits."""
    async with street() as s:
        s.call("edit", EDIT, GROUP)
        await settle()
        s.call("link", Urgency.FIRST_LINK, GROUP, who="next")
        await s.clock.advance(1)

        assert s.went == [("edit", 0.0), ("link", 0.0)]


async def test_views_of_a_chat_take_turns() -> None:
    """Two busy views of one chat share its lane one by one."""
    async with street() as s:
        for name in ("a1", "a2", "a3"):
            s.call(name, who="a")
        for name in ("b1", "b2", "b3"):
            s.call(name, who="b")
        await s.clock.advance(10)

        assert s.names == ["a1", "b1", "a2", "b2", "a3", "b3"]


async def test_one_send_at_a_time() -> None:
    """While a send is unanswered no other call of its class starts in the chat."""
    async with street() as s:
        s.call("first", LINK, lasts_s=5)
        s.call("second", LINK, who="other")
        await s.clock.advance(4.9)
        assert s.names == ["first"]
        s.call("answer", ANSWER, who="person")
        await s.clock.advance(0.05)
        assert s.names == ["first"]
        await s.clock.advance(1)

        assert s.names == ["first", "answer", "second"]


async def test_an_answer_overlaps_an_edit() -> None:
    """An answer to a person does not wait for an edit that hangs."""
    async with street() as s:
        s.call("edit", lasts_s=20, is_edit=True)
        await settle()
        s.call("answer", ANSWER, who="person")
        s.call("other", FINAL, who="other")
        await s.clock.advance(3)

        assert s.names == ["edit", "answer"]


async def test_an_unused_grant_costs_nothing() -> None:
    """A grant given back leaves the lane as free as before."""
    async with street() as s:
        s.call("nothing", unused=True)
        s.call("edit", who="other")
        await settle()

        assert s.went == [("edit", 0.0)]


async def test_an_unused_grant_costs_a_group_nothing() -> None:
    """A grant given back in a group is charged neither to its minute nor to its pace."""
    async with street() as s:
        s.call("nothing", chat=GROUP, unused=True)
        s.call("edit", chat=GROUP, who="other")
        await settle()

        assert s.went == [("edit", 0.0)]


async def test_whoever_is_cancelled_just_after_the_grant_gives_it_back() -> None:
    """A grant whose receiver is cancelled before noticing it costs nothing and blocks nobody."""
    async with street() as s:

        def urgency() -> Urgency:
            asyncio.get_running_loop().call_soon(task.cancel)
            return EDIT

        async def go() -> None:
            async with s.lanes.grant(PRIVATE, urgency, "cancelled"):
                s.went.append(("cancelled", 0.0))

        task = asyncio.create_task(go())
        await settle()
        s.call("next")
        await settle()

        assert s.went == [("next", 0.0)]


async def test_whoever_is_cancelled_as_the_lane_comes_free_stops_nobody() -> None:
    """A wait that ends in the same moment as the call before it is passed over."""
    async with street() as s:
        async with s.lanes.grant(PRIVATE, lambda: LINK, "first"):
            waiting = s.call("cancelled", FINAL)
            await settle()
        waiting.cancel()
        await settle()
        s.call("next", FINAL, who="other")
        await s.clock.advance(3)

        assert s.names == ["next"]


async def test_a_wait_is_exactly_as_long_as_the_pace() -> None:
    """Whoever comes shortly before the pace is over waits only for the rest of it."""
    async with street() as s:
        s.call("a")
        await s.clock.advance(0.9)
        s.call("b")
        await s.clock.advance(2)

        assert s.went == [("a", 0.0), ("b", 1.05)]


async def test_a_chat_without_a_lane_is_not_reconsidered() -> None:
    """Asking again in a chat where nobody ever waited does nothing."""
    async with street() as s:
        s.lanes.reconsider(PRIVATE)

        assert s.lanes.state(PRIVATE).resting_until is None


async def test_a_cancelled_wait_frees_its_place() -> None:
    """Whoever is cancelled while waiting, or just after the grant, blocks nobody."""
    async with street() as s:
        waiting = s.call("a")
        s.call("b", who="other")
        waiting.cancel()
        await s.clock.advance(1)
        assert s.names == ["b"]
        s.call("hangs", lasts_s=50)
        await s.clock.advance(2)
        s.tasks[-1].cancel()
        s.call("next", who="other")
        await s.clock.advance(2)

        assert s.names == ["b", "hangs", "next"]


async def test_urgency_is_asked_again() -> None:
    """A view whose turn ends while it waits becomes a final and goes at once."""
    async with street() as s:
        urgency = [EDIT]

        async def go() -> None:
            async with s.lanes.grant(PRIVATE, lambda: urgency[0], "view"):
                s.went.append(("was edit", round(s.clock.now() - 1_000, 2)))

        s.call("first", who="other")
        await settle()
        s.tasks.append(asyncio.create_task(go()))
        await s.clock.advance(0.2)
        assert s.names == ["first"]
        urgency[0] = FINAL
        s.lanes.reconsider(PRIVATE)
        await settle()

        assert s.went[-1] == ("was edit", 0.2)


async def test_one_that_cannot_tell_its_urgency_fails_alone() -> None:
    """A view's bug ends its own wait; every other chat and caller goes on."""
    async with street() as s:

        def broken() -> Urgency:
            raise ValueError("bug")

        async def go() -> None:
            async with s.lanes.grant(PRIVATE, broken, "view"):
                s.went.append(("broken", 0.0))

        failing = asyncio.create_task(go())
        s.call("answer", ANSWER, who="person")
        s.call("other", chat=GROUP)
        await s.clock.advance(1)

        assert s.names == ["answer", "other"]
        with pytest.raises(ValueError, match="bug"):
            await failing


async def test_draining_lets_what_is_in_flight_end() -> None:
    """When the bot stops, a call that left is waited for, and nothing new is granted."""
    async with street() as s:
        s.call("sent", LINK, lasts_s=4)
        await settle()
        draining = asyncio.create_task(s.lanes.drain(10))
        s.call("late", ANSWER, who="person")
        await s.clock.advance(3)
        assert not draining.done()
        await s.clock.advance(2)

        assert draining.done()
        assert s.names == ["sent"]


async def test_draining_has_a_limit() -> None:
    """A call that hangs is not waited for longer than that."""
    async with street() as s:
        s.call("hangs", LINK, lasts_s=100)
        await settle()
        draining = asyncio.create_task(s.lanes.drain(10))
        await s.clock.advance(10)

        assert draining.done()


async def test_a_group_has_its_own_pace() -> None:
    """In a group ordinary calls come 3.75 s apart, and urgent ones in between."""
    async with street() as s:
        for name in "abc":
            s.call(name, chat=GROUP)
        await s.clock.advance(4)
        s.call("final", FINAL, GROUP, who="other")
        await s.clock.advance(4)

        assert s.went == [("a", 0.0), ("b", 3.75), ("final", 4.0), ("c", 7.5)]


async def test_the_token_has_a_budget_of_its_own() -> None:
    """All chats together never get more than 25 calls in a second."""
    async with street() as s:
        for chat in range(1, 41):
            s.call(str(chat), chat=chat)
        await s.clock.advance(0.5)
        assert len(s.went) == 25
        await s.clock.advance(1)

        assert len(s.went) == 40
