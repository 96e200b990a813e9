"""What the bot holds in memory, counted from outside."""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from dataclasses import dataclass

from tests.virtual.loop import VirtualLoop

TEXTS = frozenset({"Entry", "RichText", "Entity", "Cover", "Answer", "Thinking", "Tool", "Story"})
"""Types of which there are many where text is held."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """What is there at one moment."""

    tasks: int
    connection_ends: int
    objects: Counter[str]
    chars: int
    """Length of all texts that objects of the bot refer to."""

    @property
    def texts(self) -> int:
        """How many objects are there that come with text."""
        return sum(count for name, count in self.objects.items() if name in TEXTS)

    @property
    def total(self) -> int:
        """How many objects of the bot are there."""
        return self.objects.total()


def holdings() -> Holdings:
    """Count everything that the running loop and the bot hold now."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, VirtualLoop)
    gc.unfreeze()
    gc.collect()
    own = [one for one in gc.get_objects() if str(type(one).__module__).startswith("bot.")]
    texts = {id(text): text for one in own for text in _texts(one)}
    return Holdings(
        len(asyncio.all_tasks()),
        len(loop.network.open_ends),
        Counter(type(one).__qualname__ for one in own),
        sum(map(len, texts.values())),
    )


def _texts(one: object) -> list[str]:
    return [held for held in gc.get_referents(one) if isinstance(held, str)]
