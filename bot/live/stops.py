"""Stops turns: every execution that runs, and one that still appears right after."""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from bot.entries.story import Execution
from bot.i18n import Sentence, sentence
from bot.live.clock import Clock
from bot.live.ports import Backend, BackendError
from bot.live.tasks import Tasks
from bot.live.turn_follower import STOP_ALSO_S, TurnFollower

log = structlog.get_logger(__name__)


class Stops:
    """What people ask to stop, and what a stop goes on with."""

    def __init__(self, backends: Mapping[str, Backend], clock: Clock, tasks: Tasks) -> None:
        self._backends = backends
        self._clock = clock
        self._tasks = tasks

    async def stop(self, turn: TurnFollower | None) -> Sentence | None:
        """Stop every running execution of a turn; returns why that did not work."""
        if turn is None or not turn.turn.running:
            return sentence("This turn is over.")
        turn.stop_until = self._clock.now() + STOP_ALSO_S
        refusal: Sentence | None = None
        for execution in turn.turn.executions:
            if execution.running:
                try:
                    await self._backends[execution.backend].stop(execution.id)
                except BackendError as failure:
                    refusal = failure.told
        turn.stop_until = self._clock.now() + STOP_ALSO_S
        return refusal

    def go_on(self, turn: TurnFollower, execution: Execution) -> None:
        """Stop what appears in a turn that was stopped a moment ago."""
        if execution.running and self._clock.now() < turn.stop_until:
            self._tasks.spawn(f"stop {execution.id}", lambda: self._quietly(execution))

    async def _quietly(self, execution: Execution) -> None:
        try:
            await self._backends[execution.backend].stop(execution.id)
        except BackendError as failure:
            log.warning("stop.failed", execution=execution.id, why=str(failure))
