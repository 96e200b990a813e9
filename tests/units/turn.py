"""Whole turns of a recording: which units a chat must show, in order, and how each turn ended."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.kanban.recording import Recording
from tests.units.entry import Shown, shown_entry, shown_script
from tests.units.log import LoggedExecution, executions

_SCRIPT_REASONS = frozenset({"setupscript", "cleanupscript"})
_DAMAGE = re.compile("\ufffd+")


@dataclass(frozen=True, slots=True)
class Unit:
    """One visible entry; `key` names it in problems (see `Shown` for the forms of its text)."""

    key: str
    kind: str
    text: str
    early: str | None = None
    late: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One prompt's chain of executions; `end` is the end line without its duration."""

    prompt: str | None
    executions: tuple[LoggedExecution, ...]
    units: tuple[Unit, ...]
    end: str
    cleanup_warning: str | None = None


def units(recording: Recording) -> list[Unit]:
    """Return every unit of a recording, turn by turn."""
    return [unit for turn in turns(recording) for unit in turn.units]


def turns(recording: Recording) -> tuple[Turn, ...]:
    """Return the turns of a recording: setups go with the next agent, cleanups with the last."""
    groups: list[list[LoggedExecution]] = []
    spoken = True
    for execution in executions(recording):
        agent = execution.run_reason == "codingagent"
        if not agent and execution.run_reason not in _SCRIPT_REASONS:
            continue
        if spoken and execution.context != "CleanupScript":
            groups.append([])
        spoken = agent or execution.context == "CleanupScript"
        groups[-1].append(execution)
    return tuple(_turn(group) for group in groups)


def _turn(group: list[LoggedExecution]) -> Turn:
    """Return one turn."""
    agent = next((one for one in group if one.run_reason == "codingagent"), None)
    cleanup = next((one for one in group if one.context == "CleanupScript"), None)
    return Turn(
        prompt=agent.prompt if agent else None,
        executions=tuple(group),
        units=tuple(unit for execution in group for unit in _units(execution)),
        end=_agent_end(agent) if agent else _failed(group[-1].exit_code),
        cleanup_warning=_warning(cleanup),
    )


def _units(execution: LoggedExecution) -> Iterable[Unit]:
    """Return the units of one execution; an answer said again takes the place of the first."""
    if execution.run_reason in _SCRIPT_REASONS:
        shown = shown_script(
            execution.context, execution.status, execution.exit_code, execution.output
        )
        return [_unit(f"{execution.id}/script", shown)]
    found: list[Unit] = []
    for position, entry in execution.entries:
        visible = shown_entry(entry)
        if visible is None:
            continue
        unit = _unit(f"{execution.id}/{position}", visible)
        if found and _again(found[-1], unit):
            found.pop()
        found.append(unit)
    return found


def _unit(key: str, shown: Shown) -> Unit:
    """Name what is shown."""
    return Unit(key, shown.kind, shown.text, shown.early, shown.late)


def _again(first: Unit, second: Unit) -> bool:
    """Whether two answers in a row are one, but for damaged characters."""
    if first.kind != "assistant_message" or second.kind != "assistant_message":
        return False
    pattern = ".{0,4}".join(re.escape(part) for part in _DAMAGE.split(first.text))
    return re.fullmatch(pattern, second.text, re.DOTALL) is not None


def _agent_end(agent: LoggedExecution) -> str:
    """Return the end line that an agent's row calls for."""
    match agent.status:
        case "completed":
            return "✅ Done"
        case "killed":
            return "⏹ Stopped"
        case "failed" if agent.exit_code is not None:
            return _failed(agent.exit_code)
        case _:
            return "⚠️ Interrupted" if _spoke(agent) else "❌ Could not start"


def _spoke(agent: LoggedExecution) -> bool:
    """Whether anything came from the agent itself."""
    kinds = {entry["entry_type"]["type"] for _, entry in agent.entries}
    return not kinds <= {"error_message", "system_message", "token_usage_info"}


def _failed(exit_code: int | None) -> str:
    """Return the end line of a failure."""
    return f"❌ Failed (exit {exit_code})"


def _warning(cleanup: LoggedExecution | None) -> str | None:
    """Return the line that a failed cleanup adds."""
    if cleanup is None or cleanup.status != "failed":
        return None
    return f"⚠️ cleanup failed (exit {cleanup.exit_code})"
