"""Runs `python -m bot` as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.config import Config

ROOT = Path(__file__).parents[2]
OURS = frozenset(name.upper() for name in Config.model_fields)


def bot(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end with only these variables of ours set."""
    inherited = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**inherited, "PYTHONPATH": str(ROOT), **variables},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
