"""An answer that a backend sends twice: first with cut characters, then mended (or just again)."""

from __future__ import annotations

import re

from bot.entries.model import Answer

DAMAGE = "\N{REPLACEMENT CHARACTER}"
_CUT = re.compile(f"{DAMAGE}+")
_ANY = r"[\s\S]{1,4}"
"""What may have stood where one character was cut."""


def same_answer(first: Answer, second: Answer) -> bool:
    """Tell whether two answers are equal, but for damage in either."""
    if first.text == second.text:
        return True
    return _mends(first.text, second.text) or _mends(second.text, first.text)


def _mends(damaged: str, whole: str) -> bool:
    if DAMAGE not in damaged or abs(len(damaged) - len(whole)) > 4 * damaged.count(DAMAGE):
        return False
    pattern = _ANY.join(re.escape(piece) for piece in _CUT.split(damaged))
    return re.fullmatch(pattern, whole) is not None
