from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rendering.markdown import BlockKind, MarkdownBlock, render_block, split_blocks
from bot.rendering.markdown.links import is_public
from bot.rendering.rich_text import RichText
from tests.rendering import oracle
from tests.rendering.strategies import hostile, markdown

Formatted = tuple[str, str]
"""The type of an entity, and the text under it."""


def rendered(source: str) -> RichText:
    """The only block of a source."""
    (block,) = split_blocks(source, complete=True)
    return render_block(block)


def formatting(rich: RichText) -> list[Formatted]:
    """Every entity with its text."""
    return [(e.type, rich.text[e.offset : e.end]) for e in rich.entities]


# --- one block ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "text", "entities"),
    [
        ("a *i* **b**", "a i b", [("italic", "i"), ("bold", "b")]),
        ("~~s~~", "s", [("strikethrough", "s")]),
        ("a `code` b", "a code b", [("code", "code")]),
        ("# Head **x**", "Head x", [("bold", "Head x")]),
        ("Head\n===", "Head", [("bold", "Head")]),
        ("- a", "• a", []),
        ("+ a\n  - b\n    * c", "• a\n  ◦ b\n    ▪ c", []),
        ("7. a", "7. a", []),
        ("7) a", "7) a", []),
        ("- [x] a", "☑ a", []),
        ("- [ ] a", "☐ a", []),
        ("- a\n\n  b", "• a\nb", []),
        ("- # a\n  b", "• a\nb", [("bold", "a")]),
        ("- run:\n  ```sh\n  ls\n  ```\n  then", "• run:\nls\nthen", [("pre", "ls")]),
        ("> q\n> r", "q\nr", [("blockquote", "q\nr")]),
        ("> q\n>\n> - r\n> - s", "q\n\n• r\n• s", [("blockquote", "q\n\n• r\n• s")]),
        ("> > q", "q", [("blockquote", "q")]),
        ("```\nx\n```", "x", [("pre", "x")]),
        ("    x\n    y", "x\ny", [("pre", "x\ny")]),
        ("***", "———", []),
        ("a  \nb\\\nc", "a\nb\nc", []),
        ("&lt;b&gt; &amp;", "<b> &", []),
        ("![picture](https://example.com/p.png)", "picture", [("text_link", "picture")]),
    ],
)  # fmt: skip
def test_renders(source: str, text: str, entities: list[Formatted]) -> None:
    """Each kind of Markdown has its form in Telegram."""
    rich = rendered(source)

    assert (rich.text, formatting(rich)) == (text, entities)


@pytest.mark.parametrize(
    "source",
    [
        "snake_case_name and __init__ and __all__",
        "costs $5 or $10, $HOME and $PATH",
        "a || b || c",
        "2 * 3 * 4 ~5 ~6",
        "Vec<String> and <br> and a <b>c</b>",
        "**bold that never ends",
        "`code that never ends",
        "[link](that never ends",
        "[a][b] and [c]",
        "C:\\path\\name",
        "<div>\n<b>html</b>\n</div>",
    ],
)
def test_keeps_what_is_no_markup(source: str) -> None:
    """Characters that only look like markup stay."""
    assert rendered(source) == RichText(source)


def test_fence_names_its_language() -> None:
    """The first word of the opening line is the language."""
    (entity,) = rendered("```rust,ignore title\nx\n```").entities

    assert entity.language == "rust"


def test_link_to_a_public_host() -> None:
    """A public address is behind its text."""
    rich = rendered("see [the *docs*](https://example.com/a_(b)?c=1#d)")

    assert formatting(rich) == [("text_link", "the docs"), ("italic", "docs")]
    assert rich.entities[0].url == "https://example.com/a_(b)?c=1#d"


@pytest.mark.parametrize(
    ("source", "text", "in_code"),
    [
        ("[a](./src/main.py)", "a (./src/main.py)", "./src/main.py"),
        ("[a](http://localhost:3000/x)", "a (http://localhost:3000/x)", "http://localhost:3000/x"),
        ("[src/a.py](src/a.py)", "src/a.py", "src/a.py"),
        ("[`a.py`](a.py)", "a.py", "a.py"),
        ("<http://localhost:1>", "http://localhost:1", "http://localhost:1"),
    ],
)
def test_link_to_no_public_host(source: str, text: str, in_code: str) -> None:
    """An address that Telegram refuses is shown as code, once."""
    rich = rendered(source)

    assert (rich.text, formatting(rich)) == (text, [("code", in_code)])


