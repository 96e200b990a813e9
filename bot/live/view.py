"""One turn in one chat: the only writer of its messages."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType

import structlog

from bot.entries.story import Story
from bot.live.attitude import Attitude
from bot.live.calls import Calls
from bot.live.chain import growing_texts
from bot.live.desk import Chunks, Desk, Posture
from bot.live.plan import plan
from bot.live.ports import (
    ChatGone,
    ChatMoved,
    Delivered,
    DeliveryOutcome,
    LinkedChat,
    MessageGone,
    NoRights,
    NotSent,
    PerhapsDelivered,
    Refused,
    TargetGone,
    ThreadGone,
    TokenRefused,
    Urgency,
)
from bot.live.probe import UNKNOWN, Guess, Search
from bot.live.progress import carried_out, seals, stays
from bot.live.reconcile import EditKeys, EditPage, SendNotice, SendPage, Step, Wanted, next_step
from bot.live.record import Record
from bot.live.setbacks import NO_RIGHTS_S, Form, Setbacks
from bot.live.stores import Intent
from bot.live.ticks import Ticks, in_chunks
from bot.live.wiring import Source, Wiring
from bot.rendering.page import Message
from bot.rendering.transcript import Cover, late_entries
from bot.settings.model import Overflow

log = structlog.get_logger(__name__)

MOVING_S = 30.0
"""How long a writer waits for its link to move before it asks Telegram again."""

UNREAD_S = 2.0
"""How long the log is waited for before an earlier run's lost message is looked for: it may say
more than what is known before the log was read."""


class View(Attitude):
    """Brings one chat's messages of one turn, step by step, to what is wanted.

    Only `run` writes. Everybody else changes what is wanted (`chat`, `muted`, the source) and calls
    `poke` or `hurry`. One step is performed per grant; what it says is decided when that comes.
    While it is not known what came of a send (`unsettled`: by an earlier run), that is found out.
    """

    def __init__(
        self,
        view_id: int,
        chat: LinkedChat,
        source: Source,
        wiring: Wiring,
        *,
        muted: bool,
        unsettled: Sequence[Intent] = (),
    ) -> None:
        super().__init__(chat, muted=muted)
        self.id = view_id
        self.complete = asyncio.Event()
        self._source = source
        self._wiring = wiring
        self._record = Record(view_id, wiring.store, lambda why: self._give_up("forgotten", why))
        self._setbacks = Setbacks(wiring.chance)
        self._place = _place(chat)
        self._search = Search(view_id, self._record, wiring.seen, wiring.doubts, unsettled)
        self._calls = Calls(wiring, self._record, self._search, self._setbacks)
        self._changed = asyncio.Event()
        self._hurry = asyncio.Event()
        self._seen: tuple[object, ...] | None = None
        self._ticks = Ticks(wiring.clock)
        self._planned: Story | None = None
        self._wanted = Wanted()
        self._farewells: tuple[Message, ...] = ()
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

    def let_go(self) -> None:
        """Forget what was planned and shown: the view is complete."""
        self._planned = None
        self._wanted = Wanted()
        self.chain = self.chain.bare()

    # --- the writer -------------------------------------------------------------------------------

    async def run(self) -> None:
        """Write until the turn has ended and everything that is wanted is delivered."""
        self._search.hold(self._place[0])
        try:
            await self._let_log_be_read()
            self._changed.set()
            await self._write()
        finally:
            self._search.end(self._place[0])
        self.complete.set()

    async def _write(self) -> None:
        while not self.lost:
            await self._wiring.clock.wait(self._changed, self._until_tick_s())
            self._changed.clear()
            while self._behind() and not self.lost:
                await self._keep_interval()
                await self._step()
            if self._source.story().told and not self._behind():
                break

    async def _let_log_be_read(self) -> None:
        clock = self._wiring.clock
        until = clock.now() + UNREAD_S
        while self._search and (left := until - clock.now()) > 0:
            story = self._source.story()
            if story.entries or story.outcome is not None:
                return
            self._changed.clear()
            await clock.wait(self._changed, left)

    def _behind(self) -> bool:
        return self._state() != self._seen

    def _state(self) -> tuple[object, ...]:
        """What a plan depends on; the same state never needs a second look."""
        return (
            self._source.revision,
            self.chat,
            self.posture,
            self._rolled_over(),
            self._due(),
        )

    def _rolled_over(self) -> bool:
        link = self.chain.open
        if link is None:
            return False
        age_s = (self._wiring.clock.wall() - link.sent_at).total_seconds()
        return age_s >= self.chat.settings.rollover_min * 60

    def _due(self) -> bool:
        """Whether it is time for a chunk."""
        sent_at = self.chain.newest.sent_at if self.chain.newest is not None else None
        return self._ticks.due(self.chat.settings, self._source.story().started_at, sent_at)

    def _until_tick_s(self) -> float | None:
        if not self.chunked:
            return None
        return self._ticks.until_next_s(self.chat.settings, self._source.story().started_at)

    async def _keep_interval(self) -> None:
        """Let `stream_flush_interval_ms` pass since the last write, except before the end."""
        if self._search:
            return
        left = self._ticks.pause_s(self.chat.settings)
        if left > 0:
            await self._wiring.clock.wait(self._hurry, left)
        self._hurry.clear()

    def _urgency(self) -> Urgency:
        """The end line goes before what else closes a turn, and both before what goes on."""
        if self._search:
            return Urgency.PROBE
        waiting = len(self._wanted.pages) > 1 or self._wanted.more
        over = self._source.story().outcome is not None
        if over or self.posture in (Posture.MUTED, Posture.DISABLED):
            told = isinstance(next_step(self._wanted, self.chain), SendNotice)
            return Urgency.CLOSING if waiting or told else Urgency.FINAL
        if not self.chain.links:
            return Urgency.FIRST_LINK
        return Urgency.EDIT if self.chain.open is not None and not waiting else Urgency.NEW_LINK

    async def _step(self) -> None:
        """Ask for a grant, and do what is next when it comes."""
        if self._place != _place(self.chat):
            await self._leave()
        if self.chunked and self._nothing_waits():
            return
        wiring, chat_id = self._wiring, self.chat.chat_id
        async with wiring.lanes.grant(chat_id, self._urgency, self.id) as grant:
            state = self._state()
            step = await self._next() if self._place == _place(self.chat) else None
            outcome = None
            if step is None or self._must_wait(step):
                grant.unused()
            else:
                if isinstance(step, EditPage | EditKeys | Guess):
                    grant.edits()
                outcome = await self._perform(step)
        if step is None:
            self._seen = state if self._place == _place(self.chat) else None
        elif outcome is None:
            await wiring.clock.wait(self._hurry, None)
        else:
            await self._settle(step, outcome)
            sought = isinstance(step, Guess)
            if isinstance(outcome, Delivered) and not sought and self._carried_out():
                self._seen = state

    def _nothing_waits(self) -> bool:
        """Look, without a grant, whether a chunk is due: mostly none is."""
        state, due = self._state(), self._due()
        if self._search or next_step(self._plan(self.posture), self.chain) is not None:
            return False
        self._seen = state
        self._ticks.looked(due=due)
        return True

    def _must_wait(self, step: Step | Guess) -> bool:
        """Whether another send of this chat may have arrived, and this one would confuse that."""
        doubts, chat_id = self._wiring.doubts, self.chat.chat_id
        if isinstance(step, EditPage | EditKeys) or not doubts.held(chat_id, self.id):
            return False
        self._hurry.clear()
        doubts.tell(chat_id, self._hurry)
        return True

    async def _next(self) -> Step | Guess | None:
        """The one next step: first to find what is in doubt, then towards what is wanted."""
        if self._search:
            ended = self._source.story().told
            guess = await self._search.next_guess(self.chat.chat_id, self._sought, ended=ended)
            if guess is not None or self._search:
                return guess
        step = next_step(self._plan(self.posture), self.chain)
        if isinstance(step, EditPage) and self._setbacks.form_of(step.key) is Form.FILE:
            return SendPage(step.page, step.message_id)
        return step

    def _sought(self, *, notice: bool) -> Wanted:
        """What a lost message should say: a page's text is not what a mute has made of it."""
        return self._plan(self.posture if notice else Posture.LIVE)

    def _carried_out(self) -> bool:
        """Whether the last plan is carried out, and another would have nothing to add."""
        done = not self._wanted.more and next_step(self._wanted, self.chain) is None
        return done and not self._search

    def _plan(self, posture: Posture) -> Wanted:
        self._wiring.gauges.renders += 1
        story = self._source.story()
        self._note_late(story)
        self._planned = story
        self._wanted = plan(story, self.chain, self._desk(posture))
        if self.chain.notice_ids:  # what is told in parts is not told differently halfway
            self._wanted = replace(
                self._wanted, farewells=self._farewells or self._wanted.farewells
            )
        self._farewells = self._wanted.farewells
        return self._wanted

    def _desk(self, posture: Posture) -> Desk:
        settings = self.chat.settings
        chunks = Chunks(settings.chunk_chars, self._due()) if in_chunks(settings) else None
        return Desk(
            self.id,
            self._wiring.options(self.chat),
            posture,
            self.farewell,
            rolled_over=self._rolled_over(),
            truncate=settings.overflow is Overflow.TRUNCATE,
            chunks=chunks,
        )

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

    async def _perform(self, step: Step | Guess) -> DeliveryOutcome:
        wiring = self._wiring
        wiring.gauges.writes += 1
        anchors, self._anchors = self._anchors, {}
        await self._record.anchor(anchors)
        if isinstance(step, Guess):
            outcome = await self._calls.guess(self.chat, step)
            if await self._search.judge(self.chat.chat_id, step, outcome):
                known = isinstance(outcome, Delivered) and step.send.message != UNKNOWN
                await self._delivered(step.send, step.message_id, known=known)
            return outcome
        self._ticks.wrote()
        outcome = await self._calls.perform(self.chat, step)
        if isinstance(outcome, Delivered):
            await self._delivered(step, outcome.message_id)
        return outcome

    async def _settle(self, step: Step | Guess, outcome: DeliveryOutcome) -> None:
        """Act on what came of a call, outside its grant: some outcomes ask for patience."""
        match outcome:
            case Delivered():
                self._setbacks.succeeded()
            case MessageGone() if isinstance(step, EditPage):
                self.chain = self.chain.without(step.page.number)
            case MessageGone() if isinstance(step, EditKeys):
                self.chain = self.chain.lost(step.number)
            case Refused() if isinstance(step, EditKeys) and self._setbacks.simplest(step.key):
                self.chain = self.chain.with_keyboard(step.number, step.keyboard)  # as if done
            case TargetGone() if self._calls.gone_target is None:
                self._calls.gone_target = self.chain.reply_to
            case Refused() | TargetGone() | MessageGone() if not isinstance(step, Guess):
                await self._wait_for_change(self._setbacks.refused_s(step.key))
            case NotSent(reason) | PerhapsDelivered(reason):
                pause_s = self._setbacks.again_s()
                log.info("view.retry", view=self.id, reason=reason, pause_s=pause_s)
                await self._wiring.clock.sleep(pause_s)
            case _:
                await self._hear_of_place(outcome)

    async def _hear_of_place(self, outcome: DeliveryOutcome) -> None:
        """Act on what Telegram says of the chat rather than of the message."""
        match outcome:
            case ChatGone(reason):
                self._give_up("chat_gone", reason)
                self._wiring.chat_gone(self.chat, reason)
            case ChatMoved(chat_id):
                self._wiring.chat_moved(self.chat, chat_id)
                await self._wait_for_change(MOVING_S)
            case ThreadGone(closed=False) if self.chat.topic:
                self._wiring.thread_gone(self.chat)
                await self._wait_for_change(MOVING_S)
            case NoRights() | ThreadGone():
                await self._wait_for_change(NO_RIGHTS_S)
            case TokenRefused():
                await asyncio.Event().wait()  # the bot ends

    async def _wait_for_change(self, limit_s: float) -> None:
        """Leave the chat alone for so long, or until its settings or place change."""
        self._hurry.clear()
        await self._wiring.clock.wait(self._hurry, limit_s)

    def _give_up(self, what: str, why: str) -> None:
        """Write nothing here any more; nobody needs the log for it either."""
        log.warning("view.given_up", view=self.id, what=what, why=why)
        self.lost = True
        self._source.want_logs()

    async def _leave(self) -> None:
        """The link went to another place: what was shown stays behind, the rest is shown there."""
        await self._search.abandon(self._place[0])
        if self.chain.open is not None:
            await self._seal(self.chain.open.number, self.chain.open.covers)
        self.chain = self.chain.left()
        await self._record.leave()
        self._place = _place(self.chat)

    async def _delivered(self, step: Step, message_id: int, *, known: bool = True) -> None:
        is_file = self._setbacks.form_of(step.key) is Form.FILE
        sealed = seals(step, self.chain, is_file=is_file)
        now = self._wiring.clock.wall()
        self.chain = carried_out(step, self.chain, message_id, now, is_file=is_file, known=known)
        if sealed and isinstance(step, SendPage | EditPage):
            stored = isinstance(step, SendPage) and stays(step)
            await self._seal(step.page.number, step.page.covers, stored=stored)

    async def _seal(self, number: int, covers: Sequence[Cover], *, stored: bool = False) -> None:
        """Never write a link again; `stored`: that is known already."""
        entries = self._planned.entries if self._planned is not None else ()
        texts = growing_texts(entries, covers, self._wiring.options(self.chat))
        self.chain = self.chain.sealed(texts)
        if not stored:
            await self._record.seal(number, covers)


def _place(chat: LinkedChat) -> tuple[int, int]:
    return chat.chat_id, chat.topic
