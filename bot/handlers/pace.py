"""How often one person may ask for something; what stops or answers an agent is never counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from aiogram import BaseMiddleware
from aiogram.dispatcher.flags import get_flag
from aiogram.types import CallbackQuery, Message, TelegramObject

from bot.handlers.say import say, toast
from bot.handlers.suspects import Suspects, sender_id
from bot.i18n import Translator

PERIOD_S = 60.0
MOST_COMMANDS = 20
MOST_TAPS = 60
MOST_PEOPLE = 10_000
"""So many people are remembered at once; of more the ones who were quiet longest are forgotten."""

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


class Verdict(Enum):
    """What becomes of one more request."""

    FINE = auto()
    SLOW_DOWN = auto()
    """The first that is too much: its sender is told."""
    UNHEARD = auto()


@dataclass(slots=True)
class _Spell:
    """One person's last requests; `told` once there were too many."""

    at: deque[float] = field(default_factory=deque)
    told: bool = False


class Pace:
    """Grants each key `most` requests within a minute; whoever asks for more waits a quiet minute.

    The minute is counted from the last request that was granted.
    """

    def __init__(
        self, clock: Callable[[], float], most: int, *, most_people: int = MOST_PEOPLE
    ) -> None:
        self._clock = clock
        self._most = most
        self._most_people = most_people
        self._spells: dict[int, _Spell] = {}

    def judge(self, person: int) -> Verdict:
        """Count one more request."""
        now = self._clock()
        spell = self._spells.pop(person, None) or _Spell()
        self._remember(person, spell, now)
        if spell.told and now - spell.at[-1] < PERIOD_S:
            return Verdict.UNHEARD
        while spell.at and now - spell.at[0] >= PERIOD_S:
            spell.at.popleft()
        if len(spell.at) < self._most:
            spell.at.append(now)
            spell.told = False
            return Verdict.FINE
        spell.told = True
        return Verdict.SLOW_DOWN

    def _remember(self, person: int, spell: _Spell, now: float) -> None:
        """Keep the spells in the order of their newest request, and forget what is over."""
        self._spells[person] = spell
        while len(self._spells) > 1:
            first = next(iter(self._spells))
            times = self._spells[first].at
            over = not times or now - times[-1] >= PERIOD_S
            if not over and len(self._spells) <= self._most_people:
                return
            del self._spells[first]


class Paced(BaseMiddleware):
    """Leaves unheard what is too much; says so once, where the chat is linked."""

    def __init__(self, clock: Callable[[], float], suspects: Suspects) -> None:
        self._commands = Pace(clock, MOST_COMMANDS)
        self._taps = Pace(clock, MOST_TAPS)
        self._suspects = suspects

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        """Count, then hand on or say that it is too much."""
        person = sender_id(event)
        if person is None or get_flag(data, "uncounted", default=False):
            return await handler(event, data)
        pace = self._taps if isinstance(event, CallbackQuery) else self._commands
        verdict = pace.judge(person)
        if verdict is Verdict.FINE:
            return await handler(event, data)
        self._suspects.note(event, "too fast")
        if verdict is Verdict.SLOW_DOWN and data.get("linked") is not None:
            await _slow_down(event, data["_"])
        return None


async def _slow_down(event: TelegramObject, _: Translator) -> None:
    words = "🐢 " + _("Slow down, please: I listen again in a minute.")
    if isinstance(event, CallbackQuery):
        await toast(event, words, alert=True)
    elif isinstance(event, Message):
        await say(event, words)
