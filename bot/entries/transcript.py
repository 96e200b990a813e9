"""Fold what a log tells into what a person may see; knows nothing of time or network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.entries.alignment import Known, align, known
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
    Content,
    Entry,
    Script,
    TextContent,
    Tool,
    ToolStatus,
    Usage,
)
from bot.entries.reading import Reading
from bot.entries.shedding import TEXT_HELD_CHARS

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
    lets it take over. Of each reading at most `limit_chars` of text are held.
    """

    def __init__(self, execution_id: str, limit_chars: float = TEXT_HELD_CHARS) -> None:
        self._execution_id = execution_id
        self._limit_chars = limit_chars
        self._reading = Reading(limit_chars)
        self._again: Reading | None = None
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
        self._again = Reading(self._limit_chars, self._seed)

    def fold(self, event: LogEvent) -> bool:
        """Take one event in; return whether anything a person could see has changed."""
        match event:
            case Reopened() | Cleared():
                self._read_again()
                changed = False
            case Interrupted():
                changed = False
            case Settled(surely=surely):
                changed = self._settle(surely=surely)
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

    @property
    def reading_again(self) -> bool:
        """Whether what the log tells is not shown yet, because it repeats what was."""
        return self._again is not None

    @property
    def tokens(self) -> int | None:
        """How many tokens were used so far, if the agent tells; a reader may see it at the end."""
        return self._reading.usage.total_tokens if self._reading.usage is not None else None

    def _read_again(self) -> None:
        """Begin a second reading; while nothing was ever shown, it is as good as the first."""
        if self._past or self.snapshot().entries:
            self._again = Reading(self._limit_chars, self._shown())
        else:
            self._reading = Reading(self._limit_chars)

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

    def _settle(self, *, surely: bool = True) -> bool:
        """Let the second reading take over, under the keys of the first."""
        if self._again is None:
            return False
        before = self.snapshot().entries
        old = dict(self._reading.story())
        shown = self._shown()
        again = self._again
        keys = align(shown, list(again.story()))
        if not surely and len(keys) < len({item.key for item in shown}):
            return False
        self._again = None
        if old and not any(again.story()):
            return False
        was = {self._keys[place]: content for place, content in old.items()}
        for position, key in keys.items():
            again.restore(position, was.get(key))
        self._reading, self._keys, self._seed = again, keys, ()
        return tuple(self._entries()) != before

    def _shown(self) -> list[Known]:
        """What a person may have seen: of the story as it stands, and before a restart."""
        keys = [entry.key for entry in self.snapshot().entries]
        story = zip(keys, self._reading.story(), strict=True)
        return [*(known(key, place, content) for key, (place, content) in story), *self._seed]

    def _entries(self) -> Iterator[Entry]:
        story = list(self._reading.story())
        for index, (position, content) in enumerate(story):
            grows = not self._finished and index == len(story) - 1
            yield Entry(self._key(position), self._closed(content), _complete(content, grows=grows))

    def _closed(self, content: Content) -> Content:
        """Settle what nobody will decide any more."""
        return over(content) if self._finished and isinstance(content, Tool | Script) else content

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


def over(content: Tool | Script) -> Tool | Script:
    """Settle a tool when its execution is over: what ran is cancelled, what waited never ran."""
    match content.status:
        case ToolStatus.RUNNING:
            return replace(content, status=ToolStatus.CANCELLED)
        case ToolStatus.WAITING:
            return replace(content, status=ToolStatus.DENIED)
    return content


def _complete(content: Content, *, grows: bool) -> bool:
    if isinstance(content, TextContent):
        return not grows
    if isinstance(content, Tool | Script):
        return content.status not in _UNDECIDED
    return True
