"""What a recording's server did, when: its frames turned into the steps of a play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from itertools import dropwhile, takewhile
from typing import Any

import msgspec

from .recording import Frame, Outcome, Recording

TERMINAL = frozenset({"completed", "failed", "killed"})

_JUST_BEFORE_S = 0.001


class Kind(Enum):
    """What a step changes."""

    WORKSPACE = auto()
    ROW = auto()
    TRUTH = auto()
    LOG = auto()
    LOG_OPEN = auto()
    LOG_END = auto()
    APPROVAL = auto()
    QUEUE = auto()
    CUT = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One change, at a time of the recording.

    `body` is JSON with the recording's own ids: a patch operation (WORKSPACE, ROW, APPROVAL), a
    row (TRUTH), the queue's answer (QUEUE), or a frame as the log socket sends it (LOG: left where
    it was read, since the frames of one recording may be 18 MB).
    """

    at_s: float
    kind: Kind
    execution: str | None = None
    body: bytes | msgspec.Raw = b""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The steps of a play, and what is served when they have been taken.

    `late_logs` names the executions whose log socket was seen to finish before it began: until
    their LOG_OPEN a client is told so, too.
    """

    steps: tuple[Step, ...]
    replays: dict[str, tuple[msgspec.Raw, ...]]
    late_logs: frozenset[str]
    git_status: dict[str, Any] | None


class _Op(msgspec.Struct, frozen=True):
    op: str
    path: str
    value: Any = None


class _Patch(msgspec.Struct, frozen=True):
    JsonPatch: list[_Op] = []


class _Event(msgspec.Struct, frozen=True):
    data: list[_Op] = []


class _Call(msgspec.Struct, frozen=True):
    method: str
    path: str
    answer: Any = None

    @property
    def data(self) -> Any:
        return self.answer["data"] if isinstance(self.answer, dict) else None


_decode_patch = msgspec.json.Decoder(_Patch).decode
_decode_event = msgspec.json.Decoder(_Event).decode
_decode_call = msgspec.json.Decoder(_Call).decode


def read(recording: Recording) -> Timeline:
    """Turn a recording into steps, ordered by time.

    What its recorder provoked by looking afterwards is left out: the server says it by itself
    when somebody looks.
    """
    outcomes, frames = recording.header.executions, recording.frames
    watched = list(takewhile(lambda frame: not _looks(frame), frames))
    logs = {o.id: _log_steps([f for f in watched if _is_log_of(f, o.id)]) for o in outcomes}
    steps = [step for frame in watched for step in _state_steps(frame)]
    steps += _unsaid(outcomes, steps, {o.id: _final_row(o, frames) for o in outcomes})
    steps += [step for log in logs.values() for step in log]
    return Timeline(
        steps=tuple(sorted(steps, key=lambda step: step.at_s)),
        replays=_replays(frames),
        late_logs=frozenset(_late(watched)),
        git_status=_git_status(frames),
    )


def _looks(frame: Frame) -> bool:
    return frame.on == "http" and _decode_call(frame.frame).method == "GET"


def _is_log_of(frame: Frame, execution: str) -> bool:
    return frame.execution == execution and frame.on in {"normalized", "raw"}


def _state_steps(frame: Frame) -> Iterator[Step]:
    at_s = frame.t / 1000
    if frame.on == "workspaces":
        for op in _decode_patch(frame.frame).JsonPatch:
            yield Step(at_s, Kind.WORKSPACE, None, msgspec.json.encode(op))
    elif frame.on == "events":
        for op in _decode_event(frame.frame).data:
            if op.path.startswith("/execution_processes/"):
                yield Step(at_s, Kind.ROW, op.value["id"], msgspec.json.encode(op))
    elif frame.on == "approvals":
        for op in _decode_patch(frame.frame).JsonPatch:
            yield Step(at_s, Kind.APPROVAL, None, msgspec.json.encode(op))
    elif frame.on == "http":
        call = _decode_call(frame.frame)
        if call.path.endswith("/queue"):
            yield Step(at_s, Kind.QUEUE, None, msgspec.json.encode(call.data))


def _log_steps(frames: list[Frame]) -> list[Step]:
    """Follow one log socket, opened again after it was refused or finished before it began."""
    spoken = [frame for frame in frames if not _says(frame, "closed", "refused")]
    content = list(dropwhile(lambda frame: _says(frame, "finished"), spoken))
    if not content:
        return []
    steps = [Step(content[0].t / 1000, Kind.LOG_OPEN, content[0].execution)]
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


def _unsaid(
    outcomes: Iterable[Outcome], steps: list[Step], truths: dict[str, dict[str, Any] | None]
) -> Iterator[Step]:
    """Add the ends that no stream told: HTTP knew them just before the workspace's last word."""
    for outcome in outcomes:
        rows = [step for step in steps if step.kind is Kind.ROW and step.execution == outcome.id]
        told = any(msgspec.json.decode(s.body)["value"]["status"] in TERMINAL for s in rows)
        if outcome.status not in TERMINAL or told or not rows:
            continue
        born = msgspec.json.decode(rows[0].body)["value"]
        end = {"status": outcome.status, "exit_code": outcome.exit_code}
        at_s = max(s.at_s for s in steps if s.kind in {Kind.WORKSPACE, Kind.ROW}) - _JUST_BEFORE_S
        truth = msgspec.json.encode(truths[outcome.id] or born | end)
        yield Step(at_s, Kind.TRUTH, outcome.id, truth)
        yield Step(at_s, Kind.LOG_OPEN, outcome.id)
        yield Step(at_s, Kind.LOG_END, outcome.id)


def _final_row(outcome: Outcome, frames: Iterable[Frame]) -> dict[str, Any] | None:
    path = f"/api/execution-processes/{outcome.id}"
    for frame in frames:
        if frame.on == "http" and (call := _decode_call(frame.frame)).path == path:
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
        if frame.on == "http" and (call := _decode_call(frame.frame)).path.endswith("/git/status"):
            status: dict[str, Any] = call.data[0]
            return status
    return None
