"""When each step of a play is taken, with the faults that change the order of the end."""

from __future__ import annotations

import math
from collections.abc import Iterable

import msgspec

from .steps import TERMINAL, Kind, Step
from .warp import Warp
from .world import Faults


def schedule(steps: Iterable[Step], warp: Warp, faults: Faults) -> list[tuple[float, Step]]:
    """Give every step its second of the play, in order."""
    planned = [(warp(step.at_s), step) for step in steps]
    for cut in faults.cut_logs_at:
        at_s = cut * warp.length_s if cut < 1 else cut
        planned.append((at_s, Step(at_s, Kind.CUT)))
    if faults.finished_after_s is not None:
        planned = list(_finished_after(planned, faults.finished_after_s))
    return sorted(planned, key=lambda entry: entry[0])


def _finished_after(
    planned: list[tuple[float, Step]], after_s: float
) -> Iterable[tuple[float, Step]]:
    ends = {step.execution: at_s for at_s, step in planned if _is_end(step)}
    for at_s, step in planned:
        if step.kind is not Kind.LOG_END or step.execution not in ends:
            yield at_s, step
        elif not math.isinf(after_s):
            yield ends[step.execution] + after_s, step


def _is_end(step: Step) -> bool:
    if step.kind not in {Kind.ROW, Kind.TRUTH}:
        return False
    body = msgspec.json.decode(step.body)
    return body.get("value", body)["status"] in TERMINAL
