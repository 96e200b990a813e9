"""Lanes over time: rests, the pace after them, restarts, and what is forgotten."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.delivery.lane import RECOVERY_S, SERVED_KEPT
from bot.delivery.lanes import REST_JITTER_S, REST_MARGIN_S, Slowed
from tests.delivery.street import (
    ANSWER,
    EDIT,
    FINAL,
    GROUP,
    LINK,
    PRIVATE,
    FakeSendLog,
    Street,
    street,
)
from tests.fakes.clock import FakeClock, settle


async def test_a_rest_lets_nothing_through() -> None:
    """While a chat rests no call of any class goes out; afterwards the most urgent is first."""
    async with street() as s:
        s.lanes.rest(PRIVATE, 6)
        s.call("edit")
        s.call("answer", ANSWER, who="person")
        await s.clock.advance(6)
        assert s.went == []
        until = s.lanes.state(PRIVATE).resting_until
        assert until == s.clock.wall() + timedelta(seconds=0.5)
        await s.clock.advance(10)

        assert s.names == ["answer", "edit"]
        assert s.went[0][1] == pytest.approx(6.5)
        assert s.lanes.state(PRIVATE).resting_until is None


async def test_a_shorter_rest_does_not_end_a_longer_one() -> None:
    """A second refusal never shortens the silence."""
    async with street() as s:
        s.lanes.rest(PRIVATE, 9)
        s.lanes.rest(PRIVATE, 1)
        s.call("edit")
        await s.clock.advance(9)

        assert s.went == []


async def test_chats_do_not_wait_for_each_other() -> None:
    """A chat that rests or is slow does not delay another one."""
    async with street() as s:
        s.lanes.rest(GROUP, 60)
        s.call("group", chat=GROUP)
        s.call("private")
        await s.clock.advance(1)

        assert s.names == ["private"]


async def test_times_are_remembered_and_count_after_a_restart() -> None:
    """Every call's time is stored soon, and stored times pace a new process."""
    log = FakeSendLog()
    async with street(log=log) as s:
        began = s.clock.wall()
        s.tasks.append(asyncio.create_task(s.lanes.remember()))
        s.call("a")
        await s.clock.advance(3)
        assert log.recorded == [(PRIVATE, began)]
    sent = {PRIVATE: [FakeClock().wall() - timedelta(seconds=0.1)] * 2}
    async with street(sent=sent) as s:
        s.call("b")
        await s.clock.advance(2)
        assert s.went == []
        await s.clock.advance(1)
        assert s.names == ["b"]


async def test_a_groups_calls_count_after_a_restart() -> None:
    """Stored times pace a group by when they were, and its calls are stored under its chat."""
    log = FakeSendLog()
    wall = FakeClock().wall()
    sent = {GROUP: [wall - timedelta(seconds=1)], PRIVATE: [wall - timedelta(hours=1)] * 2}
    async with street(log=log, sent=sent) as s:
        s.call("group", chat=GROUP)
        s.call("private")
        await s.clock.advance(4)
        await s.lanes.flush()

        assert s.went == [("private", 0.0), ("group", 3.75)]
        assert [chat for chat, _ in log.recorded] == [PRIVATE, GROUP]


async def test_a_broken_database_stops_nobody() -> None:
    """When times cannot be stored, the calls go out all the same."""
    async with street(log=FakeSendLog(broken=True)) as s:
        s.tasks.append(asyncio.create_task(s.lanes.remember()))
        s.call("a")
        await s.clock.advance(3)
        s.call("b")
        await s.clock.advance(3)

        assert s.names == ["a", "b"]
        assert not s.tasks[0].done()


async def test_idle_lanes_are_forgotten() -> None:
    """Lanes of chats that are quiet do not pile up; busy and resting ones stay."""
    async with street() as s:
        s.lanes.rest(-5, 10_000)
        s.call("hangs", LINK, chat=500, lasts_s=200)
        for chat in range(1, 400):
            s.call(str(chat), chat=chat)
        await s.clock.advance(100)
        s.call("once more", chat=1)
        s.call("after it", LINK, chat=500)
        await s.clock.advance(5)

        assert len(s.went) == 401
        assert s.names[-1] == "once more"

        assert len(s.lanes._lanes) <= 201
        assert s.lanes.state(-5).resting_until is not None


