"""A chat as the steps of a plan change it, for tests of plan and reconcile."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from bot.entries.model import Answer
from bot.entries.story import Story
from bot.live.chain import Chain
from bot.live.desk import NO_FAREWELL, Chunks, Desk, Farewell, Posture
from bot.live.plan import plan
from bot.live.progress import carried_out, seals
from bot.live.reconcile import (
    EditKeys,
    SendNotice,
    Step,
    next_step,
)
from bot.rendering.transcript import late_entries
from tests.fakes.stories import STARTED, options

LIMIT = 700


def desk(
    posture: Posture = Posture.LIVE,
    *,
    limit: int = LIMIT,
    farewell: Farewell = NO_FAREWELL,
    rolled_over: bool = False,
    truncate: bool = False,
    chunks: Chunks | None = None,
) -> Desk:
    return Desk(
        5,
        options(limit),
        posture,
        farewell,
        rolled_over=rolled_over,
        truncate=truncate,
        chunks=chunks,
    )


@dataclass
class Chat:
    """What Telegram has, as steps change it."""

    chain: Chain = field(default_factory=Chain)
    texts: dict[int, str] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def step(self, told: Story, at: Desk) -> Step | None:
        """Plan and do one step, as the writer does."""
        last = told.entries[-1].key if told.entries else None
        late = {
            key: last
            for key in late_entries(told, self.chain.shown)
            if key not in self.chain.late_after
        }
        anchors = MappingProxyType({**self.chain.late_after, **late})
        self.chain = replace(self.chain, late_after=anchors)
        step = next_step(plan(told, self.chain, at), self.chain)
        if step is None:
            return None
        self.steps.append(step)
        sealed = seals(step, self.chain, is_file=False)
        if isinstance(step, SendNotice):
            self.notices.append(step.message.text.text)
            self.chain = carried_out(step, self.chain, 900 + step.number, STARTED, is_file=False)
            return step
        if isinstance(step, EditKeys):
            self.chain = carried_out(step, self.chain, step.message_id, STARTED, is_file=False)
            return step
        page = step.page
        message_id = 100 + page.number
        self.texts[page.number] = page.message.text.text
        self.chain = carried_out(step, self.chain, message_id, STARTED, is_file=False)
        if sealed:
            growing = {
                e.key: e.content.text
                for e in told.entries
                if not e.complete and isinstance(e.content, Answer)
            }
            self.chain = self.chain.sealed(
                {c.key: growing[c.key][: c.length] for c in page.covers if c.key in growing}
            )
        return step

    def catch_up(self, told: Story, at: Desk) -> None:
        """Step until nothing is left to do."""
        for _ in range(200):
            if self.step(told, at) is None:
                return
        raise AssertionError("no end of steps")

    def words(self) -> list[str]:
        """Every numbered word the chat shows, in order."""
        return re.findall(r"w\d+", "\n".join(self.texts[n] for n in sorted(self.texts)))


def words(first: int, count: int) -> str:
    return " ".join(f"w{n}" for n in range(first, first + count))
