"""A backend as live sees it, against the pretend server over real sockets."""

import asyncio
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from bot.backend.adapter import VibeKanban
from bot.backend.log_stream import fold_contents
from bot.entries.model import Answer, Content, Other
from bot.entries.story import ExecutionKind, Workspace
from sandbox.kanban import Faults, KanbanServer, Recording
from tests.backend.pretend import world
from tests.backend.wire import FINISHED, frame, say
from tests.fakes.hurried_clock import HurriedClock
from tests.fakes.listener import DEADLINE_S, FakeListener, eventually


async def test_a_turn_is_told_from_its_beginning_to_its_end() -> None:
    """Header data come first; each execution starts and ends once, in order."""
    async with world() as here:
        play = here.kanban.play("scripts")
        assert await here.ended(play) == [["running", "completed"]] * 3
        told = here.listener.told
        assert isinstance(told[0], Workspace)
        assert [name for _, name in told[0].repositories] == ["shop"]
        kinds = [row.kind for row in here.listener.executions if row.running]
        assert kinds == [ExecutionKind.SETUP, ExecutionKind.AGENT, ExecutionKind.CLEANUP]
        assert here.listener.executions[0].prompt == play.prompt
        assert here.backend.health().version == "0.1.44"


@pytest.mark.parametrize("name", ["basic", "failing", "deny", "stopped", "subagent"])
async def test_a_log_is_read_to_its_end(name: str) -> None:
    """What is read live is what a later reading shows."""
    async with world() as here:
        execution = await here.first(here.kanban.play(name))
        live = await here.read(execution)
        assert live
        assert live == await here.read(execution)


async def test_a_log_that_is_cut_again_and_again_is_whole() -> None:
    """Five cuts take nothing away and add nothing."""
    cuts = Faults(cut_logs_at=(0.1, 0.3, 0.5, 0.7, 0.9))
    async with world(cuts, speed=4) as here:
        execution = await here.first(here.kanban.play("basic"))
        live = await here.read(execution)
        assert live == await here.read(execution)
        assert sum("normalized" in request.path for request in here.kanban.requests) >= 5


async def test_an_early_end_is_not_believed() -> None:
    """A log that says finished at once, twice, is read all the same."""
    async with world(Faults(early_finished=2), speed=4) as here:
        assert len(await here.read(await here.first(here.kanban.play("basic")))) > 5


async def test_a_start_that_failed_shows_why() -> None:
    """The live log ends before it began; what is in it is read after the end."""
    async with world() as here:
        play = here.kanban.play("missing")
        execution = await here.first(play)
        assert await here.ended(play) == [["running", "failed"]]
        assert len(await here.read(execution)) == 2


@pytest.mark.parametrize(
    "faults",
    [Faults(stale_session_rows=True), Faults(stale_session_rows=True, stale_workspace_rows=True)],
)
async def test_streams_that_never_tell_the_end_are_not_relied_on(faults: Faults) -> None:
    """The row is asked for, and ends the execution once."""
    async with world(faults) as here:
        assert await here.ended(here.kanban.play("failing")) == [["running", "completed"]]


async def test_streams_that_break_are_opened_again() -> None:
    """What starts and ends around a cut is told once."""
    async with world(speed=4) as here:
        play = here.kanban.play("basic")
        await here.first(play)
        here.kanban.cut_workspace_stream()
        here.kanban.cut_session_streams()
        other = here.kanban.play("failing")
        assert await here.ended(play) == [["running", "completed"]]
        assert (await here.ended(other))[0][-1] == "completed"
        assert [up for up, _ in here.listener.connections] == [True, False, True]


async def test_what_came_and_went_during_a_cut_is_told() -> None:
    """A whole execution that nobody saw run is told as ended."""
    async with world(speed=1_000) as here:
        here.kanban.pretence = "html"
        here.kanban.cut_workspace_stream()
        play = here.kanban.play("failing")
        await play.done
        here.kanban.pretence = "era-c"
        assert await here.ended(play) == [["completed"]]


