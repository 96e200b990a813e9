"""Texts as agents write them, and texts as nobody should."""

from __future__ import annotations

from hypothesis import strategies as st

from bot.rendering.entities import Entity
from bot.rendering.rich_text import RichText

TYPES = (
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "code",
    "pre",
    "blockquote",
    "expandable_blockquote",
    "text_link",
    "date_time",
)

_WORDS = st.sampled_from(
    ["word", "Two words.", "schön", "日本語。", "👩‍👩‍👧‍👦", "🇺🇦", "e\u0301", "a_b_c", "12", "3. x"]
)
_INLINE = st.one_of(
    _WORDS,
    _WORDS.map(lambda word: f"**{word}**"),
    _WORDS.map(lambda word: f"*{word}*"),
    _WORDS.map(lambda word: f"`{word}`"),
    _WORDS.map(lambda word: f"[{word}](https://example.com/a?b=c)"),
    st.sampled_from(["**open", "`open", "[a](", "<b>", "$5", "~~", "\\*", "__init__", "&amp;"]),
)
_LINE = st.lists(_INLINE, min_size=1, max_size=12).map(" ".join)
_PARAGRAPH = st.lists(_LINE, min_size=1, max_size=4).map("\n".join)
_CODE = st.lists(
    st.sampled_from(["x = 1", "    indented", "", "# no heading", "* no list", "ключ = '🦀'"]),
    max_size=12,
).map("\n".join)


def _listed(lines: list[str]) -> str:
    return "\n".join(f"{'  ' * (n % 3)}- {line}" for n, line in enumerate(lines))


def _numbered(lines: list[str]) -> str:
    return "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 3))


def _table(rows: list[tuple[str, str]]) -> str:
    lines = [f"| {a} | {b} |" for a, b in rows]
    return "\n".join([lines[0], "|---|---|", *lines[1:]])


_BLOCK = st.one_of(
    _PARAGRAPH,
    _LINE.map(lambda line: f"## {line}"),
    st.lists(_LINE, min_size=1, max_size=5).map(_listed),
    st.lists(_LINE, min_size=1, max_size=5).map(_numbered),
    _PARAGRAPH.map(lambda text: "\n".join(f"> {line}" for line in text.split("\n"))),
    _CODE.map(lambda text: f"```python\n{text}\n```"),
    _CODE.map(lambda text: f"- item\n  ~~~\n  {text}\n  ~~~\n  rest"),
    st.lists(st.tuples(_WORDS, _WORDS), min_size=1, max_size=6).map(_table),
    st.sampled_from(["***", "<div>\nhtml\n</div>", "[ref]: https://example.com", "    code"]),
)

markdown = st.lists(_BLOCK, min_size=1, max_size=6).map("\n\n".join)
"""Whole answers."""

hostile = st.text(alphabet="*_`~[]()<>#-|!\\ \n\ta1.é🦀", max_size=300)
"""Nothing but markup, in any order."""


@st.composite
def rich_texts(draw: st.DrawFn, alphabet: str = "ab \n😀") -> RichText:
    """Any text with any entities on it, in conflict or not."""
    text = draw(st.text(alphabet=alphabet, min_size=1, max_size=12))
    entities = draw(st.lists(_entities(len(text)), max_size=6))
    return RichText(text, tuple(entities))


@st.composite
def _entities(draw: st.DrawFn, length: int) -> Entity:
    start = draw(st.integers(0, length - 1))
    end = draw(st.integers(start + 1, length))
    type_ = draw(st.sampled_from(TYPES))
    return Entity(
        type_,
        start,
        end - start,
        url="https://example.com/" if type_ == "text_link" else None,
        unix_time=1 if type_ == "date_time" else None,
    )
