"""What every writer works with: the story it shows, and one value made by the composition root."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bot.entries.story import Story
from bot.live.clock import Clock
from bot.live.doubts import Doubts
from bot.live.ports import Gauges, Lanes, LinkedChat, Surface
from bot.live.seen import Seen
from bot.live.stores import ViewStore
from bot.rendering.options import RenderOptions


class Source(Protocol):
    """The story a view shows."""

    def story(self) -> Story:
        """The turn as it stands."""

    @property
    def revision(self) -> int:
        """Grows with every visible change of the story."""

    def want_logs(self) -> None:
        """Somebody needs the logs no longer, or again."""


@dataclass(frozen=True, slots=True)
class Wiring:
    """What every view of the bot works with.

    What Telegram says of a chat is told: to `chat_gone` why it is gone, to `chat_moved` its new id,
    to `thread_gone` that the link's topic is deleted.
    """

    surface: Surface
    lanes: Lanes
    store: ViewStore
    clock: Clock
    gauges: Gauges
    options: Callable[[LinkedChat], RenderOptions]
    chat_gone: Callable[[LinkedChat, str], None]
    chat_moved: Callable[[LinkedChat, int], None]
    thread_gone: Callable[[LinkedChat], None]
    seen: Seen = field(default_factory=Seen)
    doubts: Doubts = field(default_factory=Doubts)
    chance: Callable[[], float] = random.random
