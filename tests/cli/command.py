"""Runs `python -m bot` as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def bot(*arguments: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end with only these variables of ours set."""
    ours = ("TELEGRAM_", "VIBE_KANBAN", "DATABASE_URL", "HOST", "PORT", "API_TOKEN", "PUBLIC_URL")
    inherited = {
        k: v for k, v in os.environ.items() if not k.startswith((*ours, "LOG_", "DEFAULT_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        env={**inherited, "PYTHONPATH": str(ROOT), **variables},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
