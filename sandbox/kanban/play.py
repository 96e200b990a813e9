"""One play of a recording: its steps, taken in time, as a new workspace of the pretend server."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from . import instants
from .asked import Asked
from .consequences import after_reaction, consequences, last_words
from .era import DIALECTS
from .identity import Identity
from .interruption import interruption
from .recording import Recording
from .schedule import schedule
from .steps import Kind, Step
from .streams import Log
from .timeline import Timeline
from .warp import Warp
from .world import Execution, Row, World

_STOP_TAKES_S = 0.25
_WELL = 200


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
    `answered` holds the status with which who began it is answered, when that is due. `over` is
    called once, when none of its executions runs any more.
    """

    def __init__(
        self,
        recording: Recording,
        timeline: Timeline,
        world: World,
        pace: Pace,
        asked: Asked,
        cut_logs: Callable[[Iterable[str]], object],
        over: Callable[[Play], object],
    ) -> None:
        header = recording.header
        if header.era != world.era:
            raise ValueError(f"{header.name} is a recording of another generation")
        self._timeline, self._asked = timeline, asked
        self._world, self._pace, self._cut_logs = world, pace, cut_logs
        steps = timeline.steps
        self._is_answered_later = any(step.kind is Kind.ANSWERED for step in steps)
        warp = Warp.of((s.at_s for s in steps), speed=pace.speed, max_gap_s=pace.max_gap_s)
        self._workspace = asked.workspace(header, timeline, world)
        place = asked.place(header, timeline, self._workspace, world)
        start_s = pace.clock()
        self._identity = Identity.fresh(header, timeline, warp, start_s=start_s, place=place)
        self._ahead = deque(schedule(steps, warp, asked.faults))
        self._over, self._is_over = over, False
        self._queues = False
        self._stopped: set[str] = set()
        self._diverged: set[str] = set()
        self._takers = self._all_takers()
        self._driver: asyncio.Task[None] | None = None
        self.recording, self.name = recording, header.name
        self.changes = timeline.changes if asked.changes is None else asked.changes
        self.prompt = asked.prompt or header.prompt
        self.workspace_id = self._identity.workspace
        self.session_id = self._identity.session
        self.execution_ids = self._identity.executions
        self.length_s = warp.length_s
        loop = asyncio.get_running_loop()
        self.born: asyncio.Future[None] = loop.create_future()
        self.answered: asyncio.Future[int] = loop.create_future()
        self.done: asyncio.Future[None] = loop.create_future()

    def rows(self) -> list[Row]:
        """Get the true rows of the executions that exist by now, oldest first."""
        own = set(self.execution_ids.values())
        return [e.truth for e in self._world.of_session(self.session_id) if e.id in own]

    async def run(self) -> None:
        """Take all steps in time. To be run once, by a task of its own."""
        self._driver = asyncio.current_task()
        try:
            while self._ahead:
                at_s, step = self._ahead.popleft()
                if step.kind is Kind.DECISION and self._asked.steered:
                    await self._await_decision(step)
                    self._identity = replace(self._identity, start_s=self._pace.clock() - at_s)
                delay = self._identity.start_s + at_s - self._pace.clock()
                await self._pace.sleep(max(delay, 0.0))
                if step.kind is Kind.STOP:
                    await asyncio.Event().wait()
                if not self._is_dropped(step):
                    self._take(step)
        finally:
            self._settle()

    async def _await_decision(self, step: Step) -> None:
        """Stand still until somebody has decided, or the time for that has passed."""
        approval_id: str = self._identity.document(step.body)["approval_id"]
        deciding = asyncio.create_task(self._world.decided[approval_id].wait())
        expiring = asyncio.create_task(self._expire(approval_id))
        try:
            await asyncio.wait([deciding, expiring], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (deciding, expiring):
                task.cancel()
            await asyncio.wait([deciding, expiring])

    async def _expire(self, approval_id: str) -> None:
        row = self._world.approvals.get(approval_id)
        if row is None:
            return
        await self._pace.sleep(instants.parse(row["timeout_at"]) - self._pace.clock())
        self._world.decide(approval_id, {"status": "timed_out"})

    def _take_decision(self, step: Step) -> None:
        """Go on as recorded, or as the server does where somebody decided otherwise."""
        told = self._identity.document(step.body)
        approval_id, recorded = told["approval_id"], told["verdict"]
        verdict = self._world.verdicts.get(approval_id, recorded)
        if verdict == recorded or step.execution is None:
            return
        log = self._execution(step).log
        asks_more = any(ahead.kind is Kind.DECISION for _, ahead in self._ahead)
        ends = verdict["status"] != recorded["status"] and not asks_more
        for frame in consequences(log.history, approval_id, verdict):
            log.append(frame)
        if ends:
            log.append(last_words(log.history, verdict))
        self._diverged.add(self.execution_ids[step.execution])
        ahead = after_reaction(self._ahead, step.execution, log.history, ends=ends)
        self._ahead = deque(ahead)

    async def stop(
        self, execution_id: str, status: str = "killed", exit_code: int | None = None
    ) -> None:
        """Kill a running execution as a person's stop does; what has not begun, never begins."""
        world, execution = self._world, self._world.executions[execution_id]
        self._stopped.add(execution_id)
        world.end_execution(execution, status, self._pace.clock(), exit_code)
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
        if not self.answered.done():
            self.answered.set_result(_WELL)

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
            Kind.DECISION: self._take_decision,
            Kind.ANSWERED: self._take_answer,
            Kind.CUT: self._cut,
        }

    def _take(self, step: Step) -> None:
        self._takers[step.kind](step)
        if step.kind in {Kind.ROW, Kind.TRUTH} and not self._is_over and self._has_ended():
            self._is_over = True
            self._over(self)

    def _has_ended(self) -> bool:
        """Say whether none of its executions runs or is to come; a dev server may go on."""
        reasons = {o.id: o.run_reason for o in self.recording.header.executions}
        own = [self.execution_ids[old] for old, reason in reasons.items() if reason != "devserver"]
        known = self._world.executions
        return all(one in known and not known[one].running for one in own)

    def _say(self, step: Step) -> None:
        frame = self._identity.frame(step.body, self._world.approval_timeout_s)
        self._execution(step).log.append(frame)

    def _take_answer(self, step: Step) -> None:
        if not self.answered.done():
            self.answered.set_result(self._identity.document(step.body))

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
        self._queues = True
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
        if not self._is_answered_later and not self.answered.done():
            self.answered.set_result(_WELL)

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
        if self._queues and row["executor_action"]["typ"]["type"] == "CodingAgentFollowUpRequest":
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
            row: Row = change["value"]
            until_s = instants.parse(row["created_at"]) + self._world.approval_timeout_s
            self._world.open_approval(approval_id, row | {"timeout_at": instants.write(until_s)})

    def _replay(self, execution_id: str) -> Callable[[], list[bytes]] | None:
        replays, ids = self._timeline.replays, self.execution_ids
        recorded = {ids[old]: log for old, log in replays.items() if old in ids}
        frames = recorded.get(execution_id)
        if frames is None or execution_id in self._diverged:
            return None
        patience_s = self._world.approval_timeout_s
        return lambda: [self._identity.frame(frame, patience_s) for frame in frames]
