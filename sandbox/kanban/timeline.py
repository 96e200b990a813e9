"""What a recording's server did, when: its frames turned into the steps of a play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import dropwhile, takewhile
from typing import Any

import msgspec

from . import instants
from .decisions import decisions
from .recording import Frame, Outcome, Recording
from .steps import TERMINAL, Kind, Step
from .wire import decode_call, decode_event, decode_patch

_JUST_BEFORE_S = 0.001
_RETRY_S = 0.3
_EXECUTIONS = "/api/execution-processes/"
_BEGINS = ("/start", "/create-and-start", "/follow-up")
_STATES = {"tasks": Kind.TASK, "workspaces": Kind.WORKSPACE, "approvals": Kind.APPROVAL}


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a play, and what is served when they have been taken.

    `late_logs` names the executions whose log socket was seen to finish, or to be refused, before
    it began: until their LOG_OPEN a client is told so, too. `zero_s` is the instant at which the
    recording's time was zero; `changes` is whether its worktree was another in the end.
    """

    zero_s: float
    steps: tuple[Step, ...]
    replays: dict[str, tuple[msgspec.Raw, ...]]
    late_logs: frozenset[str]
    git_status: dict[str, Any] | None
    changes: bool

    def ids(self, kind: Kind) -> set[str]:
        """Name what the patches of one kind are about."""
        paths = (msgspec.json.decode(s.body)["path"] for s in self.steps if s.kind is kind)
        return {path.rpartition("/")[2] for path in paths}


def read(recording: Recording) -> Timeline:
    """Turn a recording into steps, ordered by time.

    What its recorder provoked by looking afterwards is left out: the server says it by itself
    when somebody looks.
    """
    outcomes, frames = recording.header.executions, recording.frames
    watched = list(takewhile(lambda frame: not _looks(frame), frames))
    logs = {o.id: _log_steps([f for f in watched if _is_log_of(f, o.id)]) for o in outcomes}
    steps = [step for frame in watched for step in _state_steps(frame)]
    zero_s = _zero(steps)
    steps += _unannounced(steps, watched, zero_s)
    truths = {o.id: _final_row(o, frames) for o in outcomes}
    steps += [step for o in outcomes for step in _unsaid(o, steps, truths[o.id], logs[o.id])]
    steps += [step for log in logs.values() for step in log]
    steps = [*decisions(watched, steps), *steps]
    status = _git_status(frames)
    return Timeline(
        zero_s=zero_s,
        steps=tuple(sorted(steps, key=lambda step: step.at_s)),
        replays=_replays(frames),
        late_logs=frozenset(_late(watched)),
        git_status=status,
        changes=bool(status and (status["commits_ahead"] or status["has_uncommitted_changes"])),
    )


def _zero(steps: Iterable[Step]) -> float:
    first = next(step for step in steps if step.kind is Kind.WORKSPACE)
    created: str = msgspec.json.decode(first.body)["value"]["created_at"]
    return instants.parse(created) - first.at_s


def _looks(frame: Frame) -> bool:
    if frame.on != "http":
        return False
    call = decode_call(frame.frame)
    return call.method == "GET" and call.path.startswith(_EXECUTIONS)


def _is_log_of(frame: Frame, execution: str) -> bool:
    return frame.execution == execution and frame.on in {"normalized", "raw"}


def _state_steps(frame: Frame) -> Iterator[Step]:
    at_s = frame.t / 1000
    if kind := _STATES.get(frame.on):
        for op in decode_patch(frame.frame).JsonPatch:
            yield Step(at_s, kind, None, msgspec.json.encode(op))
    elif frame.on == "events":
        for op in decode_event(frame.frame).data:
            if op.path.startswith("/execution_processes/"):
                yield Step(at_s, Kind.ROW, op.value["id"], msgspec.json.encode(op))
    elif frame.on == "http":
        call = decode_call(frame.frame)
        if call.path.endswith("/queue"):
            yield Step(at_s, Kind.QUEUE, None, msgspec.json.encode(call.data))
        elif call.method == "POST" and call.path.endswith(_BEGINS):
            yield Step(at_s, Kind.ANSWERED, None, msgspec.json.encode(call.status))


