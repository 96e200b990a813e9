"""Draws a QR code with the characters of a terminal, dark on light whatever its colours are."""

from __future__ import annotations

from itertools import zip_longest

import segno

BLACK_ON_WHITE = "\x1b[38;5;16;48;5;231m"
"""Colours of their own: a code in a terminal's would be inverted in every dark one."""

RESET = "\x1b[0m"
BORDER = 4
"""How many light modules around a code readers may count on."""

_HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def qr_lines(content: str) -> list[str]:
    """Return the lines to print; each character stands for two modules, one above the other."""
    code = segno.make_qr(content, error="m")
    rows = [[bool(module) for module in row] for row in code.matrix_iter(border=BORDER)]
    light = [False] * len(rows[0])
    pairs = zip_longest(rows[::2], rows[1::2], fillvalue=light)
    return [
        BLACK_ON_WHITE + "".join(_HALVES[halves] for halves in zip(*pair, strict=True)) + RESET
        for pair in pairs
    ]
