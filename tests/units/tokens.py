"""The tokens by which two texts are compared: words, numbers, marks and emoji, no punctuation.

How a text is quoted, indented, punctuated or wrapped is the renderer's affair; which words stand in
it, and in which order, is not.
"""

from __future__ import annotations

from dataclasses import dataclass

import regex

_TOKEN = regex.compile(
    r"""
      (?<!\S)[+\u2212]\d+                                     # counted lines: +12 −3
    | \p{RI}\p{RI}                                            # flags
    | \p{Extended_Pictographic}\p{EMod}?\uFE0F?
      (?:\u200D\p{Extended_Pictographic}\p{EMod}?\uFE0F?)*    # emoji, families as one
    | [\u2713\u2717\u21BB]                                    # ✓ ✗ ↻
    | [\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u30FC]       # one by one
    | (?:(?![\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\u30FC])[\p{L}\p{M}\p{N}])+
    """,
    regex.VERBOSE,
)
_TASK_MARKER = regex.compile(r"^(\s*[^\w\s]?\s*)(?:\[[ xX]\]|[☐☒☑](?! To-do))(?=\s)")
_NO_CHANGE = frozenset({"+0", "\u22120"})


@dataclass(frozen=True, slots=True)
class Token:
    """One token of a chain, its link (from 0), and whether a line, or the link, begins with it."""

    text: str
    link: int = 0
    opens_line: bool = False
    opens_link: bool = False


def words(text: str) -> list[str]:
    """Return the tokens of `text` as bare strings."""
    return [token.text for token in tokens(text)]


def tokens(text: str, link: int = 0) -> list[Token]:
    """Return the tokens of one link's text, in order."""
    found: list[Token] = []
    for line in text.split("\n"):
        opens_line = True
        for match in _TOKEN.finditer(_TASK_MARKER.sub(r"\1", line)):
            word = match.group().replace("\ufe0f", "")
            if word in _NO_CHANGE:
                continue
            found.append(Token(word, link, opens_line, opens_link=not found))
            opens_line = False
    return found
