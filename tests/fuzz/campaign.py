"""Runs the targets side by side for a given time each, and tells what came of it as a table."""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.replay import seeds
from tests.fuzz.worker import TARGETS

INPUT_BYTES = 1024
INPUT_SECONDS = 25
"""An input that takes longer is a finding."""

MEMORY_MB = 2048
_EXECUTED = re.compile(r"stat::number_of_executed_units:\s*(\d+)")


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one target's run."""

    target: str
    seconds: float
    executions: int
    branches: int
    taken: int
    missed: dict[str, Any]
    findings: int

    @property
    def line(self) -> str:
        """The row of the table."""
        share = 100 * self.taken / self.branches if self.branches else 0.0
        covered = f"{share:.1f} % ({self.taken} of {self.branches})"
        cells = (self.target, f"{self.seconds:.0f}", f"{self.executions:,}", covered, self.findings)
        return f"| {' | '.join(map(str, cells))} |"


def run(
    target: str, seconds: float, folder: Path, clock: Callable[[], float] = time.monotonic
) -> Result:
    """Fuzz one target until its time is over, beginning again after an input that ended a run."""
    corpus, findings = folder / target / "corpus", folder / target / "findings"
    for one in (corpus, findings):
        one.mkdir(parents=True, exist_ok=True)
    seeds(corpus)
    begun, executions = clock(), 0
    while (left := seconds - (clock() - begun)) >= 1:
        executions += _fuzz(target, int(left), corpus, findings)
    spent = clock() - begun
    covered = json.loads(_python("tests.fuzz.replay", target, str(corpus)).stdout)
    kept = sum(path.suffix != ".txt" for path in findings.iterdir())
    return Result(
        target, spent, executions, covered["branches"], covered["taken"], covered["missed"], kept
    )


def _fuzz(target: str, seconds: int, corpus: Path, findings: Path) -> int:
    done = _python(
        "tests.fuzz.worker",
        target,
        str(findings),
        f"-max_total_time={seconds}",
        f"-max_len={INPUT_BYTES}",
        f"-timeout={INPUT_SECONDS}",
        f"-report_slow_units={INPUT_SECONDS}",
        f"-rss_limit_mb={MEMORY_MB}",
        f"-artifact_prefix={findings}/",
        "-print_final_stats=1",
        str(corpus),
    )
    found = _EXECUTED.search(done.stderr)
    if found is None:
        raise RuntimeError(f"The fuzzer did not run: {done.stderr[-2000:]}")
    return int(found[1])


def _python(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)


def main() -> None:
    """Read the arguments, run, print the table, and fail when something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"))
    parser.add_argument("targets", nargs="*", default=list(TARGETS))
    chosen = parser.parse_args()
    print(
        "| target | seconds | executions | branches taken | findings |",
        "|---|---|---|---|---|",
        sep="\n",
    )
    with ThreadPoolExecutor(chosen.jobs) as pool:
        results = list(
            pool.map(lambda one: _told(run(one, chosen.seconds, chosen.folder)), chosen.targets)
        )
    for result in results:
        for name, branches in result.missed.items():
            print(f"{result.target}: not taken in {name}: {branches}")
    if any(result.findings for result in results):
        sys.exit(f"Findings are in {chosen.folder}/<target>/findings.")


def _told(result: Result) -> Result:
    print(result.line, flush=True)
    return result
