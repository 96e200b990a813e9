"""Reads mutmut's counts and fails when the tests let too many changes of the core through."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

REQUIRED = 0.85
"""Least share of the mutants that a test has to notice; survivors are named in CONTRIBUTING.md."""

STATS = Path("mutants") / "mutmut-cicd-stats.json"


def score(counts: Mapping[str, int]) -> float:
    """Return the share of noticed mutants; one that no test runs was not noticed."""
    noticed = counts["killed"] + counts["timeout"] + counts["segfault"]
    missed = counts["survived"] + counts["no_tests"] + counts["suspicious"]
    return noticed / (noticed + missed) if noticed + missed else 0.0


def main() -> int:
    """Print the score and the survivors; returns the process's exit code."""
    mutmut = [sys.executable, "-m", "mutmut"]
    subprocess.run([*mutmut, "export-cicd-stats"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*mutmut, "results"], check=True)
    reached = score(json.loads(STATS.read_text(encoding="utf-8")))
    print(f"{reached:.1%} of the mutants were noticed, {REQUIRED:.0%} are required")
    return 0 if reached >= REQUIRED else 1


if __name__ == "__main__":
    sys.exit(main())
