"""Work and memory grow in proportion to the input, however hostile it is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial

import pytest

from bot.backend.decode import LogDecoder
from bot.backend.script_output import ScriptOutput
from bot.entries.answers import same_answer
from bot.entries.events import Finished, Put, Reopened
from bot.entries.model import Answer, CommandRun, Entry, Notice, Tool, ToolStatus
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

Maker = Callable[[int], Made]
"""Makes an input of a size."""


def _frame(text: str) -> str:
    kind = '{"type":"NORMALIZED_ENTRY","content":{"entry_type":{"type":"assistant_message"},'
    return (
        f'{{"JsonPatch":[{{"op":"add","path":"/entries/0","value":{kind}"content":{text}}}}}}}]}}'
    )


_REMOVE = '{"op":"remove","path":"/entries/0"},'


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


def _tool(number: int) -> Tool:
    return Tool(CommandRun(f"{number}"), ToolStatus.RUNNING)


def _chunks(text: str) -> None:
    output = ScriptOutput()
    for start in range(0, len(text), 1000):
        output.append(text[start : start + 1000])


def _compare(damaged: str) -> None:
    same_answer(Answer(damaged), Answer("a" * (len(damaged) - 1) + "b"))


def _opening(inside: str) -> None:
    opening(f"- a `{inside}` b", 160)


def _render(text: str) -> None:
    _rendered.cache_clear()
    for block in split_blocks(text, complete=True):
        render_block(block)


def _paginate(text: str) -> None:
    _rendered.cache_clear()
    blocks = entry_blocks(Entry("x/1", Answer(text), complete=True), options())
    paginate(blocks, lambda _number: 3900)


def _paginate_small(text: str) -> None:
    _rendered.cache_clear()
    blocks = entry_blocks(Entry("x/1", Answer(text), complete=True), options())
    paginate(blocks, lambda _number: 200)


def _mask(text: str) -> None:
    Redactor(["hunter2-" + "correct-horse"])(text, True)


def _mask_growing(text: str) -> None:
    redact = Redactor([])
    for end in range(0, len(text), 400):
        redact(text[:end], False)


FRAMES: dict[str, Maker] = {
    "nesting": lambda n: (_decode, _frame("[" * n + "]" * n)),
    "objects": lambda n: (_decode, _frame('{"a":' * n + "1" + "}" * n)),
    "digits": lambda n: (_decode, _frame("9" * n)),
    "exponent": lambda n: (_decode, _frame("1e" + "9" * n)),
    "surrogates": lambda n: (_decode, _frame('"' + "\\ud800" * n + '"')),
    "NUL": lambda n: (_decode, _frame('"' + "\\u0000" * n + '"')),
    "text": lambda n: (_decode, _frame('"' + "a" * (10 * n) + '"')),
    "lines": lambda n: (_decode, _frame('"' + "\\n" * n + '"')),
    "operations": lambda n: (_decode, f'{{"JsonPatch":[{_REMOVE * n}{{}}]}}'),
    "open": lambda n: (_decode, "[" * n),
}  # fmt: skip
FOLDS: dict[str, Maker] = {
    "entries": lambda n: (_fold, [Put(at, Notice(f"{at}")) for at in range(n // 8)]),
    "backwards": lambda n: (_fold, [Put(-at, Notice(f"{at}")) for at in range(n // 8)]),
    "equal": lambda n: (_fold, [Put(at, Notice("a")) for at in range(n // 8)]),
    "tools": lambda n: (_fold, [Put(at, _tool(at)) for at in range(n // 8)]),
    "one place": lambda n: (_fold, [Put(0, Answer(f"{at}")) for at in range(n // 8)]),
    "chunks": lambda n: (_chunks, "a\n" * (20 * n)),
    "damage": lambda n: (_compare, "\ufffda" * n),
}  # fmt: skip
_UNITS = (
    "a", " ", "\n", "*", "**a ", "_a", "`", "`a", "~", "[", "[a](", "![", "<", "<a ", "&", "\\",
    "> ", ">", "- ", "1. ", "# ", "#", "|", "| a ", "|-", "```\n", "~~~\n", "[a]: b\n", "- a\n\n",
    "\t", "    a\n", "$", "*a_", "<!--", "<?", "]]>", "[^a]", "](a)", "e\u0301", "👩‍", "🇩",
    "\u0301", "\u202e", "\u200d",
)  # fmt: skip
_TERMINAL = (
    "\x1b", "\x1b[", "\x1b[3", "\x1b]", "\x1b]a", "\x1bP", "\x9b", "\r", "a\r", "\t", "\0",
    "\x85", "\u200b", "\u030a", "\x1b[31m", "e\u0301\u030a",
)  # fmt: skip
_PAGES = ("word ", "- a\n", "| a ", "x")
_GROWING = ("a=", "://", "key", "A_A", "ey" + "J", "-----BEGIN ", "a.b", '"', "\\n")
_KEYS = (
    "token=",
    "a=",
    "://",
    "://a:",
    "key",
    "A_A",
    "ey" + "J",
    "-----BEGIN ",
    "Authorization: ",
    '"',
    "\\n",
    "=",
)


def _once(work: Callable[[str], object], unit: str) -> Maker:
    return lambda n: (work, unit * (n // len(unit)))


def _all(name: str, work: Callable[[str], object], units: Iterable[str]) -> dict[str, Maker]:
    return {f"{name} {unit!r}": _once(work, unit) for unit in units}


TEXTS: dict[str, Maker] = {
    **_all("Markdown", _render, _UNITS),
    **_all("clean", clean, (*_TERMINAL, *_UNITS[-7:])),
    **_all("line", one_line, (" ", "\r", "a ")),
    **_all("opening", _opening, (" ", "• ", "a")),
    **_all("checks", counted, ("=", " ", "1 passed", "Tests: ", "--- ", "1 ")),
    **_all("masked", _mask, (*_KEYS, *_UNITS[:4])),
    **_all("cut", lambda text: cut_graphemes(text, len(text) - 3), ("\u0301", "🇩", "a")),
    **_all("middle", lambda text: shorten_middle(text, 100), ("\u0301", "🇩", "a")),
    **_all("file", lambda text: log_markdown(story(answer(1, text)), options()), ("*a_\n> `",)),
}


@pytest.mark.parametrize("name", [*FRAMES, *FOLDS])
def test_work_of_frames_and_folds(name: str) -> None:
    """Four times the frames, entries or digits take about four times the work."""
    _grows((FRAMES | FOLDS)[name], 4_000)


@pytest.mark.parametrize("name", TEXTS)
def test_work_of_texts(name: str) -> None:
    """Four times the text takes about four times the work."""
    _grows(TEXTS[name], 3_000)


@pytest.mark.parametrize("unit", _PAGES)
def test_work_of_pages(unit: str) -> None:
    """Four times the pages take about four times the work."""
    _grows(_once(_paginate, unit), 12_000)


@pytest.mark.parametrize("unit", ["`a` ", "word "])
def test_work_of_the_shortest_pages(unit: str) -> None:
    """Four times the text takes about four times the work where a page holds little of it, too."""
    _grows(_once(_paginate_small, unit), 6_000)


@pytest.mark.parametrize("unit", _GROWING)
def test_work_of_masking_what_grows(unit: str) -> None:
    """A text that grows is masked in proportion to what is new."""
    _grows(_once(_mask_growing, unit), 3_000)


def _grows(make: Maker, size: int) -> None:
    work, small = make(size)
    again, large = make(size * SIZES)
    found = growth(partial(work, small), partial(again, large))
    assert found.sound, f"{found.large_s / found.small_s:.1f} times the work for {SIZES} times"


@pytest.mark.parametrize("size", [10_000, 40_000])
def test_memory_of_the_fold(size: int) -> None:
    """Whatever a log says, little more than its limit is held, and a few bytes an entry."""
    transcript = Transcript("x")
    tracemalloc.start()
    try:
        for at in range(size // 20):
            transcript.fold(Put(at, Notice("a" * 2_000)))
        held, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert held < 4 * TEXT_HELD_CHARS + 1_000 * size // 20


@pytest.mark.parametrize("letter", ["a", "\\n", "\\u0000", "\\ud83d"])
def test_memory_of_a_frame(letter: str) -> None:
    """A frame of megabytes takes a few times its size, and only while it is decoded."""
    frame = _frame('"' + letter * (1_000_000 // len(letter)) + '"')
    tracemalloc.start()
    try:
        decoded = LogDecoder("x").decode(frame)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert decoded.events
    assert held < 10 * TEXT_HELD_CHARS
    assert peak < 24 * len(frame)


@pytest.mark.slow
def test_a_hundred_thousand_entries() -> None:
    """They come in one frame, are folded, and are all there to be counted."""
    ops = (
        f'{{"op":"add","path":"/entries/{at}","value":{{"type":"X","content":"{at}"}}}}'
        for at in range(100_000)
    )
    transcript = Transcript("x")
    for event in LogDecoder("x").decode('{"JsonPatch":[' + ",".join(ops) + "]}").events:
        transcript.fold(event)

    assert len(transcript.snapshot().entries) == 100_000
