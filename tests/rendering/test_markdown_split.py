from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.markdown import MarkdownBlock, Room, render_block, split_block, split_blocks
from bot.rendering.markdown.blocks import plain_block
from tests.rendering.strategies import hostile, markdown


def halves(source: str, room: int) -> tuple[str, str]:
    """Both halves of a source's only block, as they are shown."""
    (block,) = split_blocks(source, complete=True)
    found = split_block(block, Room(room))
    assert found is not None
    return render_block(found[0]).text, render_block(found[1]).text


def pieces(block: MarkdownBlock, room: int) -> list[MarkdownBlock]:
    """A block cut until every piece fits, or cannot be cut."""
    found = []
    rest = block
    while len(render_block(rest)) > room:
        cut = split_block(rest, Room(room))
        if cut is None:
            break
        found.append(cut[0])
        rest = cut[1]
    return [*found, rest]


@pytest.mark.parametrize(
    ("source", "room", "first", "second"),
    [
        ("one two three four", 12, "one two", "three four"),
        ("One two. Three four", 15, "One two.", "Three four"),
        ("one two\nthree. four five", 15, "one two", "three. four five"),
        ("a **bold words** b", 10, "a", "bold words b"),
        ("aa `c d` bb cc", 8, "aa c d", "bb cc"),
        ("see [a b](https://example.com/) now", 5, "see", "a b now"),
        ("some text - 5 more", 12, "some text -", "5 more"),
        ("- one two\n  - three\n  - four", 20, "• one two\n  ◦ three", "• four"),
        ("# one two", 5, "one", "two"),
        ("> one\n> two", 5, "one", "two"),
        ("aa\n```bb cc `dd` ee", 12, "aa", "```bb cc dd ee"),
        ("aa\n\ufeff```bb cc `dd` ee", 12, "aa", "```bb cc dd ee"),
        ("```bb cc dd `ee` ff", 12, "```bb cc dd", "`ee` ff"),
    ],
)
def test_cuts_where_a_reader_would(source: str, room: int, first: str, second: str) -> None:
    """A line's end before a sentence's, that before a word's, and markup stays together."""
    assert halves(source, room) == (first, second)


@pytest.mark.parametrize("mark", ["```", "~~~"])
def test_a_line_of_fences_is_cut_as_it_is_written(mark: str) -> None:
    """Every cut would make a fence of what follows: nothing of it may be lost."""
    source = f"é{mark * 100}- [x] and more words"
    (block,) = split_blocks(source, complete=True)
    shown = [render_block(piece).text for piece in pieces(block, 60)]
    assert max(map(len, shown)) <= 60
    assert "".join(shown).replace(" ", "") == source.replace(" ", "")


def test_cuts_a_fence_at_a_line() -> None:
    """Both halves of code are code of the same language."""
    (block,) = split_blocks("```py\nx = 1\ny = 2\nz = 3\n```", complete=True)

    found = split_block(block, Room(12))

    assert found is not None
    first, second = found
    assert (render_block(first).text, render_block(second).text) == ("x = 1\ny = 2", "z = 3")
    assert (first.open, second.opened, second.open) == ("py", "py", None)
    assert render_block(second).entities[0].language == "py"


def test_cuts_a_table_at_a_row() -> None:
    """The second half has the header again."""
    source = "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |"

    assert halves(source, 20) == ("a | b\n--+--\n1 | 2", "a | b\n--+--\n3 | 4")


def test_text_before_the_block_counts() -> None:
    """An emoji before the text is part of what must fit, and stays with the first half."""
    (block,) = split_blocks("one two", complete=True)
    found = split_block(replace(block, lead="💬 "), Room(6))

    assert found is not None
    assert [render_block(half).text for half in found] == ["💬 one", "two"]


def test_no_character_is_cut() -> None:
    """A family of four is one character, however many code points it has."""
    family = "👩‍👩‍👧‍👦"

    assert halves(family * 3, 10) == (family, family * 2)


def test_no_room_for_one_character() -> None:
    """Where not even one character fits, nothing is cut."""
    (block,) = split_blocks("👩‍👩‍👧‍👦 x", complete=True)

    assert split_block(block, Room(3)) is None
    assert split_block(block, Room(0)) is None


def test_monster_of_combining_marks_is_cut() -> None:
    """What no alphabet knows as a character may be cut, so that every text can be shown."""
    (block,) = split_blocks("a" + "\u0301" * 1000, complete=True)

    found = split_block(block, Room(100))

    assert found is not None
    assert len(render_block(found[0])) == 100


def test_plain_text_is_cut_at_lines() -> None:
    """Text that is no Markdown is cut like any other."""
    block = plain_block("# one\n# two\n# three")
    assert block is not None

    assert [render_block(piece).text for piece in pieces(block, 11)] == ["# one\n# two", "# three"]


def test_long_text_is_cut_near_its_end() -> None:
    """Room is used: pages are not half empty without need."""
    (block,) = split_blocks("word **bold** `code` and so on. " * 400, complete=True)

    found = split_block(block, Room(3000, entities=1000))

    assert found is not None
    assert 2800 < len(render_block(found[0])) <= 3000


@given(st.one_of(markdown, hostile), st.integers(1, 80))
def test_halves_make_the_whole(source: str, room: int) -> None:
    """Pieces rejoin to the source, each fits, and none begins inside a character."""
    borders = {0, *(match.end() for match in regex.finditer(r"\X", source))}
    for block in split_blocks(source, complete=True):
        found = pieces(block, room)

        assert "".join(piece.source for piece in found) == block.source
        assert all(0 < len(render_block(piece)) <= room for piece in found[:-1])
        assert all(piece.start in borders for piece in found[1:])
        assert all(a.end == b.start for a, b in pairwise(found))
        if room >= 8:
            assert len(render_block(found[-1])) <= room


@given(markdown, st.integers(60, 120))
def test_goes_on_as_it_was_cut(source: str, room: int) -> None:
    """Reading the source again from a cut gives the same second half."""
    for rest in split_blocks(source, complete=True):
        while (cut := split_block(rest, Room(room))) is not None and len(render_block(rest)) > room:
            rest = cut[1]
            again = split_blocks(source, rest.start, complete=True, fence=rest.opened)[0]
            assert (again.start, again.opened) == (rest.start, rest.opened)
            assert render_block(again) == render_block(rest)
