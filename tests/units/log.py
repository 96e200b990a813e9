"""The final truth of a recording: its executions in order, each with its entries or its output."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.kanban.recording import Frame, Outcome, Recording


@dataclass(frozen=True, slots=True)
class LoggedExecution:
    """One execution as the recording leaves it.

    `entries` are `(position, normalized entry)` in the order of the live log; `output` is what a
    script printed, stdout and stderr as they came. `context` names the script's purpose.
    """

    id: str
    run_reason: str
    status: str
    exit_code: int | None
    context: str | None
    prompt: str | None
    entries: tuple[tuple[int, Mapping[str, Any]], ...]
    output: str


def executions(recording: Recording) -> tuple[LoggedExecution, ...]:
    """Return the executions of a recording in the order in which their rows appeared."""
    actions = _actions(recording.frames)
    final = {outcome.id: outcome for outcome in recording.header.executions}
    return tuple(
        _execution(final[id_], action, recording.frames) for id_, action in actions.items()
    )


def positions(recording: Recording, execution_id: str, log: str) -> list[int]:
    """Return the positions of the entries that one of an execution's logs leaves, in order."""
    return sorted(_folded(_ops(recording.frames, execution_id, log)))


def _actions(frames: Iterable[Frame]) -> dict[str, Mapping[str, Any]]:
    """Return each execution's action as its row told it first."""
    found: dict[str, Mapping[str, Any]] = {}
    for frame in frames:
        if frame.on != "events":
            continue
        for op in _decoded(frame)["data"]:
            if op["path"].startswith("/execution_processes/") and "value" in op:
                found.setdefault(op["value"]["id"], op["value"]["executor_action"]["typ"])
    return found


def _execution(
    row: Outcome, action: Mapping[str, Any], frames: tuple[Frame, ...]
) -> LoggedExecution:
    """Put one execution together; what was read again after its end is truer than what was live."""
    entries = _folded(_ops(frames, row.id, "replay")) or _folded(_ops(frames, row.id, "normalized"))
    raw = _folded(_ops(frames, row.id, "raw"))
    return LoggedExecution(
        id=row.id,
        run_reason=row.run_reason,
        status=row.status,
        exit_code=row.exit_code,
        context=action.get("context"),
        prompt=action.get("prompt"),
        entries=tuple((i, value["content"]) for i, value in sorted(entries.items())),
        output="".join(value["content"] for _, value in sorted(raw.items())),
    )


def _ops(frames: Iterable[Frame], execution_id: str, log: str) -> Iterable[Mapping[str, Any]]:
    """Return the patches of one log, without those that are no JSON."""
    for frame in frames:
        if frame.on == log and frame.execution == execution_id:
            yield from _decoded(frame).get("JsonPatch", ())


def _decoded(frame: Frame) -> Mapping[str, Any]:
    """Return a frame as JSON; a broken one says nothing."""
    try:
        decoded = json.loads(bytes(frame.frame))
    except ValueError:
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _folded(ops: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Return the last state of each entry."""
    entries: dict[int, Mapping[str, Any]] = {}
    for op in ops:
        position = int(op["path"].rsplit("/", 1)[1])
        if op["op"] == "remove":
            entries.pop(position, None)
        else:
            entries[position] = op["value"]
    return entries
