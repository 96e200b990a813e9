"""How the process takes SIGTERM and SIGINT before the bot listens to them, and after."""

from __future__ import annotations

import signal
from types import FrameType

from bot.live.ending import SIGNALS


def leave_when_told() -> None:
    """End with exit code 0 at once: nothing was begun yet that had to be finished."""
    for number in SIGNALS:
        signal.signal(number, _leave)


def leave_undisturbed() -> None:
    """Hold signals back from here on: everything is stored, the process ends in a moment."""
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)


def _leave(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
