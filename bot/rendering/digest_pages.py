"""The digest: notice, answer and facts of a turn that is over, in as many messages as it takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.entries.model import (
    Answer,
    ChangeKind,
    CommandRun,
    Dropped,
    Entry,
    FileChange,
    FileEdit,
    ToolStatus,
)
from bot.entries.shedding import tool_of
from bot.entries.story import DiffTotal, OutcomeKind, Story
from bot.rendering.block import Block, text_blocks, whole_block
from bot.rendering.checks import checks_of
from bot.rendering.digest import Facts, answer_entry, facts
from bot.rendering.file_changes import CHANGE_EMOJI
from bot.rendering.header import over_line, took_line
from bot.rendering.markdown import split_blocks
from bot.rendering.options import RenderOptions
from bot.rendering.pagination import body, paginate
from bot.rendering.phrases import PATH_CHARS, shown
from bot.rendering.rich_text import RichText, code, join, plain

MOST_MESSAGES = 20
"""So many messages an answer fills at most: all of it, unless it is huge or messages are tiny."""

MOST_FILES = 15
MOST_COMMANDS = 5
COMMAND_CHARS = 100

_NOT_DONE = frozenset(
    {ToolStatus.WAITING, ToolStatus.FAILED, ToolStatus.DENIED, ToolStatus.TIMED_OUT}
)
_KEY = "digest"


def digest_messages(
    story: Story, options: RenderOptions, *, with_answer: bool
) -> tuple[RichText, ...]:
    """Tell a turn that is over: none for one that runs or was reset.

    The answer is split at the places its Markdown offers; facts only where a message is too short.
    """
    outcome = story.outcome
    if outcome is None or outcome.kind is OutcomeKind.RESET:
        return ()
    head = join((over_line(outcome, options), took_line(outcome, story.header, options)), "\n")
    blocks = [whole_block(head, _KEY, options.block_chars)]
    if with_answer:
        blocks += _answer_blocks(story.entries, options)
        blocks = _bounded(blocks, options)
    for place, part in enumerate(_parts(story, options)):
        blocks += _fact_blocks(part, place, options.block_chars)
    pages = paginate(blocks, lambda _number: options.limit)
    return tuple(body(page.blocks).normalised() for page in pages)


# --- the answer -----------------------------------------------------------------------------------


def _answer_blocks(entries: Iterable[Entry], options: RenderOptions) -> list[Block]:
    entry = answer_entry(entries)
    if entry is None:
        return []
    match entry.content:
        case Answer(text=text):
            cut = bool(entry.content.omitted_chars)
        case Dropped(opening=text):
            cut = True
        case _:
            return []
    parts = split_blocks(options.redact(text, True), complete=True)
    blocks = text_blocks(parts, entry.key)
    return [*blocks, Block(plain("…"), entry.key, gap=1)] if cut and blocks else blocks


def _bounded(blocks: list[Block], options: RenderOptions) -> list[Block]:
    """Keep what fills a bearable number of messages; a line says how much more there is."""
    pages = paginate(blocks, lambda _number: options.limit)
    if len(pages) <= MOST_MESSAGES:
        return blocks
    kept = [block for page in pages[:MOST_MESSAGES] for block in page.blocks]
    left = sum(len(block.rich) for page in pages[MOST_MESSAGES:] for block in page.blocks)
    more = options.translate.plural("+{n} character", "+{n} characters", left)
    return [*kept, Block(plain(f"… {more}, /log"), kept[-1].key, gap=1)]


# --- the facts ------------------------------------------------------------------------------------


def _fact_blocks(part: RichText, place: int, chars: int) -> list[Block]:
    """Keep a part together if it fits on a page, else its lines: none of them may be lost."""
    key = f"{_KEY}/{place}"
    pieces = [part] if len(part) <= chars else _lines(part)
    blocks = [replace(whole_block(piece, key, chars), gap=1) for piece in pieces]
    return blocks if place else [replace(blocks[0], gap=2), *blocks[1:]]


def _lines(rich: RichText) -> Iterator[RichText]:
    start = 0
    for line in rich.text.split("\n"):
        yield rich.cut(start, start + len(line))
        start += len(line) + 1


def _parts(story: Story, options: RenderOptions) -> list[RichText]:
    """Paragraphs, each only if there is something to say."""
    counted = facts(story.entries)
    parts = [
        _files(story.entries, counted, story.workspace_total, options),
        _commands(story.entries, counted, options),
        _last_line(story, options),
    ]
    return [part for part in parts if part]


@dataclass(slots=True)
class _File:
    kind: ChangeKind
    name: str
    additions: int = 0
    deletions: int = 0

    def take(self, change: FileChange) -> None:
        """Add one more change."""
        if change.kind is not ChangeKind.EDIT:
            self.kind = change.kind
        self.additions += change.additions or 0
        self.deletions += change.deletions or 0


def _changed(entries: Iterable[Entry]) -> list[_File]:
    """Every file by its last name, with all that was added and deleted."""
    files: dict[str, _File] = {}
    for entry in entries:
        tool = tool_of(entry.content)
        if tool is None or not isinstance(tool.action, FileEdit) or tool.status in _NOT_DONE:
            continue
        for change in tool.action.changes:
            name = change.new_path or change.path
            file = files.pop(change.path, None) or _File(change.kind, name)
            file.name = name
            file.take(change)
            files[name] = file
    return list(files.values())


def _files(
    entries: Iterable[Entry], counted: Facts, total: DiffTotal | None, options: RenderOptions
) -> RichText:
    _ = options.translate
    files = _changed(entries)
    lines = [_file_line(file, options) for file in files[:MOST_FILES]]
    hidden = len(files) - len(lines)
    if hidden > 0:
        lines.append(plain("… " + _.plural("+{n} file", "+{n} files", hidden)))
    if len(files) > 1:
        named = _.plural("{n} file", "{n} files", len(files))
        lines.insert(0, plain(f"📝 {named} +{counted.additions} −{counted.deletions}"))
    same = (len(files), counted.additions, counted.deletions)
    if (
        total is not None
        and total.files
        and (total.files, total.additions, total.deletions) != same
    ):
        named = _.plural("{n} file", "{n} files", total.files)
        words = _("Workspace in all: {files}", files=named)
        lines.append(plain(f"{words} +{total.additions} −{total.deletions}"))
    return join(lines, "\n")


def _file_line(file: _File, options: RenderOptions) -> RichText:
    counts = [f"+{file.additions}"] if file.additions or file.deletions else []
    counts += [f"−{file.deletions}"] if counts else []
    name = code(shown(file.name, PATH_CHARS, options))
    return join((f"{CHANGE_EMOJI[file.kind]} ", name, "  " + " ".join(counts) if counts else ""))


def _commands(entries: Iterable[Entry], counted: Facts, options: RenderOptions) -> RichText:
    _ = options.translate
    if not counted.commands:
        return RichText()
    known = tuple(entries)
    words = "⚡ " + _.plural("{n} command", "{n} commands", counted.commands)
    lines = [plain(words + (", " + _("{n} failed", n=counted.failed) if counted.failed else ""))]
    lines += [join(("✗ ", code(command))) for command in _failed(known, options)]
    checks = checks_of(known)
    if checks:
        told = [
            _("{n} passed", n=checks.passed) if checks.passed else "",
            _("{n} failed", n=checks.failed) if checks.failed else "",
            _("{n} skipped", n=checks.skipped) if checks.skipped else "",
        ]
        lines.append(plain("🧪 " + _("Tests:") + " " + ", ".join(filter(None, told))))
    return join(lines, "\n")


def _failed(entries: Iterable[Entry], options: RenderOptions) -> list[str]:
    """The last commands that failed, in their order."""
    tools = [tool for entry in entries if (tool := tool_of(entry.content)) is not None]
    failed = [
        tool.action.command
        for tool in tools
        if isinstance(tool.action, CommandRun) and tool.status is ToolStatus.FAILED
    ]
    named = [command for command in failed if command][-MOST_COMMANDS:]
    return [shown(command, COMMAND_CHARS, options) for command in named]


def _last_line(story: Story, options: RenderOptions) -> RichText:
    _ = options.translate
    parts = []
    if story.outcome is not None and story.outcome.cleanup_failed:
        parts.append("⚠️ " + _("cleanup failed"))
    if story.tokens:
        parts.append("🔢 " + _("{count} tokens", count=_short(story.tokens)))
    return plain(" · ".join(parts))


def _short(number: int) -> str:
    """Write a large number as people say it."""
    for least, size, letter in ((999_950, 1_000_000, "M"), (1_000, 1_000, "k")):
        if number >= least:
            return f"{number / size:.1f}{letter}"
    return str(number)