async def test_a_lane_whose_calls_still_count_is_not_forgotten() -> None:
    """A group never gets more than 20 calls a minute, however many chats come after it."""
    async with street() as s:
        for number in range(15):
            s.call(f"final {number}", FINAL, GROUP)
            await settle()
        for chat in range(1, 400):
            s.call("other", chat=chat)
        await s.clock.advance(30)
        for number in range(10):
            s.call(f"more {number}", FINAL, GROUP)
        await s.clock.advance(20)

        assert sum(name != "other" for name in s.names) == 20


async def test_old_views_of_a_lane_are_forgotten() -> None:
    """A lane does not remember every view that was ever served in it."""
    async with street() as s:
        for number in range(150):
            s.call("final", FINAL, who=str(number))
        await s.clock.advance(300)

        assert len(s.lanes._lanes[PRIVATE].served) == SERVED_KEPT
        s.call("final", FINAL, who="50")
        await s.clock.advance(2)
        for number in range(150, 200):
            s.call("final", FINAL, who=str(number))
        await s.clock.advance(100)
        assert "50" in s.lanes._lanes[PRIVATE].served


# --- the pace after a rest ------------------------------------------------------------------------


async def times(s: Street, name: str, chat: int, calls: int) -> list[float]:
    """Make so many ordinary calls; returns when they went out, from the first on."""
    for _ in range(calls):
        s.call(name, chat=chat)
    await s.clock.advance(200)
    went = [at for called, at in s.went if called == name]
    return [round(at - went[0], 2) for at in went]


@pytest.mark.parametrize(
    ("refusals", "paced"),
    [
        (0, [0.0, 1.05, 2.1]),
        (1, [0.0, 2.1, 4.2]),
        (2, [0.0, 4.2, 8.4]),
        (3, [0.0, 6.0, 12.0]),
        (9, [0.0, 6.0, 12.0]),
    ],
)
async def test_each_refusal_halves_the_pace(refusals: int, paced: list[float]) -> None:
    """A private chat goes half as fast after each 429, down to a call in six seconds."""
    async with street() as s:
        for _ in range(refusals):
            s.lanes.rest(PRIVATE, 1)
            await s.clock.advance(2)

        assert await times(s, "edit", PRIVATE, 3) == paced


async def test_a_groups_pace_falls_to_a_call_in_six_seconds() -> None:
    """A group is at the slowest pace after its first refusal, and finals keep it, too."""
    async with street() as s:
        s.lanes.rest(GROUP, 1)
        for _ in range(3):
            s.call("final", FINAL, GROUP)
        await s.clock.advance(20)

        assert [at for _, at in s.went] == [1.5, 7.5, 13.5]


@pytest.mark.parametrize(("refusals", "burst"), [(1, 2), (2, 1)])
async def test_each_refusal_halves_the_burst(refusals: int, burst: int) -> None:
    """After silence a group that was refused once lets two finals go, refused twice one."""
    async with street() as s:
        for _ in range(refusals):
            s.lanes.rest(GROUP, 1)
            await s.clock.advance(100)
        for _ in range(4):
            s.call("final", FINAL, GROUP)
        await settle()

        assert len(s.went) == burst


async def test_a_refusal_of_what_had_left_before_is_the_same_one() -> None:
    """Two calls that overlapped are refused once, whatever the second makes of the rest."""
    async with street() as s:
        s.lanes.rest(PRIVATE, 5)
        await s.clock.advance(1)
        s.lanes.rest(PRIVATE, 10)
        await s.clock.advance(10)
        assert await times(s, "edit", PRIVATE, 2) == [0.0, 2.1]


async def test_the_call_at_a_rests_end_is_an_urgent_one() -> None:
    """When a rest is over one urgent call goes at once, and an ordinary one after the pace."""
    async with street() as s:
        s.lanes.rest(PRIVATE, 5)
        s.call("final", FINAL)
        await s.clock.advance(20)
        s.lanes.rest(GROUP, 5)
        s.call("edit", chat=GROUP)
        await s.clock.advance(20)

        assert s.went == [("final", 5.5), ("edit", 31.5)]


async def test_an_hour_without_a_refusal_doubles_the_pace() -> None:
    """The pace comes back level by level, and no further than it was."""
    async with street() as s:
        for _ in range(2):
            s.lanes.rest(PRIVATE, 1)
            await s.clock.advance(2)
        await s.clock.advance(RECOVERY_S - 10)
        assert await times(s, "before", PRIVATE, 2) == [0.0, 4.2]
        assert await times(s, "after", PRIVATE, 2) == [0.0, 2.1]
        await s.clock.advance(3 * RECOVERY_S)
        s.call("recovered")
        await s.clock.advance(60)
        for _ in range(9):
            s.call("in the end")
        await settle()

        assert s.names.count("in the end") == 4


