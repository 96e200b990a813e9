"""What the terminal can show."""

from __future__ import annotations

import sys
from io import TextIOWrapper


def survive_poor_ones() -> None:
    """Let characters that cannot be shown become question marks, not a traceback."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")


def shows(text: str) -> bool:
    """Say whether these characters can be printed."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
