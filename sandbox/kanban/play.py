"""One play of a recording: its steps, taken in time, as a new workspace of the pretend server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from .asked import Asked
from .era import DIALECTS
from .identity import Identity
from .interruption import interruption
from .recording import Recording
from .schedule import schedule
from .steps import Kind, Step
from .streams import Log
from .timeline import read
from .warp import Warp
from .world import Execution, Row, World

_STOP_TAKES_S = 0.25


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes in a play."""

    clock: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]
    speed: float
    max_gap_s: float | None


class Play:
    """A recording as it happens once more.

    `done` is awaited: it is there when everything recorded has happened, or the play was stopped.
    """

    def __init__(
        self,
        recording: Recording,
        world: World,
        pace: Pace,
        asked: Asked,
        cut_logs: Callable[[Iterable[str]], object],
    ) -> None:
        header, timeline = recording.header, read(recording)
        if header.era != world.era:
            raise ValueError(f"{header.name} is a recording of another generation")
        self._timeline, self._asked = timeline, asked
        self._world, self._pace, self._cut_logs = world, pace, cut_logs
        steps = timeline.steps
        warp = Warp.of((s.at_s for s in steps), speed=pace.speed, max_gap_s=pace.max_gap_s)
        self._workspace = asked.workspace(header, timeline, world)
        place = asked.place(header, timeline, self._workspace, world)
        start_s = pace.clock()
        self._identity = Identity.fresh(header, timeline, warp, start_s=start_s, place=place)
        self._schedule = schedule(steps, warp, asked.faults)
        self._stopped: set[str] = set()
        self._takers = self._all_takers()
        self._driver: asyncio.Task[None] | None = None
        self.recording, self.name = recording, header.name
        self.prompt = asked.prompt or header.prompt
        self.workspace_id = self._identity.workspace
        self.session_id = self._identity.session
        self.execution_ids = self._identity.executions
        self.length_s = warp.length_s
        loop = asyncio.get_running_loop()
        self.born: asyncio.Future[None] = loop.create_future()
        self.done: asyncio.Future[None] = loop.create_future()

    def rows(self) -> list[Row]:
        """Get the true rows of the executions that exist by now, oldest first."""
        own = set(self.execution_ids.values())
        return [e.truth for e in self._world.of_session(self.session_id) if e.id in own]

    async def run(self) -> None:
        """Take all steps in time. To be run once, by a task of its own."""
        self._driver = asyncio.current_task()
        try:
            for at_s, step in self._schedule:
                if step.kind is Kind.DECISION:
                    await self._take_decision(at_s, step)
                    continue
                delay = self._identity.start_s + at_s - self._pace.clock()
                await self._pace.sleep(max(delay, 0.0))
                if not self._is_dropped(step):
                    self._take(step)
        finally:
            self._settle()

    async def _take_decision(self, at_s: float, step: Step) -> None:
        """Stand still until somebody has decided; what follows comes as long after that."""
        if self._asked.awaits_answers:
            approval_id: str = self._identity.document(step.body)
            await self._world.decided[approval_id].wait()
            self._identity = replace(self._identity, start_s=self._pace.clock() - at_s)

    async def stop(self, execution_id: str) -> None:
        """Kill a running execution as a person's stop does; what has not begun, never begins."""
        world, execution = self._world, self._world.executions[execution_id]
        self._stopped.add(execution_id)
        world.end_execution(execution, "killed", self._pace.clock())
        world.queues.pop(execution.session_id, None)
        for approval_id, row in list(world.approvals.items()):
            if row["execution_process_id"] == execution_id:
                world.close_approval(approval_id)
        for frame in interruption(execution.log.history):
            execution.log.append(frame)
        await self._pace.sleep(_STOP_TAKES_S)
        execution.log.end()
        self._abandon_if_idle()

    def _abandon_if_idle(self) -> None:
        executions = list(self._world.of_session(self.session_id))
        if any(execution.running for execution in executions):
            return
        for execution in executions:
            execution.log.end(self._replay(execution.id))
        if self._driver is not None:
            self._driver.cancel()

    def _settle(self) -> None:
        for future in (self.born, self.done):
            if not future.done():
                future.set_result(None)

    def _is_dropped(self, step: Step) -> bool:
        if not self._stopped:
            return False
        if step.execution is None:
            return step.kind in {Kind.APPROVAL, Kind.QUEUE}
        execution_id = self.execution_ids[step.execution]
        return execution_id in self._stopped or execution_id not in self._world.executions

    def _all_takers(self) -> dict[Kind, Callable[[Step], None]]:
        return {
            Kind.LOG: self._say,
            Kind.LOG_OPEN: self._open_log,
            Kind.LOG_END: self._end_log,
            Kind.ROW: self._take_row,
            Kind.BIRTH: self._take_birth,
            Kind.TRUTH: self._take_truth,
            Kind.TASK: self._take_task,
            Kind.WORKSPACE: self._take_workspace,
            Kind.APPROVAL: self._take_approval,
            Kind.QUEUE: self._take_queue,
            Kind.CUT: self._cut,
        }

    def _take(self, step: Step) -> None:
        self._takers[step.kind](step)

    def _say(self, step: Step) -> None:
        self._execution(step).log.append(self._identity.rename(step.body))

    def _open_log(self, step: Step) -> None:
        self._execution(step).log.reopen()

    def _end_log(self, step: Step) -> None:
        execution = self._execution(step)
        execution.log.end(self._replay(execution.id))

    def _take_birth(self, step: Step) -> None:
        self._world.admit(self._born(step, self._row(step)))

    def _take_truth(self, step: Step) -> None:
        self._execution(step).truth = self._row(step)

    def _take_task(self, step: Step) -> None:
        row: Row = self._identity.document(step.body)["value"]
        self._world.put_task(self._asked.task_row(row, self._world.tasks.get(row["id"])))

    def _take_queue(self, step: Step) -> None:
        self._world.queues[self.session_id] = self._identity.document(step.body)

    def _cut(self, _: Step) -> None:
        self._cut_logs(self.execution_ids.values())

    def _execution(self, step: Step) -> Execution:
        return self._world.executions[self.execution_ids[step.execution or ""]]

    def _take_row(self, step: Step) -> None:
        change = self._identity.document(step.body)
        row = self._asked.execution_row(change["value"])
        execution = self._world.executions.get(row["id"])
        self._world.put_execution(change["op"], execution or self._born(step, row), row)
        if not self.born.done():
            self.born.set_result(None)

    def _row(self, step: Step) -> Row:
        return self._asked.execution_row(self._identity.document(step.body))

    def _born(self, step: Step, row: Row) -> Execution:
        faults, dialect = self._workspace.faults, DIALECTS[self._world.era]
        late = step.execution in self._timeline.late_logs
        log = Log(
            opened=not late,
            ring=self._world.ring,
            collapses=dialect.collapses_replay,
            reorders=faults.reordered_replay,
        )
        if row["executor_action"]["typ"]["type"] == "CodingAgentFollowUpRequest":
            self._world.queues.pop(self.session_id, None)
        return Execution(self.workspace_id, row, row, log, faults.early_finished, faults.log_404)

    def _take_workspace(self, step: Step) -> None:
        change = self._identity.document(step.body)
        row = self._asked.workspace_row(change["value"], self._workspace.row)
        if self._stopped:
            row |= self._world.flags(self.workspace_id)
        known = self.workspace_id in self._world.workspaces
        self._world.put_workspace("replace" if known else "add", self._workspace, row)

    def _take_approval(self, step: Step) -> None:
        change = self._identity.document(step.body)
        approval_id = change["path"].rpartition("/")[2]
        if change["op"] == "remove":
            self._world.close_approval(approval_id)
        else:
            self._world.open_approval(approval_id, change["value"])

    def _replay(self, execution_id: str) -> Callable[[], list[bytes]] | None:
        recorded = {self.execution_ids[old]: log for old, log in self._timeline.replays.items()}
        frames = recorded.get(execution_id)
        if frames is None:
            return None
        return lambda: [self._identity.rename(frame) for frame in frames]
