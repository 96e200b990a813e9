"""One reading of a log: its contents by position, within bounds, and the story they make."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator

from bot.entries.alignment import Known
from bot.entries.answers import same_answer
from bot.entries.events import Put, Removed
from bot.entries.model import (
    INVISIBLE,
    Answer,
    Content,
    Dropped,
    ModelName,
    Tool,
    ToolStatus,
    Usage,
)
from bot.entries.salient import digest, kind_of
from bot.entries.shedding import Shedding, tool_of

_ANSWER = "answer"


class Reading:
    """The contents of a log by position, upserted (docs/vibe-kanban.md, 17).

    At most `limit_chars` of text are held; `shown` is what a person may have seen before.
    """

    def __init__(self, limit_chars: float, shown: Iterable[Known] = ()) -> None:
        self.model: str | None = None
        self.usage: Usage | None = None
        self._contents: dict[int, Content] = {}
        self._order: list[int] = []
        self._shedding = Shedding(self._contents, shown, limit_chars)

    def fold(self, event: Put | Removed) -> None:
        """Take one event in."""
        if isinstance(event, Put):
            self._put(event.position, event.content)
        elif self._contents.pop(event.position, None) is not None:
            del self._order[bisect_left(self._order, event.position)]
            self._shedding.remove(event.position)

    def _put(self, position: int, content: Content) -> None:
        if isinstance(content, ModelName):
            self.model = content.model
        elif isinstance(content, Usage):
            self.usage = content
        if position not in self._contents:
            insort(self._order, position)
        self._keep(position, _newest(self._contents.get(position), content))

    def restore(self, position: int, before: Content | None) -> None:
        """Keep a denial that the new reading no longer tells."""
        kept = _still_denied(before, self._contents[position])
        if kept is not self._contents[position]:
            self._keep(position, kept)

    def _keep(self, position: int, content: Content) -> None:
        self._contents[position] = content
        self._shedding.note(position, content, visible=visible(content))

    def touches(self, event: Put | Removed) -> bool:
        """Tell whether an event changes a visible content, before it is folded."""
        old, new = self._change(event)
        return old != new and (visible(old) or visible(new))

    def beside_answer(self, event: Put | Removed) -> bool:
        """Tell whether an event puts or withdraws an answer beside another that it may equal."""
        if not any(_is_answer(content) for content in self._change(event)):
            return False
        index = bisect_left(self._order, event.position)
        here = index < len(self._order) and self._order[index] == event.position
        before = range(index - 1, -1, -1)
        after = range(index + here, len(self._order))
        return any(_is_answer(self._nearest(places)) for places in (before, after))

    def _change(self, event: Put | Removed) -> tuple[Content | None, Content | None]:
        old = self._contents.get(event.position)
        return old, _newest(old, event.content) if isinstance(event, Put) else None

    def _nearest(self, indices: Iterable[int]) -> Content | None:
        contents = (self._contents[self._order[index]] for index in indices)
        return next(filter(visible, contents), None)

    def story(self) -> Iterator[tuple[int, Content]]:
        """Yield what is visible, in order; an answer that comes again takes the first's place."""
        held: tuple[int, Content] | None = None
        for position in self._order:
            content = self._contents[position]
            if not visible(content):
                continue
            if held is not None:
                if _again(held[1], content):
                    held = held[0], content
                    continue
                yield held
            held = position, content
        if held is not None:
            yield held


def visible(content: Content | None) -> bool:
    """Tell whether a content is for people's eyes."""
    return content is not None and not isinstance(content, INVISIBLE)


def _is_answer(content: Content | None) -> bool:
    return content is not None and kind_of(content) == _ANSWER


def _again(first: Content, second: Content) -> bool:
    if isinstance(first, Answer) and isinstance(second, Answer):
        return same_answer(first, second)
    return kind_of(first) == kind_of(second) == _ANSWER and digest(first) == digest(second)


def _newest(old: Content | None, new: Content) -> Content:
    """Choose what stands in a place: a dropped text that only comes again stays dropped."""
    if isinstance(old, Dropped) and not isinstance(new, Tool) and digest(new) == old.digest:
        return old
    return _still_denied(old, new)


def _still_denied(old: Content | None, new: Content) -> Content:
    """Keep what the person denied, whatever the agent makes of it (docs/vibe-kanban.md, 27)."""
    was = tool_of(old) if old is not None else None
    if was is None or not isinstance(new, Tool) or was.status is not ToolStatus.DENIED:
        return new
    unsaid = new.status is ToolStatus.DENIED and new.reason is None
    return (old or new) if new.status is ToolStatus.FAILED or unsaid else new