@pytest.mark.parametrize(
    ("url", "public"),
    [
        ("https://example.com", True),
        ("http://a.b-c.example:8080/x", True),
        ("https://user@example.com/", True),
        ("HTTPS://EXAMPLE.COM/", True),
        ("https://пример.рф/", True),
        ("https://xn--e1afmkfd.xn--p1ai/", True),
        ("http://localhost/", False),
        ("http://printer.local/", False),
        ("http://127.0.0.1:3000", False),
        ("http://[::1]/", False),
        ("file:///etc/passwd", False),
        ("example.com", False),
        ("README.md", False),
        ("#part", False),
        ("javascript:alert(1)", False),
        ("https:///x.com", False),
    ],
)
def test_public_hosts(url: str, *, public: bool) -> None:
    """Only a web address whose host has a public name is a link."""
    assert is_public(url) is public


def test_table_is_aligned_code() -> None:
    """Columns line up, wide characters counted as two, markup left out."""
    rich = rendered("| name | n |\n|:--|--:|\n| 日本 | **1** |\n| `a|b` | 22 |\n| short |")

    assert rich.text.split("\n")[:3] == ["name  | n", "------+---", "日本  | 1"]
    assert [entity.type for entity in rich.entities] == ["pre"]


def test_long_cell_does_not_widen_its_column_without_end() -> None:
    """One long cell sticks out rather than push the others away."""
    rich = rendered(f"| a | b |\n|---|---|\n| {'x' * 100} | y |\n| 1 | 2 |")

    assert rich.text.split("\n")[3] == "1" + " " * 39 + " | 2"


def test_terminal_codes_are_removed() -> None:
    """Colours and tabs in Markdown do not reach the chat."""
    assert rendered("```\n\x1b[31mred\x1b[0m\tx\n```").text == "red x"


# --- blocks and their places ----------------------------------------------------------------------


def kinds(source: str, start: int = 0) -> list[tuple[BlockKind, int]]:
    """The kind of each block, and the newlines before it."""
    return [(block.kind, block.gap) for block in split_blocks(source, start, complete=True)]


def test_splits_at_the_top_level() -> None:
    """A list is as many blocks as it has items; everything else is one."""
    source = (
        "# h\np\n\n- a\n  - b\n- c\n\n1. d\n\n> q\n\n|a|\n|-|\n\n***\n\n<p>\n\n```\nx\n```\n\n    y"
    )

    assert [kind.value for kind, _gap in kinds(source)] == [
        "heading", "paragraph", "item", "item", "item", "quote", "table", "rule", "plain",
        "fence", "indented",
    ]  # fmt: skip


def test_gaps_follow_the_source() -> None:
    """Blocks are a blank line apart where the source has one; items of one list never are."""
    assert [gap for _kind, gap in kinds("a\n- b\n\n- c\n\n1. d\n```\nx\n```\n\n\ne")] == [
        1, 1, 1, 2, 1, 2,
    ]  # fmt: skip


def test_link_definitions_are_shown() -> None:
    """What the parser swallows is shown as it is written."""
    source = "a\n\n[x]: https://example.com\n\nb"

    assert [render_block(b).text for b in split_blocks(source, complete=True)] == [
        "a", "[x]: https://example.com", "b",
    ]  # fmt: skip


@given(st.one_of(markdown, hostile))
def test_blocks_cover_the_source(source: str) -> None:
    """Nothing but blanks lies between blocks, and each knows its place."""
    position = 0
    for block in split_blocks(source, complete=True):
        assert not source[position : block.start].strip()
        assert source[block.origin :].startswith(block.source)
        position = block.end
    assert not source[position:].strip()


@given(st.one_of(markdown, hostile))
def test_rendering_is_what_telegram_would_store(source: str) -> None:
    """Every block of every text passes TDLib's own code unchanged."""
    for block in split_blocks(source, complete=True):
        rich = render_block(block)
        assert rich.normalised() == rich
        if rich:
            assert oracle.stored(rich) == (rich.text, oracle.spans(rich))


@given(markdown, st.data())
def test_every_beginning_renders(source: str, data: st.DataObject) -> None:
    """A text may stop growing anywhere and still be shown."""
    beginning = source[: data.draw(st.integers(0, len(source)))]

    for block in split_blocks(beginning, complete=False):
        rich = render_block(block)
        assert rich.normalised() == rich


