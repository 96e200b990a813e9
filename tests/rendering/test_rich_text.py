from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.entities import Entity
from bot.rendering.rich_text import (
    RichText,
    bold,
    code,
    date_time,
    italic,
    join,
    link,
    plain,
    pre,
    quote,
)
from tests.rendering import oracle
from tests.rendering.strategies import rich_texts

NASTY = "ab \n\t\r\x00\x1b\u200e\u200f\u2028\u202e\u030a😀"


def test_joins_texts_and_moves_entities() -> None:
    """Parts keep their formatting wherever they end up."""
    joined = join([bold("a"), plain("b"), code("c")], ", ")

    assert joined == RichText("a, b, c", (Entity("bold", 0, 1), Entity("code", 6, 1)))


def test_adds_text_on_the_right() -> None:
    """Plain strings may be added as they are."""
    assert bold("a") + "b" == RichText("ab", (Entity("bold", 0, 1),))


def test_separator_keeps_its_own_entities() -> None:
    """A formatted separator is formatted every time."""
    joined = join(["a", "b", "c"], bold("-"))

    assert [entity.offset for entity in joined.entities] == [1, 3]


@pytest.mark.parametrize(
    ("made", "entity"),
    [
        (bold("x"), Entity("bold", 0, 1)),
        (italic(plain("x")), Entity("italic", 0, 1)),
        (code("x"), Entity("code", 0, 1)),
        (pre("x", "python"), Entity("pre", 0, 1, language="python")),
        (pre("x", ""), Entity("pre", 0, 1)),
        (quote("x"), Entity("blockquote", 0, 1)),
        (quote("x", expandable=True), Entity("expandable_blockquote", 0, 1)),
        (link("x", "https://a.bc"), Entity("text_link", 0, 1, url="https://a.bc")),
        (date_time("x", 7, "t"), Entity("date_time", 0, 1, unix_time=7, format="t")),
    ],
)
def test_makes_formatted_text(made: RichText, entity: Entity) -> None:
    """Each kind of formatting spans all of its text."""
    assert made == RichText("x", (entity,))


def test_empty_text_has_no_formatting() -> None:
    """Nothing cannot be bold."""
    assert not bold("")
    assert bold("") == RichText()


def test_cut_clips_entities() -> None:
    """A part has the formatting of what it shows, and of nothing else."""
    rich = join([bold("abc"), "def", code("ghi")])

    assert rich.cut(2, 7) == RichText("cdefg", (Entity("bold", 0, 1), Entity("code", 4, 1)))
    assert rich.cut(6) == code("ghi")


@given(rich_texts(), st.integers(0, 12))
def test_cut_halves_make_the_whole(rich: RichText, place: int) -> None:
    """Cutting loses no text and covers the same characters."""
    halves = join([rich.cut(0, place), rich.cut(place)])

    assert halves.text == rich.text
    assert _covered(halves) == _covered(rich)


def _covered(rich: RichText) -> set[tuple[str, int]]:
    return {(e.type, place) for e in rich.entities for place in range(e.offset, e.end)}


def test_counts_utf16_for_the_wire() -> None:
    """Telegram counts a character beyond the basic plane twice."""
    rich = join(["😀", bold("a😀b"), code("c")])

    assert rich.utf16() == [
        {"type": "bold", "offset": 2, "length": 4},
        {"type": "code", "offset": 6, "length": 1},
    ]


def test_wire_form_has_the_names_of_the_bot_api() -> None:
    """Optional parts are there under Telegram's names, or not at all."""
    rich = join([pre("a", "sh"), link("b", "https://a.bc"), date_time("c", 9, "t")])

    assert rich.utf16() == [
        {"type": "pre", "offset": 0, "length": 1, "language": "sh"},
        {"type": "text_link", "offset": 1, "length": 1, "url": "https://a.bc"},
        {"type": "date_time", "offset": 2, "length": 1, "unix_time": 9, "date_time_format": "t"},
    ]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\tb\x1bc", "a b c"),
        ("a\r\nb", "a\nb"),
        ("a\u202eb\u2028", "ab"),
        ("x\u030a", "x"),
        ("\u200e\u200fx", "\u200c\u200fx"),
        ("  a  \n", "a"),
        (" \n ", ""),
    ],
)
def test_normal_form_of_characters(raw: str, text: str) -> None:
    """Characters Telegram rewrites are rewritten before it sees them."""
    assert plain(raw).normalised() == plain(text)


def test_normal_form_keeps_the_indentation_of_code() -> None:
    """Blanks are cut only up to the first entity."""
    assert join([" \n", pre("  x\n")]).normalised() == pre("  x")


def test_normal_form_moves_entities_over_dropped_characters() -> None:
    """An entity stays on its words when characters before it vanish."""
    rich = join(["a\r\u202e", bold("b\rc")])

    assert rich.normalised() == RichText("abc", (Entity("bold", 1, 2),))


def test_normal_form_has_no_formatted_blanks() -> None:
    """Formatting over nothing but blanks goes."""
    assert join(["a", bold(" "), "b"]).normalised() == plain("a b")


@given(rich_texts(NASTY))
def test_normalising_again_changes_nothing(rich: RichText) -> None:
    """The normal form is its own normal form."""
    once = rich.normalised()

    assert once.normalised() == once


@given(rich_texts(NASTY))
def test_telegram_would_store_the_normal_form(rich: RichText) -> None:
    """TDLib's own code finds nothing to change in it."""
    normal = rich.normalised()
    if normal:
        assert oracle.stored(normal) == (normal.text, oracle.spans(normal))


def test_caps_entities_by_importance() -> None:
    """Code and links outlive bold, and what comes first outlives what comes last."""
    rich = join([bold("a"), code("b"), bold("c"), link("d", "https://a.bc")], " ")

    capped = rich.capped(3)

    assert [entity.type for entity in capped.entities] == ["bold", "code", "text_link"]
    assert rich.capped(4) == rich


def test_joins_many_parts_in_linear_time() -> None:
    """Ten times the parts take about ten times as long."""
    parts = [join([bold("word"), " and ", code("code")])] * 20_000
    started = time.perf_counter()

    joined = join(parts, "\n\n")

    assert len(joined.entities) == 40_000
    assert time.perf_counter() - started < 5