def _log_steps(frames: list[Frame]) -> list[Step]:
    """Follow one log socket, opened again after it was refused or finished before it began."""
    refused = [frame.t / 1000 for frame in frames if _says(frame, "refused")]
    spoken = [frame for frame in frames if not _says(frame, "closed", "refused")]
    content = list(dropwhile(lambda frame: _says(frame, "finished"), spoken))
    if not content:
        return []
    begun_s = content[0].t / 1000
    # Who was refused came again after so long, and was let in.
    open_s = min(begun_s, refused[-1] + _RETRY_S) if refused else begun_s
    steps = [Step(open_s, Kind.LOG_OPEN, content[0].execution)]
    for frame in content:
        kind = Kind.LOG_END if _says(frame, "finished") else Kind.LOG
        steps.append(Step(frame.t / 1000, kind, frame.execution, frame.frame))
    return steps


def _says(frame: Frame, *keys: str) -> bool:
    head = bytes(memoryview(frame.frame)[:16])
    return any(head.startswith(b'{"' + key.encode() + b'"') for key in keys)


def _late(frames: Iterable[Frame]) -> Iterator[str]:
    seen: set[str] = set()
    for frame in frames:
        if frame.execution is None or not _is_log_of(frame, frame.execution):
            continue
        if frame.execution not in seen and _says(frame, "finished", "refused"):
            yield frame.execution
        seen.add(frame.execution)


def _unannounced(steps: list[Step], frames: Iterable[Frame], zero_s: float) -> Iterator[Step]:
    """Add the births that no stream told: who asked for a follow-up was given its row."""
    told = {step.execution for step in steps if _is_birth(step)}
    for frame in frames:
        if frame.on == "http" and (call := decode_call(frame.frame)).path.endswith("/follow-up"):
            row = call.data
            if row["id"] not in told:
                at_s = instants.parse(row["created_at"]) - zero_s
                yield Step(at_s, Kind.BIRTH, row["id"], msgspec.json.encode(row))


def _is_birth(step: Step) -> bool:
    return step.kind is Kind.ROW and msgspec.json.decode(step.body)["op"] == "add"


def _unsaid(
    outcome: Outcome, steps: list[Step], truth: dict[str, Any] | None, log: list[Step]
) -> Iterator[Step]:
    """Add the end that no stream told: HTTP knew it just before the workspace's last word."""
    rows = [step for step in steps if step.kind is Kind.ROW and step.execution == outcome.id]
    told = any(msgspec.json.decode(s.body)["value"]["status"] in TERMINAL for s in rows)
    if outcome.status not in TERMINAL or told or not rows:
        return
    born = msgspec.json.decode(rows[0].body)["value"]
    end = {"status": outcome.status, "exit_code": outcome.exit_code}
    at_s = max(s.at_s for s in steps if s.kind in {Kind.WORKSPACE, Kind.ROW}) - _JUST_BEFORE_S
    yield Step(at_s, Kind.TRUTH, outcome.id, msgspec.json.encode(truth or born | end))
    if not log:
        yield Step(at_s, Kind.LOG_OPEN, outcome.id)
        yield Step(at_s, Kind.LOG_END, outcome.id)


def _final_row(outcome: Outcome, frames: Iterable[Frame]) -> dict[str, Any] | None:
    path = f"{_EXECUTIONS}{outcome.id}"
    for frame in frames:
        if frame.on == "http" and (call := decode_call(frame.frame)).path == path:
            row: dict[str, Any] = call.data
            return row
    return None


def _replays(frames: Iterable[Frame]) -> dict[str, tuple[msgspec.Raw, ...]]:
    found: dict[str, list[msgspec.Raw]] = {}
    for frame in frames:
        if frame.on != "replay" or frame.execution is None:
            continue
        entries = found.setdefault(frame.execution, [])
        if not _says(frame, "closed", "finished"):
            entries.append(frame.frame)
    return {execution: tuple(entries) for execution, entries in found.items()}


def _git_status(frames: Iterable[Frame]) -> dict[str, Any] | None:
    for frame in frames:
        if frame.on == "http" and (call := decode_call(frame.frame)).path.endswith("/git/status"):
            status: dict[str, Any] = call.data[0]
            return status
    return None
