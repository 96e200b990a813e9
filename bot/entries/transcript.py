"""Fold what a log tells into what a person may see; knows nothing of time or network."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.entries.alignment import Known, align, known
from bot.entries.answers import same_answer
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
from bot.entries.model import (
    INVISIBLE,
    Answer,
    Content,
    Entry,
    ModelName,
    Script,
    TextContent,
    Tool,
    ToolStatus,
    Usage,
)

__all__ = ["Known", "Snapshot", "Transcript"]

_UNDECIDED = frozenset({ToolStatus.RUNNING, ToolStatus.WAITING})


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One execution as a person may see it now; `entries` holds no invisible ones.

    `revision` grows with every visible change. `model` and `usage` are as of that change.
    """

    execution_id: str
    entries: tuple[Entry, ...] = ()
    revision: int = 0
    model: str | None = None
    usage: Usage | None = None
    finished: bool = False


class Transcript:
    """The fold of one execution's log.

    A key, once shown, belongs to the same entry for good. While the log is read again, or begins
    anew (`Cleared`), the story so far stays visible and a second reading grows beside it; `Settled`
    lets it take over.
    """

    def __init__(self, execution_id: str) -> None:
        self._execution_id = execution_id
        self._reading = _Reading()
        self._again: _Reading | None = None
        self._keys: dict[int, str] = {}
        self._used: set[str] = set()
        self._seed: tuple[Known, ...] = ()
        self._past = False
        self._finished = False
        self._snapshot: Snapshot | None = Snapshot(execution_id)
        self._revision = 0

    def seed(self, shown: Iterable[Known]) -> None:
        """Remember what was shown before a restart; the first reading waits for `Settled` then.

        To be called before the first event.
        """
        self._seed = tuple(shown)
        self._used.update(item.key for item in self._seed)
        if self._seed:
            self.expect_past()

    def expect_past(self) -> None:
        """Let the first reading wait for `Settled`: what it begins with is old.

        To be called before the first event.
        """
        self._past = True
        self._again = _Reading()

    def fold(self, event: LogEvent) -> bool:
        """Take one event in; return whether anything a person could see has changed."""
        match event:
            case Reopened() | Cleared():
                self._read_again()
                changed = False
            case Interrupted():
                changed = False
            case Settled():
                changed = self._settle()
            case Finished():
                settled = self._settle()
                changed = settled or not self._finished
                self._finished = True
            case Put() | Removed() if self._again is not None:
                self._again.fold(event)
                changed = False
            case Put() | Removed():
                changed = self._fold_visibly(event)
        if changed:
            self._revision += 1
            self._snapshot = None
        return changed

    def snapshot(self) -> Snapshot:
        """Return the story as it stands; the same object until the next visible change."""
        if self._snapshot is None:
            self._snapshot = Snapshot(
                self._execution_id,
                tuple(self._entries()),
                self._revision,
                self._reading.model,
                self._reading.usage,
                self._finished,
            )
        return self._snapshot

    def _read_again(self) -> None:
        """Begin a second reading; while nothing was ever shown, it is as good as the first."""
        if self._past or self.snapshot().entries:
            self._again = _Reading()
        else:
            self._reading = _Reading()

    def _fold_visibly(self, event: Put | Removed) -> bool:
        if not self._reading.touches(event):
            self._reading.fold(event)
            return False
        if not self._finished and not self._reading.beside_answer(event):
            self._reading.fold(event)
            return True
        before = self.snapshot().entries
        self._reading.fold(event)
        return tuple(self._entries()) != before

    def _settle(self) -> bool:
        """Let the second reading take over, under the keys of the first."""
        if self._again is None:
            return False
        before = self.snapshot().entries
        old = dict(self._reading.story())
        shown = [known(self._keys[place], place, old[place]) for place in old]
        again, self._again = self._again, None
        if old and not any(again.story()):
            return False
        keys = align([*shown, *self._seed], list(again.story()))
        was = {self._keys[place]: content for place, content in old.items()}
        for position, key in keys.items():
            again.restore(position, was.get(key))
        self._reading, self._keys, self._seed = again, keys, ()
        return tuple(self._entries()) != before

    def _entries(self) -> Iterator[Entry]:
        story = list(self._reading.story())
        for index, (position, content) in enumerate(story):
            grows = not self._finished and index == len(story) - 1
            yield Entry(self._key(position), self._closed(content), _complete(content, grows=grows))

    def _closed(self, content: Content) -> Content:
        """Show what nobody will decide any more as cancelled."""
        if self._finished and isinstance(content, Tool | Script) and content.status in _UNDECIDED:
            return replace(content, status=ToolStatus.CANCELLED)
        return content

    def _key(self, position: int) -> str:
        if position not in self._keys:
            self._keys[position] = self._new_key(position)
        return self._keys[position]

    def _new_key(self, position: int) -> str:
        key = plain = f"{self._execution_id}/{position}"
        count = 1
        while key in self._used:
            count += 1
            key = f"{plain}~{count}"
        self._used.add(key)
        return key