async def test_a_rest_is_longer_by_chance() -> None:
    """Chats that were refused together do not come back together, and none too early."""
    chances = iter([0.0, 1.0])
    async with street(chance=lambda: next(chances)) as s:
        for chat in (1, 2):
            s.lanes.rest(chat, 5)
            s.call(str(chat), FINAL, chat=chat)
        await s.clock.advance(10)

        assert s.went == [("1", 5 + REST_MARGIN_S), ("2", 5 + REST_MARGIN_S + REST_JITTER_S)]


# --- over a restart -------------------------------------------------------------------------------


async def test_a_rest_is_stored_at_once() -> None:
    """A bot that is killed right after a 429 does not forget it."""
    log = FakeSendLog()
    async with street(log=log) as s:
        s.tasks.append(asyncio.create_task(s.lanes.remember()))
        await settle()
        s.lanes.rest(PRIVATE, 6)
        await settle()
        wall = s.clock.wall()

    assert log.rests == {PRIVATE: Slowed(PRIVATE, wall + timedelta(seconds=6.5), 1, wall)}


async def test_a_rest_that_could_not_be_stored_is_offered_again() -> None:
    """A sick database gets the newest rest when it is well."""
    log = FakeSendLog(broken=True)
    async with street(log=log) as s:
        s.lanes.rest(PRIVATE, 6)
        await s.lanes.flush()
        log.broken = False
        await s.lanes.flush()

        assert log.rests.keys() == {PRIVATE}


async def test_a_rest_goes_on_after_a_restart() -> None:
    """A new process lets nothing through before the stored end, and is as slow as the old one."""
    wall = FakeClock().wall()
    stored = Slowed(PRIVATE, wall + timedelta(seconds=20), 2, wall - timedelta(seconds=5))
    async with street(rests=[stored]) as s:
        assert s.lanes.state(PRIVATE).resting_until == stored.until
        for _ in range(2):
            s.call("edit")
        s.call("group", chat=GROUP)
        await s.clock.advance(19.9)
        assert s.names == ["group"]
        assert s.lanes.state(PRIVATE).resting_until == stored.until
        await s.clock.advance(10)

        assert s.went[1:] == [("edit", 20.0), ("edit", 24.2)]


async def test_what_was_slow_long_ago_is_as_fast_as_ever() -> None:
    """The time while the bot was down counts for the pace, too."""
    wall = FakeClock().wall()
    long_ago = wall - timedelta(seconds=2 * RECOVERY_S)
    async with street(rests=[Slowed(PRIVATE, long_ago, 2, long_ago)]) as s:
        assert s.lanes.state(PRIVATE).resting_until is None
        await s.clock.advance(1)

        assert await times(s, "edit", PRIVATE, 2) == [0.0, 1.05]


async def test_a_slowed_lane_is_not_forgotten() -> None:
    """However many chats come after it, a chat that was refused stays slow."""
    async with street() as s:
        s.lanes.rest(PRIVATE, 1)
        for chat in range(1000, 1400):
            s.call("other", chat=chat)
        await s.clock.advance(100)

        assert await times(s, "edit", PRIVATE, 3) == [0.0, 2.1, 4.2]


# --- the bot as a whole ---------------------------------------------------------------------------


async def test_chats_take_turns_where_the_token_is_the_limit() -> None:
    """Chats that came late are served before those that were served already."""
    async with street() as s:
        for chat in range(1, 41):
            s.call(str(chat), FINAL, chat=chat)
            s.call(f"{chat} again", FINAL, chat=chat, who="other")
        await settle()
        assert s.names == [str(chat) for chat in range(1, 26)]
        await s.clock.advance(1)

        assert s.names[25:40] == [str(chat) for chat in range(26, 41)]


async def test_an_unused_grant_gives_back_its_own_call() -> None:
    """Of two calls of one group the older one is given back: the newer one counts on."""
    async with street() as s:
        async with s.lanes.grant(GROUP, lambda: EDIT, "edit") as old:
            old.edits()
            await s.clock.advance(10)
            s.call("answer", ANSWER, GROUP, who="person")
            await settle()
            old.unused()
        await s.clock.advance(51)
        for _ in range(20):
            s.call("later", FINAL, GROUP)
        await settle()

        assert s.names.count("later") == 19
