"""The target for the fold: any events in any order; keys stay, memory is bounded."""

from __future__ import annotations

from bot.entries.events import (
    Cleared,
    Finished,
    Interrupted,
    LogEvent,
    Put,
    Removed,
    Reopened,
    Settled,
)
from bot.entries.model import Answer, Content, Tool, ToolStatus
from bot.entries.salient import digest, kind_of, length_of
from bot.entries.shedding import weight, without_details
from bot.entries.transcript import Known, Transcript
from tests.fuzz.contents import content, words
from tests.fuzz.draws import Draws
from tests.fuzz.laws import law

MODULES = (
    "bot.entries.transcript", "bot.entries.reading", "bot.entries.alignment",
    "bot.entries.shedding", "bot.entries.salient", "bot.entries.answers",
)  # fmt: skip
_SHORT = ("a", "ab", "abc", "b", "э\ufffd", "эм", "эм\ufffd\ufffdб", "\ufffd", " ")
_SIGNS: tuple[LogEvent, ...] = (
    Reopened(), Settled(), Settled(surely=False), Cleared(), Interrupted(), Finished(),
)  # fmt: skip
_PLACES = 9
_UNDECIDED = frozenset({ToolStatus.RUNNING, ToolStatus.WAITING})


def target(data: bytes) -> None:
    """Fold, and look at the story after every event."""
    draws = Draws(data)
    limit = draws.pick((2, 40, 3000, 65_536))
    transcript = Transcript("x", limit)
    told: list[Content] = []
    if draws.byte() < 60:
        transcript.seed(_seed(draws))
    if draws.byte() < 30:
        transcript.expect_past()
    while draws.left:
        event = _event(draws, told)
        before = transcript.snapshot()
        changed = transcript.fold(event)
        after = transcript.snapshot()
        same = (before.entries, before.finished) == (after.entries, after.finished)
        law(changed is not same, "a change is not told, or one that is none")
        keys = [entry.key for entry in after.entries]
        law(len(keys) == len(set(keys)), "two entries with one key")
        if after.finished:
            law(
                not any(_undecided(entry.content) for entry in after.entries),
                "running after the end",
            )
        _bounded([entry.content for entry in after.entries], limit)


def _bounded(contents: list[Content], limit: float) -> None:
    heavy = [weight(content) for content in contents if kind_of(content) != "dropped"]
    held = sum(heavy) - sum(weight(one) for one in contents if _is_dropped(one))
    law(held <= limit + max(heavy, default=0), f"{held} characters are held, {limit} may be")
    for one in contents:
        law(weight(without_details(one)) <= weight(one), "less detail weighs more")


def _is_dropped(content: Content) -> bool:
    return type(content).__name__ == "Dropped"


def _undecided(content: Content) -> bool:
    return isinstance(content, Tool) and content.status in _UNDECIDED


def _seed(draws: Draws) -> list[Known]:
    found = [_content(draws, []) for _ in draws.times(4)]
    return [
        Known(f"x/{place % 2}", kind_of(one), digest(one), length_of(one), place)
        for place, one in enumerate(found)
    ]


def _event(draws: Draws, told: list[Content]) -> LogEvent:
    kind = draws.byte()
    if kind < 40:
        return draws.pick(_SIGNS)
    if kind < 60:
        return Removed(draws.below(_PLACES))
    return Put(draws.below(_PLACES), _content(draws, told))


def _content(draws: Draws, told: list[Content]) -> Content:
    """Make a content: short, told before, grown, or anything."""
    kind = draws.byte()
    if kind < 100:
        found: Content = Answer(draws.pick(_SHORT))
        if draws.chance():
            found = words(draws, draws.pick(_SHORT))
    elif kind < 160 and told:
        found = draws.pick(told)
        if isinstance(found, Answer) and draws.chance():
            found = Answer(found.text + draws.pick(_SHORT))
    else:
        found = content(draws)
    told.append(found)
    return found
