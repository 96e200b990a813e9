"""How much one person may ask for, and what is never counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handlers.pace import MOST_COMMANDS, MOST_TAPS, PERIOD_S, Pace, Verdict
from tests.fakes.handlers import ADA, BOB, EVE, GROUP, Seconds, Stage, turn_in

SLOW_DOWN = "🐢 Slow down, please: I listen again in a minute."


class TestPace:
    @given(st.lists(st.floats(0, 30), max_size=200), st.integers(1, 8))
    def test_never_more_than_so_many_in_any_minute(self, pauses: list[float], most: int) -> None:
        """However requests come, no minute has more that are granted."""
        clock = Seconds()
        pace = Pace(clock, most)
        granted = []
        for pause in pauses:
            clock.now += pause
            if pace.judge(1) is Verdict.FINE:
                granted.append(clock.now)
        for at in granted:
            assert sum(at <= other < at + PERIOD_S for other in granted) <= most

    def test_it_is_told_once_and_over_after_a_quiet_minute(self) -> None:
        """Whoever goes on is not heard and not told again; a minute later all is well."""
        clock = Seconds()
        pace = Pace(clock, 2)
        verdicts = [pace.judge(1) for _ in range(5)]
        assert verdicts == [Verdict.FINE] * 2 + [Verdict.SLOW_DOWN] + [Verdict.UNHEARD] * 2
        clock.now += PERIOD_S - 0.1
        assert pace.judge(1) is Verdict.UNHEARD
        clock.now += 0.1
        assert pace.judge(1) is Verdict.FINE

    def test_people_do_not_slow_each_other_down(self) -> None:
        """Each has a count of their own."""
        pace = Pace(Seconds(), 1)
        assert [pace.judge(person) for person in (1, 2, 3)] == [Verdict.FINE] * 3

    def test_memory_is_bounded(self) -> None:
        """Quiet people are forgotten, and of too many the ones who were quiet longest."""
        clock = Seconds()
        pace = Pace(clock, 1, most_people=10)
        for person in range(100):
            clock.now += 0.1
            pace.judge(person)
        assert len(pace._spells) == 10
        clock.now += PERIOD_S
        pace.judge(1000)
        assert len(pace._spells) == 1


async def test_too_many_commands_are_told_once(stage: Stage) -> None:
    """Twenty commands a minute are answered, then one “slow down”, then silence."""
    stage.linked_private()
    for _ in range(MOST_COMMANDS + 10):
        await stage.say("/active")
    assert stage.texts == ["😴 Nothing is running."] * MOST_COMMANDS + [SLOW_DOWN]
    stage.clock.now += PERIOD_S
    await stage.say("/active")
    assert stage.texts[-1] == "😴 Nothing is running."


async def test_too_many_taps_are_told_once(stage: Stage) -> None:
    """Sixty taps a minute act; commands are counted apart."""
    stage.linked_private()
    for number in range(MOST_TAPS + 10):
        await stage.tap(f"set:main:chunk_chars:{500 + number}")
    assert len(stage.toasts) == MOST_TAPS + 1
    assert stage.toasts[-1] == SLOW_DOWN
    await stage.say("/active")
    assert stage.texts == ["😴 Nothing is running."]


@pytest.mark.parametrize("words", ["/stop", "/mute"])
async def test_what_quiets_an_agent_is_never_counted(stage: Stage, words: str) -> None:
    """Stop and Mute work in the middle of a block, by command and by tap."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat)]
    for _ in range(MOST_COMMANDS + 2):
        await stage.say("/status")
    for _ in range(MOST_TAPS + 2):
        await stage.tap("card:more")
    before = len(stage.texts)
    await stage.say(words)
    assert len(stage.texts) == before + 1
    for button in ("mute:7", "unmute:7", "mute:7", "stop:7", "stop:7"):
        await stage.tap(button)
    mute = ("mute", chat.id, "workspace-7")
    assert stage.followers.did[-4:] == [mute, ("unmute", *mute[1:]), mute, ("stop", 7)]


async def test_one_spammer_in_a_group_silences_nobody_else(stage: Stage) -> None:
    """Each person is counted for themselves; an anonymous administrator as the group."""
    stage.linked_group(by=ADA)
    for _ in range(MOST_COMMANDS + 5):
        await stage.say("/active", user_id=EVE, chat_id=GROUP)
    assert stage.texts[-1] == SLOW_DOWN
    await stage.say("/active", user_id=BOB, chat_id=GROUP)
    assert stage.texts[-1] == "😴 Nothing is running."


async def test_a_stranger_is_not_told_to_slow_down(stage: Stage) -> None:
    """Whoever is not linked hears one hint a minute, and no more."""
    for _ in range(MOST_COMMANDS * 2):
        await stage.say("/help", user_id=EVE)
    assert len(stage.texts) == 1
