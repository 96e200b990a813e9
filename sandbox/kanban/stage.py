"""The plays of a server, and what follows them in their sessions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace

from .asked import Asked
from .era import DIALECTS
from .play import Pace, Play
from .recording import Recording, load
from .timeline import Timeline, read
from .turns import turns
from .world import Row, World

Part = tuple[Recording, Timeline]


class Stage:
    """Begin plays, each as a task of its own, and take what is queued when one is over.

    Of a recording that is steered only its first turn is played; the next ones follow when a client
    goes on in that session, and then `begins_with`: of an agent that is to ask first
    `begins_asking`, where there is one.
    """

    def __init__(self, world: World, cut_logs: Callable[[Iterable[str]], object]) -> None:
        self.begins_with: str | Recording = "basic"
        self.begins_asking: str | Recording | None = None
        self.plays: list[Play] = []
        self._world, self._cut_logs = world, cut_logs
        self._next: dict[str, list[Part]] = {}
        self._begun: dict[Play, tuple[Asked, Pace]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    def put_on(self, recording: str | Recording, asked: Asked, pace: Pace) -> Play:
        """Begin to play a recording, or one of the server's era by its name."""
        if isinstance(recording, str):
            recording = load(f"era-a/{recording}" if self._world.era == "a" else recording)
        if not asked.steered:
            return self._perform((recording, read(recording)), asked, pace)
        first, *following = turns(recording)
        play = self._perform(first, asked, pace)
        self._next[play.session_id] = following
        return play

    def begin(self, asked: Asked, pace: Pace) -> Play:
        """Begin what a client asked for: in a session what was recorded to follow there, if any."""
        following = self._next.get(asked.session_id or "")
        if following:
            return self._perform(following.pop(0), asked, pace)
        asking = self.begins_asking if asked.asks_first else None
        return self.put_on(asking or self.begins_with, asked, pace)

    def of(self, execution_id: str) -> Play:
        """Find the play to which an execution belongs."""
        return next(p for p in self.plays if execution_id in p.execution_ids.values())

    async def clear(self) -> None:
        """End all plays where they are, and raise what one of them failed with."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for task in tasks:
            if not task.cancelled():
                task.result()

    def _perform(self, part: Part, asked: Asked, pace: Pace) -> Play:
        play = Play(*part, self._world, pace, asked, cut_logs=self._cut_logs, over=self._take_queue)
        self.plays.append(play)
        self._begun[play] = (asked, pace)
        self._tasks.append(asyncio.create_task(play.run(), name=f"play {play.name}"))
        return play

    def _take_queue(self, play: Play) -> None:
        """Run what is queued behind a play that has ended, where a server does so."""
        data = taken(self._world, play)
        if data is None:
            return
        asked, pace = self._begun[play]
        asked = replace(
            asked,
            session_id=play.session_id,
            prompt=data["message"],
            executor=data[DIALECTS[self._world.era].executor_key],
            steered=True,
        )
        self.begin(asked, pace)


def taken(world: World, play: Play) -> Row | None:
    """Take what is queued in the session of a play that has ended, if a server would.

    It does after a good end, in the newer generation only if something was changed: else the
    message is left where it is. After any other end it is dropped.
    """
    status = world.queue(play.session_id)
    if status["status"] != "queued":
        return None
    if any(row["status"] != "completed" for row in play.rows()):
        world.queues.pop(play.session_id)
        return None
    workspace = world.workspaces[play.workspace_id]
    if DIALECTS[world.era].queue_needs_changes and not (play.changes or workspace.changed):
        return None
    data: Row = world.queues.pop(play.session_id)["message"]["data"]
    return data
