"""One turn in one chat: the only writer of its messages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Protocol, TypeVar

import structlog

from bot.entries.story import Story
from bot.live.chain import Chain, Link
from bot.live.clock import Clock
from bot.live.plan import Desk, NoticeWish, Posture, plan
from bot.live.ports import (
    ChatGone,
    ChatMoved,
    Delivered,
    DeliveryOutcome,
    Gauges,
    Lanes,
    LinkedChat,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Refused,
    Surface,
    TargetGone,
    ThreadGone,
    TokenRefused,
    Urgency,
)
from bot.live.reconcile import EditPage, SendNotice, SendPage, Step, Wanted, WantedPage, next_step
from bot.live.stores import ViewStore
from bot.rendering.options import RenderOptions
from bot.rendering.transcript import late_entries, redacted
from bot.settings.model import ChatSettings, StreamMode, Verbosity

log = structlog.get_logger(__name__)

T = TypeVar("T")

RETRY_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
"""Pauses after calls that surely changed nothing, or may be repeated."""

NO_RIGHTS_S = 600.0
"""How long a chat without the right to write is left alone."""

MAX_REFUSALS = 3
"""After so many refusals in a row (a bug of ours) a view gives up rather than hammer."""


def shows_views(settings: ChatSettings) -> bool:
    """Whether the mode has a live view."""
    return settings.stream_mode in (StreamMode.REALTIME, StreamMode.CHUNKED)


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
    """What every view of the bot works with."""

    surface: Surface
    lanes: Lanes
    store: ViewStore
    clock: Clock
    gauges: Gauges
    options: Callable[[LinkedChat], RenderOptions]
    chat_gone: Callable[[LinkedChat, str], None]
    """Told when Telegram says that a chat is gone for good, and why."""


class View:
    """Brings one chat's messages of one turn, step by step, to what is wanted.

    Only `run` writes. Everybody else changes what is wanted (`chat`, `muted`, the source) and calls
    `poke` or `hurry`. One step is performed per grant; what it says is decided when that comes.
    """

    def __init__(
        self, view_id: int, chat: LinkedChat, source: Source, wiring: Wiring, *, muted: bool
    ) -> None:
        self.id = view_id
        self.chat = chat
        self.muted = muted
        self.excluded = False
        self.chain = Chain()
        self.complete = asyncio.Event()
        self._source = source
        self._wiring = wiring
        self._changed = asyncio.Event()
        self._hurry = asyncio.Event()
        self._seen: tuple[object, ...] | None = None
        self._last_write = float("-inf")
        self._failures = 0
        self._refusals = 0
        self._lost = False
        self._planned: Story | None = None
        self._wanted = Wanted()
        self._anchors: dict[str, str | None] = {}

    # --- what others may do -----------------------------------------------------------------------

    def poke(self) -> None:
        """Say that the story changed; cheap, called for every frame."""
        self._changed.set()

    def hurry(self) -> None:
        """Say that the end, the settings or the mute changed: nothing waits for the interval."""
        self._changed.set()
        self._hurry.set()
        self._wiring.lanes.reconsider(self.chat.chat_id)

    @property
    def posture(self) -> Posture:
        """How this chat follows the turn now."""
        settings = self.chat.settings
        if self.excluded or not settings.notifications_enabled or not shows_views(settings):
            return Posture.DISABLED
        return Posture.MUTED if self.muted else Posture.LIVE

    @property
    def wants_content(self) -> bool:
        """Whether this view needs the log while the turn runs."""
        return self.posture is Posture.LIVE and not self._lost

    @property
    def wants_details(self) -> bool:
        """Whether it shows the output of what did not fail, too."""
        return self.wants_content and self.chat.settings.verbosity is Verbosity.FULL

    @property
    def wants_notice(self) -> bool:
        """Whether this chat gets the completion notice."""
        settings = self.chat.settings
        asked = settings.notifications_enabled and settings.notify_on_task_done
        return asked and not self.excluded and not self._lost

    @property
    def wants_log_at_end(self) -> bool:
        """Whether the log is needed once after the end, even if nobody followed it."""
        link = self.chain.open
        return self.wants_notice or (self.muted and link is not None and not link.known)

    @property
    def message_ids(self) -> tuple[int, ...]:
        """Every message of the view, oldest first."""
        notice = () if self.chain.notice_id is None else (self.chain.notice_id,)
        return (*(link.message_id for link in self.chain.links), *notice)

    def let_go(self) -> None:
        """Forget what was planned: the view is complete."""
        self._planned = None
        self._wanted = Wanted()

    # --- the writer -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write until the turn has ended and everything that is wanted is delivered."""
        self._changed.set()
        while not self._lost:
            await self._wiring.clock.wait(self._changed, None)
            self._changed.clear()
            while self._behind() and not self._lost:
                await self._keep_interval()
                await self._step()
            if self._source.story().outcome is not None and not self._behind():
                break
        self.complete.set()

    def _behind(self) -> bool:
        return self._state() != self._seen

    def _state(self) -> tuple[object, ...]:
        """What a plan depends on; the same state never needs a second look."""
        return (
            self._source.revision,
            self.chat,
            self.muted,
            self.excluded,
            self._rolled_over(),
        )

    def _rolled_over(self) -> bool:
        link = self.chain.open
        if link is None:
            return False
        age_s = (self._wiring.clock.wall() - link.sent_at).total_seconds()
        return age_s >= self.chat.settings.rollover_min * 60

    async def _keep_interval(self) -> None:
        """Let `stream_flush_interval_ms` pass since the last write, except before the end."""
        interval_s = self.chat.settings.stream_flush_interval_ms / 1000
        left = self._last_write + interval_s - self._wiring.clock.now()
        if left > 0:
            await self._wiring.clock.wait(self._hurry, left)
        self._hurry.clear()

    def _urgency(self) -> Urgency:
        """The end line goes before what else closes a turn, and both before what goes on."""
        waiting = len(self._wanted.pages) > 1 or self._wanted.more
        if self._source.story().outcome is not None or self.posture is not Posture.LIVE:
            told = isinstance(next_step(self._wanted, self.chain), SendNotice)
            return Urgency.CLOSING if waiting or told else Urgency.FINAL
        if not self.chain.links:
            return Urgency.FIRST_LINK
        return Urgency.EDIT if self.chain.open is not None and not waiting else Urgency.NEW_LINK

    async def _step(self) -> None:
        wiring = self._wiring
        async with wiring.lanes.grant(self.chat.chat_id, self._urgency, self.id) as grant:
            state = self._state()
            step = self._plan()
            if step is None:
                self._seen = state
                grant.unused()
                return
            if isinstance(step, EditPage):
                grant.edits()
            self._last_write = wiring.clock.now()
            outcome = await self._perform(step)
            if isinstance(outcome, Delivered):
                self._failures = self._refusals = 0
                await self._delivered(step, outcome.message_id)
        await self._settle(step, outcome)
        if isinstance(outcome, Delivered) and self._carried_out():
            self._seen = state

    def _carried_out(self) -> bool:
        """Whether the last plan is carried out, and another would have nothing to add."""
        return not self._wanted.more and next_step(self._wanted, self.chain) is None

    def _plan(self) -> Step | None:
        self._wiring.gauges.renders += 1
        story = self._source.story()
        self._note_late(story)
        settings = self.chat.settings
        desk = Desk(
            self.id,
            self._wiring.options(self.chat),
            self.posture,
            NoticeWish(self.wants_notice, settings.include_llm_summary and shows_views(settings)),
            rolled_over=self._rolled_over(),
        )
        self._planned = story
        self._wanted = plan(story, self.chain, desk)
        return next_step(self._wanted, self.chain)

    def _note_late(self, story: Story) -> None:
        """Remember below which entry a late result stands, so that it does not wander."""
        last = story.entries[-1].key if story.entries else None
        new = [
            key for key in late_entries(story, self.chain.shown) if key not in self.chain.late_after
        ]
        if new:
            self._anchors |= dict.fromkeys(new, last)
            anchors = {**self.chain.late_after, **self._anchors}
            self.chain = replace(self.chain, late_after=MappingProxyType(anchors))

    # --- one step ---------------------------------------------------------------------------------

    async def _perform(self, step: Step) -> DeliveryOutcome:
        wiring = self._wiring
        wiring.gauges.writes += 1
        if self._anchors:
            anchors, self._anchors = self._anchors, {}
            await self._stored(wiring.store.anchor(self.id, anchors))
        if isinstance(step, EditPage):
            return await wiring.surface.edit(self.chat, step.message_id, step.page.message)
        kind, number = ("page", step.page.number) if isinstance(step, SendPage) else ("notice", 0)
        message = step.page.message if isinstance(step, SendPage) else step.message
        intent = await self._stored(wiring.store.intend(self.id, kind, number))
        outcome = await wiring.surface.send(self.chat, message, reply_to=step.reply_to)
        message_id = outcome.message_id if isinstance(outcome, Delivered) else None
        if intent is not None:
            await self._stored(wiring.store.settle(intent, self.id, kind, number, message_id))
        return outcome

    async def _stored(self, work: Awaitable[T]) -> T | None:
        """Wait for the database; a sick one costs what a restart would need, never the view."""
        try:
            return await work
        except LookupError as forgotten:
            self._give_up("forgotten", str(forgotten))
            return None
        except Exception:
            log.exception("view.not_stored", view=self.id)
            return None

    async def _settle(self, step: Step, outcome: DeliveryOutcome) -> None:
        """Act on what came of a call, outside its grant: some outcomes ask for patience."""
        if isinstance(outcome, MessageGone) and isinstance(step, EditPage):
            self.chain = self.chain.without(step.page.number)
        elif isinstance(outcome, ChatGone):
            self._give_up("chat_gone", outcome.reason)
            self._wiring.chat_gone(self.chat, outcome.reason)
        elif isinstance(outcome, Refused | TargetGone):
            await self._refused(step, outcome)
        elif isinstance(outcome, ChatMoved | TokenRefused):
            self._give_up("unreachable", type(outcome).__name__)
        elif isinstance(outcome, NoRights | ThreadGone):
            self._hurry.clear()
            await self._wiring.clock.wait(self._hurry, NO_RIGHTS_S)
        elif isinstance(outcome, NotSent | PerhapsDelivered):
            await self._again_later(outcome)

    def _give_up(self, what: str, why: str) -> None:
        """Write nothing here any more; nobody needs the log for it either."""
        log.warning("view.given_up", view=self.id, what=what, why=why)
        self._lost = True
        self._source.want_logs()

    async def _again_later(self, outcome: NotSent | PerhapsDelivered) -> None:
        pause_s = RETRY_S[min(self._failures, len(RETRY_S) - 1)]
        self._failures += 1
        log.info("view.retry", view=self.id, reason=outcome.reason, pause_s=pause_s)
        await self._wiring.clock.sleep(pause_s)

    async def _refused(self, step: Step, outcome: Refused | TargetGone) -> None:
        """A bug of ours: say so once, with the step's kind, and do not hammer."""
        self._refusals += 1
        log.error("view.refused", view=self.id, step=type(step).__name__, outcome=outcome)
        if self._refusals >= MAX_REFUSALS:
            self._give_up("refused", str(outcome))
            return
        await self._wiring.clock.sleep(RETRY_S[self._refusals])

    async def _delivered(self, step: Step, message_id: int) -> None:
        if isinstance(step, SendNotice):
            self.chain = replace(self.chain, notice_id=message_id)
            return
        page = step.page
        old = next((link for link in self.chain.links if link.number == page.number), None)
        was_sealed = old is not None and old.sealed
        sent_at = old.sent_at if old is not None else self._wiring.clock.wall()
        link = Link(
            page.number,
            message_id,
            sent_at,
            message=page.message,
            sealed=was_sealed,
            body=page.body,
            covers=page.covers,
            skipped=page.skipped,
        )
        self.chain = self.chain.with_link(link)
        if page.full and not was_sealed:
            await self._seal(page)

    async def _seal(self, page: WantedPage) -> None:
        options = self._wiring.options(self.chat)
        growing = {
            entry.key: redacted(entry, options)
            for entry in (self._planned.entries if self._planned is not None else ())
            if not entry.complete
        }
        texts = {
            cover.key: growing[cover.key][: cover.length]
            for cover in page.covers
            if cover.key in growing and cover.length
        }
        self.chain = self.chain.sealed(texts)
        await self._stored(self._wiring.store.seal(self.id, page.number, page.covers))
