"""What is kept of a log: so much text, and of the rest what it takes to recognise and to count."""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import cache

from bot.entries.alignment import Known
from bot.entries.model import (
    Answer,
    CommandRun,
    CommitReminder,
    Content,
    Dropped,
    FileEdit,
    Script,
    TextContent,
    Tool,
    ToolStatus,
    ToolUse,
)
from bot.entries.salient import beginnings, digest, kind_of, length_of

TEXT_HELD_CHARS = 65_536
"""Most text that is held of one execution; more than five full links of whatever it is."""

OPENING_CHARS = 1_000
"""How much is kept of an answer that a notice may quote."""

ANSWERS_KEPT = 4
"""Of so many answers the opening is kept: the newest may yet be withdrawn, or turn out blank."""


def weight(value: object) -> int:
    """Count the characters that a content holds."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, tuple):
        return sum(weight(part) for part in value)
    if is_dataclass(value):
        return sum(weight(getattr(value, field.name)) for field in fields(value))
    return 0


def without_details(content: Content) -> Content:
    """Let go of the output of what did not fail: only verbosity `full` shows it."""
    if isinstance(content, Script):
        failed = content.status is ToolStatus.FAILED
        return content if failed or content.output is None else replace(content, output=None)
    if not isinstance(content, Tool) or content.status is ToolStatus.FAILED:
        return content
    match content.action:
        case CommandRun(output=output) as action if output is not None:
            return replace(content, action=replace(action, output=None))
        case ToolUse(result=result) as action if result is not None:
            return replace(content, action=replace(action, result=None))
    return content


def tool_of(content: Content) -> Tool | None:
    """Return the tool that a content is, or was."""
    if isinstance(content, Dropped):
        return content.remains
    return content if isinstance(content, Tool) else None


class Shedding:
    """Holds the text of a reading's contents within a limit.

    What was put longest ago goes first: a result that comes late has time to be shown. The newest
    always stays. `shown` is what was shown of an earlier reading: its beginnings are still found
    in texts that are let go.
    """

    def __init__(
        self, contents: dict[int, Content], shown: Iterable[Known], limit_chars: float
    ) -> None:
        self._contents = contents
        self._limit_chars = limit_chars
        self._weights: dict[int, int] = {}
        self._held = 0
        self._lengths = _lengths(shown)
        self._answers: list[int] = []
        self._reminder: int | None = None

    def note(self, position: int, content: Content, *, visible: bool) -> None:
        """Take note of a content that was put, and let go of what is too much."""
        self._unweigh(position)
        self._note_answer(position, content)
        weighs = weight(content) if visible and not isinstance(content, Dropped) else 0
        if not weighs:
            return
        self._weights[position] = weighs
        self._held += weighs
        while self._held > self._limit_chars and len(self._weights) > 1:
            self._drop(next(iter(self._weights)))

    def remove(self, position: int) -> None:
        """Take note that a content is gone."""
        self._unweigh(position)
        self._forget_answer(position)

    def _unweigh(self, position: int) -> None:
        self._held -= self._weights.pop(position, 0)

    def _note_answer(self, position: int, content: Content) -> None:
        """Keep the openings of the last answers before the reminder: a notice quotes one of them.

        As the notice does, a reminder counts only behind an answer, and an answer only with words.
        """
        if isinstance(content, Dropped):
            return
        self._forget_answer(position)
        if isinstance(content, CommitReminder) and any(one < position for one in self._answers):
            self._reminder = min(position, self._reminder or position)
        elif isinstance(content, Answer) and content.text.strip() and not self._after(position):
            insort(self._answers, position)
            if len(self._answers) > ANSWERS_KEPT:
                self._close(self._answers.pop(0))

    def _after(self, position: int) -> bool:
        """Whether a place lies behind the reminder."""
        return self._reminder is not None and position > self._reminder

    def _forget_answer(self, position: int) -> None:
        if position in self._answers:
            self._answers.remove(position)
        elif position == self._reminder:
            self._reminder = None

    def _close(self, position: int) -> None:
        """Let go of an opening, too."""
        content = self._contents.get(position)
        if isinstance(content, Dropped):
            self._contents[position] = replace(content, opening="")

    def _drop(self, position: int) -> None:
        content = self._contents[position]
        opening = (
            content.text[:OPENING_CHARS]
            if isinstance(content, Answer) and position in self._answers
            else ""
        )
        self._contents[position] = Dropped(
            kind_of(content),
            digest(content),
            length_of(content),
            self._prefixes(content),
            _remains(content) if isinstance(content, Tool) else None,
            opening,
        )
        self._unweigh(position)

    def _prefixes(self, content: Content) -> tuple[tuple[int, bytes], ...]:
        """The beginnings of a text that perhaps were shown."""
        known = self._lengths.get(kind_of(content))
        if known is None or not isinstance(content, TextContent):
            return ()
        shorter = [length for length in known if length < len(content.text)]
        return tuple(
            (length, found)
            for length, found in beginnings(content, shorter)
            if found in known[length]
        )


def _lengths(shown: Iterable[Known]) -> Mapping[str, Mapping[int, set[bytes]]]:
    """Index what was shown by kind and length."""
    lengths: defaultdict[str, defaultdict[int, set[bytes]]] = defaultdict(lambda: defaultdict(set))
    for item in shown:
        if item.length:
            lengths[item.kind][item.length].add(item.digest)
    return lengths


def _remains(tool: Tool) -> Tool:
    """Keep of a tool what facts are counted from: files with their lines, and how it ended."""
    match tool.action:
        case FileEdit(changes=changes):
            bare = tuple(replace(change, body=None) for change in changes)
            return Tool(FileEdit(bare), tool.status)
        case CommandRun():
            return _bare_command(tool.status)
    return _bare_use(tool.status)


@cache
def _bare_command(status: ToolStatus) -> Tool:
    return Tool(CommandRun(""), status)


@cache
def _bare_use(status: ToolStatus) -> Tool:
    return Tool(ToolUse(""), status)
