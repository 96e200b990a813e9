"""An answer that a backend sends twice: first with cut characters, then mended (or just again)."""

from __future__ import annotations

import re

from bot.entries.model import Answer

DAMAGE = "\N{REPLACEMENT CHARACTER}"
MOST_CUTS = 100
"""An answer with more damage is taken as it is: the server cuts one character in 4 KiB."""

_CUT = re.compile(f"{DAMAGE}+")
_LOST = range(1, 5)
"""So many characters may have stood where one was cut."""


def same_answer(first: Answer, second: Answer) -> bool:
    """Tell whether two answers are equal, but for damage in either."""
    if first.text == second.text:
        return True
    return _mends(first.text, second.text) or _mends(second.text, first.text)


def _mends(damaged: str, whole: str) -> bool:
    """Follow every place where the text may go on: a pattern would try all their combinations."""
    if DAMAGE not in damaged or abs(len(damaged) - len(whole)) > 4 * damaged.count(DAMAGE):
        return False
    first, *rest = _CUT.split(damaged, MOST_CUTS)
    ends = {len(first)} if whole.startswith(first) else set()
    for piece in rest:
        begins = {end + lost for end in ends for lost in _LOST}
        ends = {begin + len(piece) for begin in begins if whole.startswith(piece, begin)}
    return len(whole) in ends
