"""Runs one target under a coverage-guided fuzzer until its time is over; a process of its own."""

from __future__ import annotations

import hashlib
import importlib
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog

TARGETS = (
    "decoding", "folding", "rendering", "paginating", "markdown", "masking", "commands", "taps",
)  # fmt: skip


class Findings:
    """Keeps one input of every kind of failure, and lets the run go on."""

    def __init__(self, target: Callable[[bytes], None], folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._known = {path.stem for path in folder.glob("*.input")}

    def __call__(self, data: bytes) -> None:
        """Run the target on one input."""
        try:
            self._target(data)
        except Exception as error:  # noqa: BLE001 - every kind of failure is what is looked for
            self._keep(data, error)

    def _keep(self, data: bytes, error: Exception) -> None:
        place = traceback.extract_tb(error.__traceback__)
        where = next((f for f in reversed(place) if "/bot/" in f.filename), place[-1])
        said = str(error) if isinstance(error, AssertionError) else ""
        told = f"{type(error).__name__} {where.filename}:{where.lineno} {said}"
        name = hashlib.sha256(told.encode()).hexdigest()[:12]
        if name in self._known:
            return
        self._known.add(name)
        (self._folder / f"{name}.input").write_bytes(data)
        trace = "".join(traceback.format_exception(error, limit=-12))
        (self._folder / f"{name}.txt").write_text(trace, "utf-8", errors="replace")


def load(name: str) -> Any:
    """Import a target's module; logs of what it provokes go nowhere."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    return importlib.import_module(f"tests.fuzz.{name}")


def main(name: str, findings: str, *options: str) -> None:
    """Fuzz; `options` are libFuzzer's, with the corpus last."""
    atheris: Any = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["bot"]):
        target = load(name).target
    atheris.Setup([sys.argv[0], *options], Findings(target, Path(findings)))
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
