"""A script's output, folded."""

from bot.backend.script_output import KEPT_CHARS, ScriptOutput
from bot.entries.model import EXCERPT_LINES


def test_chunks_are_joined() -> None:
    """A chunk may end anywhere."""
    output = ScriptOutput()
    for chunk in ("a", "b\nc", "\n"):
        output.append(chunk)
    excerpt = output.excerpt()
    assert excerpt is not None
    assert excerpt.text == "ab\nc"


def test_memory_is_bounded_and_every_line_counted() -> None:
    """What was dropped long ago still counts as left out."""
    output = ScriptOutput()
    lines = KEPT_CHARS
    for number in range(lines):
        output.append(f"line {number}\n")
    excerpt = output.excerpt()
    assert excerpt is not None
    assert excerpt.text.endswith(f"line {lines - 1}")
    assert excerpt.omitted_lines == lines - EXCERPT_LINES
