"""Runs `python -m bot` as a person would."""

from __future__ import annotations

import os
import pty
import resource
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path

from bot.config import Config

ROOT = Path(__file__).parents[2]
OURS = frozenset(name.upper() for name in Config.model_fields)


def bot(
    *arguments: str, cwd: Path, largest_file_bytes: int | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end with only these variables of ours set.

    With `largest_file_bytes` no file may grow beyond, as on a full disk.
    """
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env=_environment(variables),
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=None if largest_file_bytes is None else partial(_limit, largest_file_bytes),
    )


def in_a_terminal(*arguments: str, cwd: Path, **variables: str) -> str:
    """Run a command that succeeds on a terminal of its own; return what the terminal got."""
    ours, its = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", *arguments],
        env=_environment(variables),
        cwd=cwd,
        stdin=its,
        stdout=its,
        stderr=its,
    )
    os.close(its)
    shown = b""
    with suppress(OSError):  # Linux ends a terminal nobody writes to any more so
        while part := os.read(ours, 4096):
            shown += part
    os.close(ours)
    assert process.wait(timeout=60) == 0, shown
    return shown.decode()


def _limit(largest_file_bytes: int) -> None:
    # Python ignores the signal, so that writing fails as it does where no room is left.
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file_bytes, largest_file_bytes))


def _environment(variables: dict[str, str]) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return {**inherited, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **variables}
