"""Where a recording waited for a person: which approval, from when on, and until when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec

from .entries import tool
from .recording import Frame
from .steps import Kind, Step
from .wire import Call, decode_call, decode_patch

_RESPOND = "/respond"


def decisions(frames: Sequence[Frame], steps: Sequence[Step]) -> Iterator[Step]:
    """Add the moments at which a person decided, and the approvals that no stream told.

    The recorder wrote its call down when it was answered, so what came of it may stand before the
    call: the decision was at the end of the longest silence since the question.
    """
    told = any(step.kind is Kind.APPROVAL for step in steps)
    for frame in frames:
        if frame.on != "http" or not (call := decode_call(frame.frame)).path.endswith(_RESPOND):
            continue
        approval_id = call.path.split("/")[3]
        asked_s = _asked_s(approval_id, frames)
        decided_s = _after_silence(asked_s, frame.t / 1000, steps)
        decision = {"approval_id": approval_id, "verdict": call.body["status"]}
        execution_id = call.body["execution_process_id"]
        yield Step(decided_s, Kind.DECISION, execution_id, msgspec.json.encode(decision))
        if not told:
            yield _change(asked_s, approval_id, _row(approval_id, call, frames))
            yield _change(decided_s, approval_id, None)


def _asked_s(approval_id: str, frames: Iterable[Frame]) -> float:
    return _asks(approval_id, frames).t / 1000


def _asks(approval_id: str, frames: Iterable[Frame]) -> Frame:
    named = approval_id.encode()
    return next(f for f in frames if f.on == "normalized" and named in bytes(f.frame))


def _after_silence(asked_s: float, answered_s: float, steps: Iterable[Step]) -> float:
    times = sorted({s.at_s for s in steps if asked_s <= s.at_s <= answered_s} | {answered_s})
    return max(pairwise([asked_s, *times]), key=lambda pair: pair[1] - pair[0])[1]


def _change(at_s: float, approval_id: str, row: dict[str, Any] | None) -> Step:
    operation: dict[str, Any] = {"op": "remove", "path": f"/pending/{approval_id}"}
    if row is not None:
        operation |= {"op": "replace", "value": row}
    return Step(at_s, Kind.APPROVAL, None, msgspec.json.encode(operation))


def _row(approval_id: str, call: Call, frames: Iterable[Frame]) -> dict[str, Any]:
    """Write the row that the older generation shows to nobody, from the entry that waits."""
    (operation,) = decode_patch(_asks(approval_id, frames).frame).JsonPatch
    kind = tool(operation.value) or {}
    return {
        "approval_id": approval_id,
        "tool_name": kind["tool_name"],
        "execution_process_id": call.body["execution_process_id"],
        "is_question": False,
        "created_at": kind["status"]["requested_at"],
        "timeout_at": kind["status"]["timeout_at"],
    }
