"""Recognises what test runners say in the output of commands."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.entries.model import CommandRun, Entry, Tool
from bot.rendering.plain import clean


@dataclass(frozen=True, slots=True)
class Checks:
    """How many tests passed, failed and were skipped."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Checks) -> Checks:
        return Checks(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )

    def __bool__(self) -> bool:
        return bool(self.passed or self.failed or self.skipped)


_CARGO = re.compile(
    r"^test result: \w+\. (\d{1,9}) passed; (\d{1,9}) failed; (\d{1,9}) ignored", re.MULTILINE
)
_PYTEST = re.compile(
    r"^=* ?(\d{1,9} (?:passed|failed|skipped|errors?)\b[^\n]{0,120}) in [\d.]+s", re.MULTILINE
)
_UNITTEST = re.compile(r"^Ran (\d{1,9}) tests? in [\d.]+s\s+(OK|FAILED)([^\n]{0,80})", re.MULTILINE)
_JEST = re.compile(r"^ *Tests:? +([^\n]{0,120}\d{1,9} (?:passed|failed)[^\n]{0,80})$", re.MULTILINE)
_MOCHA = re.compile(r"^ *(\d{1,9}) passing\b", re.MULTILINE)
_MOCHA_FAILING = re.compile(r"^ *(\d{1,9}) failing\b", re.MULTILINE)
_GO = re.compile(r"^ *--- (PASS|FAIL|SKIP): ", re.MULTILINE)
_COUNT = re.compile(r"(\d{1,9}) (passed|failed|skipped|errors?|todo|pending|failures?)")
_UNITTEST_COUNT = re.compile(r"(failures|errors|skipped)=(\d{1,9})")

_FAILED = frozenset({"failed", "error", "errors", "failure", "failures"})


def checks_of(entries: Iterable[Entry]) -> Checks:
    """Add up what the commands of a turn said of tests; empty where nothing is recognised.

    The same command counts once, as it came out last: it was run again after a mend. Where the
    last output is not held, what came out before says nothing any more.
    """
    runs: dict[str, Checks] = {}
    for entry in entries:
        content = entry.content
        if isinstance(content, Tool) and isinstance(content.action, CommandRun):
            output = content.action.output
            runs[content.action.command] = counted(output.text) if output else Checks()
    return sum(runs.values(), Checks())


def counted(output: str) -> Checks:
    """Read the summary of the runner that wrote this; linear in its length."""
    text = clean(output)  # Runners colour what they count.
    return next((counts for read in _READERS if (counts := read(text))), Checks())


def _cargo(output: str) -> Checks:
    found = [Checks(*map(int, match.groups())) for match in _CARGO.finditer(output)]
    return sum(found, Checks())


def _pytest(output: str) -> Checks:
    found = list(_PYTEST.finditer(output))
    return _words(found[-1][1]) if found else Checks()


def _jest(output: str) -> Checks:
    found = _JEST.search(output)
    return _words(found[1]) if found else Checks()


def _words(summary: str) -> Checks:
    total = Checks()
    for number, word in _COUNT.findall(summary):
        if word == "passed":
            total += Checks(passed=int(number))
        elif word in _FAILED:
            total += Checks(failed=int(number))
        else:
            total += Checks(skipped=int(number))
    return total


def _unittest(output: str) -> Checks:
    found = _UNITTEST.search(output)
    if found is None:
        return Checks()
    told = {word: int(number) for word, number in _UNITTEST_COUNT.findall(found[3])}
    failed, skipped = told.get("failures", 0) + told.get("errors", 0), told.get("skipped", 0)
    return Checks(max(0, int(found[1]) - failed - skipped), failed, skipped)


def _mocha(output: str) -> Checks:
    passing, failing = _MOCHA.search(output), _MOCHA_FAILING.search(output)
    return Checks(int(passing[1]) if passing else 0, int(failing[1]) if failing and passing else 0)


def _go(output: str) -> Checks:
    said = [match[1] for match in _GO.finditer(output)]
    return Checks(said.count("PASS"), said.count("FAIL"), said.count("SKIP"))


_READERS: tuple[Callable[[str], Checks], ...] = (
    _cargo, _pytest, _unittest, _jest, _mocha, _go,
)  # fmt: skip
