"""Work and memory grow in proportion to the input, however hostile it is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from functools import partial

import pytest

from bot.backend.decode import LogDecoder
from bot.backend.script_output import ScriptOutput
from bot.entries.answers import same_answer
from bot.entries.events import Finished, Put, Reopened
from bot.entries.model import Answer, CommandRun, Entry, Excerpt, Notice, Tool, ToolStatus
from bot.entries.shedding import TEXT_HELD_CHARS
from bot.entries.transcript import Transcript
from bot.redaction import Redactor
from bot.rendering.checks import counted
from bot.rendering.digest import opening
from bot.rendering.entry import entry_blocks
from bot.rendering.log_file import log_markdown
from bot.rendering.markdown import render_block, split_blocks
from bot.rendering.markdown.render import _rendered
from bot.rendering.pagination import paginate
from bot.rendering.plain import clean, cut_graphemes, one_line, shorten_middle
from tests.fakes.stories import answer, options, story
from tests.fuzz.growth import SIZES, growth

Made = tuple[Callable[..., object], object]
"""What is done, and the input it is done to."""


def _frame(text: str) -> str:
    kind = '{"type":"NORMALIZED_ENTRY","content":{"entry_type":{"type":"assistant_message"},'
    return f'{{"JsonPatch":[{{"op":"add","path":"/entries/0","value":{kind}"content":{text}}}}}}}]}}'


def _decode(frame: str) -> None:
    LogDecoder("x").decode(frame)


def _fold(events: list[Put]) -> None:
    transcript = Transcript("x")
    for event in events:
        transcript.fold(event)
    transcript.fold(Reopened())
    for event in events:
        transcript.fold(event)
    transcript.fold(Finished())
    transcript.snapshot()


def _chunks(text: str) -> None:
    output = ScriptOutput()
    for start in range(0, len(text), 1000):
        output.append(text[start : start + 1000])


def _render(text: str) -> None:
    _rendered.cache_clear()
    for block in split_blocks(text, complete=True):
        render_block(block)


def _paginate(text: str) -> None:
    _rendered.cache_clear()
    blocks = entry_blocks(Entry("x/1", Answer(text), complete=True), options())
    paginate(blocks, lambda _number: 3900)


def _mask(text: str) -> None:
    Redactor(["hunter2-" + "correct-horse"])(text, True)


def _mask_growing(text: str) -> None:
    redact = Redactor([])
    for end in range(0, len(text), 400):
        redact(text[:end], False)


FRAMES: dict[str, Callable[[int], Made]] = {
    "nesting": lambda n: (_decode, _frame("[" * n + "]" * n)),
    "objects": lambda n: (_decode, _frame('{"a":' * n + "1" + "}" * n)),
    "digits": lambda n: (_decode, _frame("9" * n)),
    "exponent": lambda n: (_decode, _frame("1e" + "9" * n)),
    "surrogates": lambda n: (_decode, _frame('"' + "\\ud800" * n + '"')),
    "NUL": lambda n: (_decode, _frame('"' + "\\u0000" * n + '"')),
    "text": lambda n: (_decode, _frame('"' + "a" * (10 * n) + '"')),
    "lines": lambda n: (_decode, _frame('"' + "\\n" * n + '"')),
    "operations": lambda n: (_decode, '{"JsonPatch":[' + '{"op":"remove","path":"/entries/0"},' * n + "{}]}"),
    "open": lambda n: (_decode, "[" * n),
}  # fmt: skip
FOLDS: dict[str, Callable[[int], Made]] = {
    "entries": lambda n: (_fold, [Put(at, Notice(f"{at}")) for at in range(n // 25)]),
    "backwards": lambda n: (_fold, [Put(-at, Notice(f"{at}")) for at in range(n // 25)]),
    "equal": lambda n: (_fold, [Put(at, Notice("a")) for at in range(n // 25)]),
    "tools": lambda n: (_fold, [Put(at, Tool(CommandRun(f"{at}"), ToolStatus.RUNNING)) for at in range(n // 25)]),
    "one place": lambda n: (_fold, [Put(0, Answer(f"{at}")) for at in range(n // 25)]),
    "chunks": lambda n: (_chunks, "a\n" * (20 * n)),
    "damage": lambda n: (partial(same_answer, Answer("\ufffda" * n)), Answer("a" * (2 * n - 1) + "b")),
}  # fmt: skip
_UNITS = (
    "a", " ", "\n", "*", "**a ", "_a", "`", "`a", "~", "[", "[a](", "![", "<", "<a ", "&", "\\", "> ", ">", "- ",
    "1. ", "# ", "#", "|", "| a ", "|-", "```\n", "~~~\n", "[a]: b\n", "- a\n\n", "\t", "    a\n", "$", "*a_", "<!--",
    "<?", "]]>", "[^a]", "](a)", "e\u0301", "👩‍", "🇩", "\u0301", "\u202e", "\u200d",
)  # fmt: skip
_TERMINAL = (
    "\x1b", "\x1b[", "\x1b[3", "\x1b]", "\x1b]a", "\x1bP", "\x9b", "\r", "a\r", "\t", "\0", "\x85", "\u200b", "\u030a",
    "\x1b[31m", "e\u0301\u030a",
)  # fmt: skip
_KEYS = ("token=", "a=", "://", "://a:", "key", "A_A", "ey" + "J", "-----BEGIN ", "Authorization: ", '"', "\\n", "=")


def _once(work: Callable[[str], object], unit: str) -> Callable[[int], Made]:
    return lambda n: (work, unit * (n // len(unit)))


TEXTS: dict[str, Callable[[int], Made]] = {
    **{f"Markdown {unit!r}": _once(_render, unit) for unit in _UNITS},
    **{f"pages {unit!r}": _once(_paginate, unit) for unit in ("word ", "`a` ", "**b** ", "- a\n", "| a ", "x")},
    **{f"clean {unit!r}": _once(clean, unit) for unit in (*_TERMINAL, *_UNITS[-7:])},
    **{f"line {unit!r}": _once(one_line, unit) for unit in (" ", "\r", "a ")},
    **{f"opening {unit!r}": _once(lambda text: opening(f"- a `{text}` b", 160), unit) for unit in (" ", "• ", "a")},
    **{f"checks {unit!r}": _once(counted, unit) for unit in ("=", " ", "1 passed", "Tests: ", "--- ", "1 ")},
    **{f"masked {unit!r}": _once(_mask, unit) for unit in (*_KEYS, *_UNITS[:4])},
    "cut": _once(lambda text: cut_graphemes(text, len(text) - 3), "\u0301"),
    "middle": _once(lambda text: shorten_middle(text, 100), "🇩"),
    "file": _once(lambda text: log_markdown(story(answer(1, text)), options()), "*a_\n> `"),
}  # fmt: skip


@pytest.mark.parametrize("name", [*FRAMES, *FOLDS])
def test_work_of_frames_and_folds(name: str) -> None:
    """Four times the frames, entries or digits take about four times the work."""
    _grows((FRAMES | FOLDS)[name], 4_000)


@pytest.mark.parametrize("name", TEXTS)
def test_work_of_texts(name: str) -> None:
    """Four times the text takes about four times the work."""
    _grows(TEXTS[name], 3_000)


@pytest.mark.parametrize("unit", _KEYS)
def test_work_of_masking_what_grows(unit: str) -> None:
    """A text that grows is masked in proportion to what is new."""
    _grows(_once(_mask_growing, unit), 3_000)


def _grows(make: Callable[[int], Made], size: int) -> None:
    work, small = make(size)
    again, large = make(size * SIZES)
    found = growth(partial(work, small), partial(again, large))
    assert found.sound, f"{found.large_s / found.small_s:.1f} times the work for {SIZES} times"