# --- growing text ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "end", ["\n-", "\n- ", "\n```", "\n```py", "\n##", "\n> ", "\n12.", "\n|--|-"]
)
def test_beginning_of_markup_waits(end: str) -> None:
    """A last line that may still become anything is left out while the text grows."""
    growing = split_blocks("a" + end, complete=False)

    assert [render_block(block).text for block in growing] == ["a"]


def test_nothing_waits_in_a_complete_text() -> None:
    """What was held back is shown at the end."""
    assert rendered("a\n**") == RichText("a\n**")


def test_open_fence_is_a_fence() -> None:
    """Code shows as code before its fence is closed."""
    (block,) = split_blocks("```py\nx = 1", complete=False)

    assert formatting(render_block(block)) == [("pre", "x = 1")]
    assert (block.opened, block.open) == (None, "py")


def test_closed_fence_is_closed() -> None:
    """A fence with its last line leaves none open."""
    (block,) = split_blocks("```\nx\n```\n", complete=True)

    assert (block.opened, block.open) == (None, None)


# --- going on in the middle -----------------------------------------------------------------------


def first_from(source: str, mark: str, fence: str | None = None) -> MarkdownBlock:
    """The first block of a source that was shown as far as `mark`."""
    return split_blocks(source, source.index(mark), complete=True, fence=fence)[0]


def test_goes_on_in_a_fence() -> None:
    """The rest of a fence is a fence of the same language."""
    block = first_from("```py\nx = 1\ny = 2\n```\n\nafter", "y = 2", "py")

    assert formatting(render_block(block)) == [("pre", "y = 2")]
    assert (block.language, block.opened) == ("py", "py")


def test_goes_on_in_a_fence_that_only_the_boundary_knows() -> None:
    """The language of an open fence counts where the source no longer shows one."""
    source = "x = 1\ny = 2\n```\n\nafter"

    first, second = split_blocks(source, 6, complete=True, fence="py")

    assert (first.start, first.source, first.language) == (6, "y = 2\n", "py")
    assert source[second.start : second.end] == "after"


def test_goes_on_in_a_table() -> None:
    """The rest of a table has the header again."""
    block = first_from("| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |", "| 3")

    assert render_block(block).text == "a | b\n--+--\n3 | 4"


def test_goes_on_in_an_item() -> None:
    """The rest of an item is not taken for indented code."""
    block = first_from("1. one\n\n     two\n\n   - three", "     two")

    assert render_block(block) == RichText("two\n• three")


def test_goes_on_in_a_fence_inside_an_item() -> None:
    """The rest of a nested fence is code, and what follows it is not."""
    block = first_from("- one\n  ```sh\n  ls\n  pwd\n  ```\n  two", "  pwd")

    assert formatting(render_block(block)) == [("pre", "pwd")]
    assert render_block(block).text == "pwd\ntwo"


@pytest.mark.parametrize("mark", ["> two", "wo"])
def test_goes_on_in_a_quote(mark: str) -> None:
    """The rest of a quote is a quote, wherever it was cut."""
    rich = render_block(first_from("> one\n> two", mark))

    assert [entity.type for entity in rich.entities] == ["blockquote"]
    assert ">" not in rich.text


def test_goes_on_in_a_heading() -> None:
    """The rest of a heading is bold."""
    assert formatting(render_block(first_from("# one two", "two"))) == [("bold", "two")]


# --- hostile input --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "*" * 100_000,
        "[" * 100_000,
        "`" * 100_000,
        "![" * 50_000,
        "> " * 50_000,
        "> - " * 25_000,
        "<" * 100_000,
        "*a **b " * 15_000,
        "[a](" * 25_000,
        "\x1b]" * 50_000,
        "".join("  " * depth + "- x\n" for depth in range(300)),
        "|a|b|\n|-|-|\n" + "|c|d|\n" * 15_000,
        "a" + "\u0301" * 100_000,
    ],
    ids=lambda source: repr(source[:6]),
)
def test_hostile_text_takes_no_longer_than_other_text(source: str) -> None:
    """No text takes more than linear time."""
    started = time.perf_counter()

    blocks = split_blocks(source, complete=True)
    for block in blocks:
        render_block(block)

    assert time.perf_counter() - started < 5


def test_deep_nesting_is_shown_as_written() -> None:
    """What is nested beyond reason is no Markdown."""
    assert rendered("> " * 100 + "x").text == "> " * 100 + "x"
