"""Chains made from units by the plainest possible renderer: what the comparison is tried on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tests.units.turn import Turn

LINK_CHARS = 1200


def chain(turn: Turn, texts: Sequence[str] | None = None, chars: int = LINK_CHARS) -> list[str]:
    """Return the links of a turn that shows `texts` (its units' texts), with all their chrome."""
    shown = [unit.text for unit in turn.units] if texts is None else texts
    pages = _pages("\n\n".join(shown).split("\n"), chars)
    first, *later = pages
    links = [f"🤖 Task: The title\nCLAUDE_CODE · vk/1a2b\n{turn.prompt}\n\n{first}"]
    links += [f"↪ The title\n\n{page}" for page in later]
    links[-1] += f"\n\n{turn.end} · 12 s"
    if turn.cleanup_warning:
        links[-1] += f"\n{turn.cleanup_warning}"
    return links


def _pages(lines: Iterable[str], chars: int) -> list[str]:
    """Fill pages line by line; a line that is too long for one is cut anywhere."""
    pages = [""]
    for line in lines:
        rest = line
        while len(pages[-1]) + len(rest) + 1 > chars:
            room = chars - len(pages[-1]) - 1 if not pages[-1].strip() else 0
            pages[-1] += rest[:room]
            rest = rest[room:]
            pages.append("")
        pages[-1] += rest + "\n"
    return pages
