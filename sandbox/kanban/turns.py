"""A recording without the deeds of its person, which are left to a client: one turn at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import msgspec

from .recording import Recording
from .steps import Kind, Step
from .timeline import Timeline, read

_PERSONS = frozenset({Kind.QUEUE})
_WAITS_FOR_STOP = "killed"


def turns(recording: Recording) -> list[tuple[Recording, Timeline]]:
    """Cut a recording where its next agent begins, and where its agent was stopped.

    Each turn has its own executions and begins at its own second zero. One that was stopped ends
    with STOP, before anything came of it.
    """
    header, timeline = recording.header, read(recording)
    agents = [o.id for o in header.executions if o.run_reason == "codingagent"]
    births = [_born_s(agent, timeline) for agent in agents[1:]]
    cuts = [0.0, *births, float("inf")]
    return [_turn(recording, timeline, begin, end) for begin, end in pairwise(cuts)]


def _born_s(execution: str, timeline: Timeline) -> float:
    return next(step.at_s for step in timeline.steps if step.execution == execution)


def _turn(
    recording: Recording, timeline: Timeline, begin_s: float, end_s: float
) -> tuple[Recording, Timeline]:
    own = {
        outcome.id
        for outcome in recording.header.executions
        if begin_s <= _born_s(outcome.id, timeline) < end_s
    }
    steps = [
        replace(step, at_s=max(step.at_s - begin_s, 0.0))
        for step in timeline.steps
        if (step.execution in own or (step.execution is None and begin_s <= step.at_s < end_s))
        and step.kind not in _PERSONS
    ]
    part = replace(
        timeline,
        zero_s=timeline.zero_s + begin_s,
        steps=tuple(_until_stopped(steps)),
        changes=timeline.changes and begin_s == 0,
    )
    executions = tuple(o for o in recording.header.executions if o.id in own)
    header = msgspec.structs.replace(recording.header, executions=executions)
    return replace(recording, header=header), part


def _until_stopped(steps: list[Step]) -> Iterator[Step]:
    for step in steps:
        if _is_killed(step):
            yield Step(step.at_s, Kind.STOP, step.execution)
            return
        yield step


def _is_killed(step: Step) -> bool:
    if step.kind not in {Kind.ROW, Kind.TRUTH}:
        return False
    body = msgspec.json.decode(step.body)
    return bool(body.get("value", body)["status"] == _WAITS_FOR_STOP)
