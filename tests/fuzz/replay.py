"""Runs a target on a corpus and prints, as JSON, which branches of its modules were taken."""

from __future__ import annotations

import contextlib
import json
import random
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import coverage

from tests.fuzz.worker import load


def measure(name: str, corpus: Path) -> dict[str, Any]:
    """Count the branches that are there and that were taken; name the others by their lines."""
    watch = coverage.Coverage(branch=True, data_file=None, config_file=False, source=["bot"])
    watch.start()
    module = load(name)
    for path in sorted(corpus.iterdir()):
        with contextlib.suppress(Exception):
            module.target(path.read_bytes())
    watch.stop()
    return _summed(_report(watch), tuple(module.MODULES))


def _report(watch: coverage.Coverage) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        outfile = Path(folder) / "coverage.json"
        watch.json_report(outfile=str(outfile))
        found: dict[str, Any] = json.loads(outfile.read_text("utf-8"))["files"]
        return found


def _summed(files: dict[str, Any], modules: tuple[str, ...]) -> dict[str, Any]:
    paths = tuple(module.replace(".", "/") for module in modules)
    chosen = {
        name: one for name, one in files.items()
        if any(name == f"{path}.py" or name.startswith(f"{path}/") for path in paths)
    }  # fmt: skip
    return {
        "branches": sum(one["summary"]["num_branches"] for one in chosen.values()),
        "taken": sum(one["summary"]["covered_branches"] for one in chosen.values()),
        "missed": {
            name: one["missing_branches"] for name, one in chosen.items() if one["missing_branches"]
        },
    }


def seeds(folder: Path, count: int = 300) -> None:
    """Write inputs of all lengths to begin with, the same ones each time."""
    dice = random.Random(count)
    for number in range(count):
        data = dice.randbytes(dice.choice((8, 40, 120, 400, 900)))
        (folder / f"seed-{number:03}").write_bytes(data)


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1], Path(sys.argv[2]))))
