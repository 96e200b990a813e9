"""The tolerant reading of Markdown, and the tokens of what comes out."""

from __future__ import annotations

import pytest

from tests.units.markdown import plain
from tests.units.tokens import tokens, words


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("see [the note](https://example.com/n/1) now", "see the note now"),
        ("[a](https://example.com/a_(b)?x=1)", "a"),
        ("a [local link](./src/main.py)", "a local link (./src/main.py)"),
        ("[server](http://localhost:3000/x)", "server (http://localhost:3000/x)"),
        ("![chart](https://example.com/c.png)", "chart"),
        ("`a [b](c) &amp;` and &amp;", "a [b](c) &amp; and &"),
        ("``a ` b``", "a ` b"),
    ],
)
def test_inline_signs_leave_only_what_is_read(source: str, shown: str) -> None:
    """Links show their text, with an address only where nobody could tap it; code is literal."""
    assert plain(source) == shown


def test_fences_vanish_and_their_content_stays() -> None:
    """A fence in a longer fence is content; the language is no word of the text."""
    assert plain("````markdown\nA\n```python\nx\n```\n````\n~~~sh\ny\n~~~\nz") == (
        "A\n```python\nx\n```\ny\nz"
    )


def test_an_unclosed_fence_reaches_to_the_end() -> None:
    """What follows an open fence is code."""
    assert plain("```\n[a](https://example.com)") == "[a](https://example.com)"


def test_tokens_are_words_marks_and_emoji() -> None:
    """Punctuation is no token; families, flags, marks and counts are; CJK is one by one."""
    text = "⚡ Running: a_b `c` ✗ exit 101  +12 −3 −0 👩‍👩‍👧‍👦🇺🇦 日本"
    assert " ".join(words(text)) == "⚡ Running a b c ✗ exit 101 +12 −3 👩‍👩‍👧‍👦 🇺🇦 日 本"


def test_task_markers_are_punctuation() -> None:
    """However a renderer draws a task's box, it is no word."""
    assert words("- [x] done\n• ☐ open\n☑ To-do") == ["done", "open", "☑", "To", "do"]


def test_tokens_know_where_lines_and_links_begin() -> None:
    """The first token of each line says so, and the first of the link."""
    found = tokens("a b\n\nc", link=3)
    assert [(token.text, token.opens_line, token.opens_link) for token in found] == [
        ("a", True, True),
        ("b", False, False),
        ("c", True, False),
    ]
    assert {token.link for token in found} == {3}
