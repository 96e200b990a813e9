"""The stores of live views in memory, for tests of live."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.live.stores import Intent, NewView, StoredLine, StoredMessage, StoredView
from bot.rendering.transcript import Cover
from tests.fakes.live import START


@dataclass
class MemoryViews:
    """The stores of live in memory."""

    views: dict[tuple[int, str], StoredView] = field(default_factory=dict)
    ended: dict[int, str] = field(default_factory=dict)
    intents: dict[int, tuple[int, str, int]] = field(default_factory=dict)
    mutes: set[tuple[int, str]] = field(default_factory=set)
    told_lines: dict[tuple[int, str], StoredLine] = field(default_factory=dict)
    sick: bool = False
    _last_intent: int = 0

    async def begin(self, view: NewView) -> StoredView:
        """Create or return."""
        key = (view.chat, view.turn_id)
        if key not in self.views:
            self.views[key] = StoredView(
                len(self.views) + 1,
                view.chat,
                view.turn_id,
                view.workspace_id,
                view.session_id,
                view.started_at,
                backend=view.backend,
                title=view.title,
            )
        return self.views[key]

    def _check(self) -> None:
        if self.sick:
            raise OSError("disk full")

    def _change(self, view_id: int, change: Callable[[StoredView], StoredView]) -> None:
        for key, view in self.views.items():
            if view.id == view_id:
                self.views[key] = change(view)

    async def intend(
        self,
        view_id: int,
        kind: str,
        number: int,
        newest_seen: int | None = None,
        covers: Sequence[Cover] | None = None,
    ) -> int:
        """Remember."""
        self._check()
        self._last_intent += 1
        stays = None if covers is None else tuple(covers)
        intent = Intent(self._last_intent, kind, number, newest_seen, stays)
        self.intents[intent.id] = (view_id, kind, number)
        self._change(view_id, lambda v: replace(v, unsettled=(*v.unsettled, intent)))
        return intent.id

    async def settle(
        self,
        intent_id: int,
        view_id: int,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None = None,
    ) -> None:
        """Store and forget."""
        self._check()
        del self.intents[intent_id]
        self._change(view_id, lambda v: _without(v, intent_id))
        if message_id is not None:
            message = StoredMessage(kind, number, message_id, sealed=False, sent_at=START)
            self._change(view_id, lambda v: replace(v, messages=(*v.messages, message)))
            if covers is not None:
                self._seal(view_id, number, covers)

    async def seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        """Seal."""
        self._check()
        self._seal(view_id, number, covers)

    def _seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        def sealed(view: StoredView) -> StoredView:
            messages = tuple(
                replace(m, sealed=True) if m.kind != "notice" and m.number == number else m
                for m in view.messages
            )
            return replace(view, messages=messages, shown=(*view.shown, *covers))

        self._change(view_id, sealed)

    async def leave(self, view_id: int) -> None:
        """Forget where the pages are."""
        self._check()

        def left(view: StoredView) -> StoredView:
            messages = tuple(
                replace(m, message_id=0, sealed=True) if m.kind != "notice" else m
                for m in view.messages
            )
            return replace(view, messages=messages)

        self._change(view_id, left)

    async def anchor(self, view_id: int, anchors: Mapping[str, str | None]) -> None:
        """Keep."""
        self._check()
        self._change(view_id, lambda v: replace(v, late_after={**anchors, **v.late_after}))

    async def end(self, view_id: int, outcome: str, title: str) -> None:
        """End."""
        self.ended[view_id] = outcome
        self._change(view_id, lambda view: replace(view, ended=True))

    async def open(self) -> tuple[StoredView, ...]:
        """List what was not ended."""
        return tuple(view for view in self.views.values() if not view.ended)

    async def newest_begin(self, backend: str) -> datetime | None:
        """The newest."""
        began = (view.started_at for view in self.views.values() if view.backend == backend)
        return max(began, default=None)

    async def turns_of(self, session_id: str) -> frozenset[str]:
        """List them."""
        of_session = (v for v in self.views.values() if v.session_id == session_id)
        return frozenset(view.turn_id for view in of_session)

    async def active_since(self, moment: datetime) -> frozenset[int]:
        """List the chats with messages since then."""
        return frozenset(
            view.chat
            for view in self.views.values()
            if any(message.sent_at >= moment for message in view.messages)
        )

    async def told(self, line: StoredLine) -> None:
        """Keep."""
        self.told_lines[line.chat, line.backend] = line

    async def untold(self, line: StoredLine) -> None:
        """Forget."""
        self.told_lines.pop((line.chat, line.backend), None)

    async def lines(self) -> tuple[StoredLine, ...]:
        """List."""
        return tuple(self.told_lines.values())

    async def mute(self, chat: int, workspace_id: str) -> None:
        """Mute."""
        self.mutes.add((chat, workspace_id))

    async def unmute(self, chat: int, workspace_id: str) -> None:
        """Unmute."""
        self.mutes.discard((chat, workspace_id))

    async def muted(self) -> frozenset[tuple[int, str]]:
        """List."""
        return frozenset(self.mutes)


def _without(view: StoredView, intent_id: int) -> StoredView:
    return replace(view, unsettled=tuple(i for i in view.unsettled if i.id != intent_id))
