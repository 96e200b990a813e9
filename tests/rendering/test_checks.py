"""What test runners say is read from the output of commands."""

from __future__ import annotations

import time

import pytest

from bot.entries.model import CommandRun, Excerpt, Tool, ToolStatus
from bot.rendering.checks import Checks, checks_of, counted
from tests.fakes.stories import entry


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("===== 12 passed in 0.31s =====", Checks(12)),
        ("12 passed, 3 skipped in 4.00s", Checks(12, 0, 3)),
        ("= 1 failed, 2 passed, 1 error in 1.2s =", Checks(2, 2)),
        (
            "test result: ok. 4 passed; 0 failed; 1 ignored; 0 measured\n\n"
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured",
            Checks(5, 2, 1),
        ),
        ("Ran 5 tests in 0.001s\n\nOK", Checks(5)),
        ("Ran 5 tests in 0.001s\n\nFAILED (failures=1, errors=1, skipped=1)", Checks(2, 2, 1)),
        ("Tests:       1 failed, 2 skipped, 9 passed, 12 total", Checks(9, 1, 2)),
        ("      Tests  3 passed (3)", Checks(3)),
        ("  7 passing (20ms)\n  2 failing", Checks(7, 2)),
        (
            "--- PASS: TestA (0.00s)\n--- FAIL: TestB (0.00s)\n    --- SKIP: TestB/x",
            Checks(1, 1, 1),
        ),
    ],
)
def test_runners(output: str, counts: Checks) -> None:
    """Each runner's summary is understood."""
    assert counted("some line before\n" + output + "\nand one after") == counts


@pytest.mark.parametrize(
    "output",
    [
        "",
        "All 3 tests passed",
        "2 files passed review",
        "passed",
        "compiled in 3.2s",
        "Tests: none",
    ],
)
def test_other_words(output: str) -> None:
    """What is no summary is none."""
    assert not counted(output)


def test_a_command_that_ran_again_counts_once() -> None:
    """The last run of a command is how it stands."""

    def ran(number: int, said: str, command: str = "pytest") -> object:
        return entry(number, Tool(CommandRun(command, Excerpt(said)), ToolStatus.SUCCEEDED))

    entries = [
        ran(1, "1 failed in 0.1s"),
        ran(2, "2 passed in 0.1s"),
        ran(3, "4 passed in 1s", "x"),
    ]
    assert checks_of(entries) == Checks(6)  # type: ignore[arg-type]  # entries, made above


def test_hostile_output_takes_no_longer() -> None:
    """Twice the output takes about twice as long."""

    def took(size: int) -> float:
        text = ("1 passed " * size + "\n= " * size) + "-" * size
        began = time.process_time()
        for _ in range(5):
            counted(text)
        return time.process_time() - began

    took(2_000)
    assert took(40_000) < 20 * max(took(10_000), 0.001)


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("\x1b[32m== \x1b[1m4 passed\x1b[0m\x1b[32m in 0.10s\x1b[0m ==", Checks(4)),
        ("test result: \x1b[32mok\x1b[0m. 4 passed; 0 failed; 1 ignored", Checks(4, 0, 1)),
        ("\x1b[2m Tests \x1b[22m \x1b[1m\x1b[32m2 passed\x1b[39m\x1b[22m (2)", Checks(2)),
    ],
)
def test_colours_do_not_hide_it(output: str, counts: Checks) -> None:
    """Runners colour their summary."""
    assert counted(output) == counts


def test_a_failure_is_not_told_after_a_run_that_is_not_held() -> None:
    """The last run may have passed; the one before it says nothing any more."""
    failed = Excerpt("1 failed, 3 passed in 1.0s", tail=True)
    runs = [
        entry(1, Tool(CommandRun("pytest", failed), ToolStatus.FAILED)),
        entry(2, Tool(CommandRun("pytest"), ToolStatus.SUCCEEDED)),
    ]
    assert not checks_of(runs)