async def test_a_killed_server_ends_what_ran() -> None:
    """After the restart the row says failed, and the log is what it was."""
    async with world(speed=4) as here:
        play = here.kanban.play("long")
        execution = await here.first(play)
        reading = asyncio.create_task(here.read(execution))
        await eventually(lambda: here.kanban.open_sockets["normalized"] == 1)
        await here.kanban.kill()
        await here.listener.until(lambda: not here.listener.connections[-1][0])
        await here.kanban.restart()
        assert await here.ended(play) == [["running", "failed"]]
        await reading
        problems = [problem for _, problem in here.listener.connections]
        assert problems[0] is None
        assert all("vibe-kanban" in str(problem) for problem in problems if problem)


async def test_problems_are_told_once_each() -> None:
    """A server of another generation is retried, and said once."""
    async with (
        KanbanServer(pretence="era-b", version="0.1.20") as kanban,
        VibeKanban("", kanban.url, clock=HurriedClock()) as backend,
    ):
        listener = FakeListener()
        watching = asyncio.create_task(backend.watch(listener))
        await listener.until(lambda: bool(listener.connections))
        asked = len(kanban.requests)
        await eventually(lambda: len(kanban.requests) >= asked + 4)
        assert len(listener.connections) == 1
        assert "0.1.20" in str(backend.health().problem)
        kanban.pretence, kanban.version = "era-c", "0.1.44"
        await listener.until(lambda: listener.connections[-1] == (True, None))
        assert backend.health().problem is None
        watching.cancel()


async def test_the_port_file_is_read_at_every_connect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that comes back on another port, and in another generation, is found there."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    file = tmp_path / "vibe-kanban" / "vibe-kanban.port"
    async with VibeKanban("", None, clock=HurriedClock()) as backend:
        listener = FakeListener()
        watching = asyncio.create_task(backend.watch(listener))
        await listener.until(lambda: bool(listener.connections))
        assert "port file" in str(backend.health().problem)
        for era in ("a", "c"):
            async with KanbanServer(era=era) as kanban:
                kanban.write_port_file(file)
                await listener.until(lambda: listener.connections[-1][0])
            await listener.until(lambda: not listener.connections[-1][0])
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


async def test_odd_frames_do_not_end_a_stream() -> None:
    """Broken, unknown and huge frames and half characters are read over."""
    says = [
        (0.0, "{broken"),
        (0.0, frame(0, {"type": "weather_report"}, "sunny")),
        (0.0, say(1, "x" * 10_000_000)),
        (0.0, frame(2, {"type": "thinking"}, "MARK").replace("MARK", r"\ud800!")),
        (0.0, say(3, "the end")),
        (0.0, FINISHED),
    ]
    async with world() as here:
        execution = await here.first(here.kanban.play(Recording.of_frames(says)))
        shown: dict[int, Content] = {}
        async with asyncio.timeout(DEADLINE_S):
            await here.backend.read_log(execution, partial(fold_contents, shown))
        assert shown[0] == Other("weather_report", "sunny")
        assert isinstance(shown[1], Answer)
        assert shown[1].omitted_chars > 9_000_000
        assert shown[3] == Answer("the end")


async def test_reading_is_cancelled_at_once() -> None:
    """The socket is closed when nobody wants the log."""
    async with world(speed=1) as here:
        execution = await here.first(here.kanban.play("long"))
        started = asyncio.Event()
        reading = asyncio.create_task(here.backend.read_log(execution, lambda _: started.set()))
        async with asyncio.timeout(DEADLINE_S):
            await started.wait()
            reading.cancel()
            with suppress(asyncio.CancelledError):
                await reading
        await eventually(lambda: not here.kanban.open_sockets["normalized"])


async def test_a_stop_reaches_the_server() -> None:
    """The execution is killed, and told so."""
    async with world(speed=1) as here:
        play = here.kanban.play("long")
        execution = await here.first(play)
        await here.backend.stop(execution.id)
        assert await here.ended(play) == [["running", "killed"]]
        found = await here.backend.execution(execution.id, execution.workspace_id)
        assert found is not None
        assert not found.running
        assert (await here.backend.repositories())[0][1]


async def test_an_execution_that_is_gone_is_none() -> None:
    """Asking for it is no failure."""
    async with world() as here:
        unknown = "0a11ce00-0000-4000-8000-00000000dead"
        assert await here.backend.execution(unknown, "w1") is None
