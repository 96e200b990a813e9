from __future__ import annotations

import time

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import Translator
from bot.rendering.plain import (
    clean,
    cut_graphemes,
    duration,
    one_line,
    shorten,
    shorten_middle,
)
from bot.rendering.rich_text import plain

FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x9b31mred", "red"),
        ("\x1b]8;;https://a.bc\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b(Bx\x1b=y", "xy"),
        ("\x1bPq...\x1b\\x", "x"),
        ("a\tb\n\tc", "a   b\n    c"),
        ("ab\r\ncd", "ab\ncd"),
        ("10 %\r50 %\r100 %", "100 %"),
        ("10 %\r100 %\r", "100 %"),
        ("a\x00b\x0cc", "a b c"),
        ("a\u202eb\u2066c\u200e\u200bd\ufeff", "abcd"),
        ("a\u2028b", "a\nb"),
        ("a\x7f\x85b", "a\nb"),
        ("\ud800x", "\ufffdx"),
        ("A\u030angstro\u0308m", "Ångström"),
        ("x\u0333", "x"),
        (FAMILY, FAMILY),
    ],
)
def test_cleans(raw: str, text: str) -> None:
    """Text looks as a terminal would leave it."""
    assert clean(raw) == text


@given(st.text())
def test_clean_text_is_clean(raw: str) -> None:
    """Cleaning again changes nothing."""
    assert clean(clean(raw)) == clean(raw)


@given(st.text(alphabet="a \n\t\r\x00\x1b[]m;\x07\u200e\u202e\u2028\u030a\x85é😀", max_size=60))
def test_telegram_changes_nothing_inside_clean_text(raw: str) -> None:
    """What is left is stored as it is, but for blanks at both ends."""
    assert plain(clean(raw)).normalised().text == clean(raw).strip(" \n")


def test_cleans_in_linear_time() -> None:
    """Unfinished sequences are not searched again and again."""
    started = time.perf_counter()

    clean("\x1b]" * 100_000 + "\x1bP" * 100_000)

    assert time.perf_counter() - started < 5


def test_one_line() -> None:
    """Lines and runs of blanks become single blanks."""
    assert one_line(" a\n\n b\tc ") == "a b c"


@given(st.text(alphabet=f"ab \n{FAMILY}🇺🇦e\u0301", max_size=60), st.integers(0, 40))
def test_cuts_between_characters(text: str, chars: int) -> None:
    """A beginning is as long as it may be, and ends between characters."""
    borders = [0, *(match.end() for match in regex.finditer(r"\X", text))]

    cut = cut_graphemes(text, chars)

    assert text.startswith(cut)
    assert len(cut) == max(border for border in borders if border <= chars)


@pytest.mark.parametrize(("unit", "before"), [("🇩🇪", "x"), (FAMILY, ""), ("e\u0323\u0301", "")])
def test_cuts_no_character_in_long_runs(unit: str, before: str) -> None:
    """A long text without a blank is cut between characters, wherever that is."""
    text = before + unit * 300

    for chars in range(200, 600):
        units, rest = divmod(len(cut_graphemes(text, chars)) - len(before), len(unit))
        assert (units, rest) == ((chars - len(before)) // len(unit), 0)


def test_shortens_at_the_end() -> None:
    """What is cut off is marked, within the limit."""
    assert shorten("one two three", 9) == "one two…"
    assert shorten("short", 5) == "short"


@given(st.text(alphabet=f"ab {FAMILY}", max_size=80), st.integers(3, 60))
def test_shortens_in_the_middle(text: str, chars: int) -> None:
    """Both ends stay, and the whole is never longer than asked for."""
    short = shorten_middle(text, chars)

    assert len(short) <= chars
    assert short == text or " … " in short


def test_middle_keeps_both_ends() -> None:
    """Beginning and end are what one recognises a command by."""
    assert shorten_middle("abcdefghijklmnop", 9) == "abc … nop"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.2, "0 s"),
        (12, "12 s"),
        (59.6, "1 min 00 s"),
        (65, "1 min 05 s"),
        (3599, "59 min 59 s"),
        (3720, "1 h 02 min"),
        (90_000, "25 h 00 min"),
        (-1, "0 s"),
    ],
)
def test_says_how_long(seconds: float, said: str) -> None:
    """Two units are enough."""
    assert duration(seconds, Translator("en")) == said