class _Reading:
    """The contents of a log by position, upserted (docs/vibe-kanban.md, 17)."""

    def __init__(self) -> None:
        self.model: str | None = None
        self.usage: Usage | None = None
        self._contents: dict[int, Content] = {}
        self._order: list[int] = []

    def fold(self, event: Put | Removed) -> None:
        """Take one event in."""
        if isinstance(event, Put):
            self._put(event.position, event.content)
        elif self._contents.pop(event.position, None) is not None:
            del self._order[bisect_left(self._order, event.position)]

    def _put(self, position: int, content: Content) -> None:
        if isinstance(content, ModelName):
            self.model = content.model
        elif isinstance(content, Usage):
            self.usage = content
        if position not in self._contents:
            insort(self._order, position)
        self._contents[position] = _still_denied(self._contents.get(position), content)

    def restore(self, position: int, before: Content | None) -> None:
        """Keep a denial that the new reading no longer tells."""
        self._contents[position] = _still_denied(before, self._contents[position])

    def touches(self, event: Put | Removed) -> bool:
        """Tell whether an event changes a visible content, before it is folded."""
        old, new = self._change(event)
        return old != new and (_visible(old) or _visible(new))

    def beside_answer(self, event: Put | Removed) -> bool:
        """Tell whether an event puts or withdraws an answer beside another that it may equal."""
        if not any(isinstance(content, Answer) for content in self._change(event)):
            return False
        index = bisect_left(self._order, event.position)
        here = index < len(self._order) and self._order[index] == event.position
        before = range(index - 1, -1, -1)
        after = range(index + here, len(self._order))
        return any(isinstance(self._nearest(places), Answer) for places in (before, after))

    def _change(self, event: Put | Removed) -> tuple[Content | None, Content | None]:
        old = self._contents.get(event.position)
        return old, _still_denied(old, event.content) if isinstance(event, Put) else None

    def _nearest(self, indices: Iterable[int]) -> Content | None:
        contents = (self._contents[self._order[index]] for index in indices)
        return next(filter(_visible, contents), None)

    def story(self) -> Iterator[tuple[int, Content]]:
        """Yield what is visible, in order; an answer that comes again takes the first's place."""
        held: tuple[int, Content] | None = None
        for position in self._order:
            content = self._contents[position]
            if not _visible(content):
                continue
            if held is not None:
                if _again(held[1], content):
                    held = held[0], content
                    continue
                yield held
            held = position, content
        if held is not None:
            yield held


def _visible(content: Content | None) -> bool:
    return content is not None and not isinstance(content, INVISIBLE)


def _again(first: Content, second: Content) -> bool:
    return isinstance(first, Answer) and isinstance(second, Answer) and same_answer(first, second)


def _still_denied(old: Content | None, new: Content) -> Content:
    """Keep what the person denied, whatever the agent makes of it (docs/vibe-kanban.md, 27)."""
    if not (isinstance(old, Tool) and isinstance(new, Tool) and old.status is ToolStatus.DENIED):
        return new
    unsaid = new.status is ToolStatus.DENIED and new.reason is None
    return old if new.status is ToolStatus.FAILED or unsaid else new


def _complete(content: Content, *, grows: bool) -> bool:
    if isinstance(content, TextContent):
        return not grows
    if isinstance(content, Tool | Script):
        return content.status not in _UNDECIDED
    return True
