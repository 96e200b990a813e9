"""What only the older generation does, and what it does otherwise."""

from __future__ import annotations

import asyncio
import json
from uuid import uuid4

import aiohttp
import pytest

from sandbox.kanban import Faults, KanbanServer, Recording, load

from .client import APPROVALS, ATTEMPTS, WORKSPACES, Client, session_stream
from .stepped import SteppedTime

FINISHED = '{"finished":true}'
SCRIPT = [(0.5, {"JsonPatch": [{"op": "add", "path": "/entries/0", "value": {"type": "STDOUT"}}]})]


async def test_has_projects_tasks_and_attempts(older: KanbanServer, older_client: Client) -> None:
    """From a project its task, from the task its attempt, and from there as in the newer one."""
    client, play = older_client, older.play("basic", repo="api")
    await client.played(play)
    project = (await client.data("/api/projects"))[1]
    assert project["name"] == "api"
    assert await client.data(f"/api/projects/{project['id']}") == project
    (task,) = await client.data(f"/api/tasks?project_id={project['id']}")
    assert (task["status"], task["has_in_progress_attempt"]) == ("inreview", False)
    alone = await client.data(f"/api/tasks/{task['id']}")
    assert alone["title"] == task["title"] == play.prompt
    assert task.keys() - alone.keys() == {
        "has_in_progress_attempt",
        "last_attempt_failed",
        "executor",
    }
    (attempt,) = await client.data(f"/api/task-attempts?task_id={task['id']}")
    assert (attempt["id"], attempt["agent_working_dir"]) == (play.workspace_id, "api")
    assert await client.data(f"/api/task-attempts?task_id={uuid4()}") == []
    (repository,) = await client.data(f"/api/task-attempts/{attempt['id']}/repos")
    assert repository["name"] == "api"
    (session,) = await client.data(f"/api/sessions?workspace_id={attempt['id']}")
    assert session.keys() == {"id", "workspace_id", "executor", "created_at", "updated_at"}
    assert session["executor"] == "CLAUDE_CODE"


async def test_repeats_the_title_in_the_prompt(older: KanbanServer, older_client: Client) -> None:
    """The prompt is title and description, which are the same here; the executor has a profile."""
    play = older.play("basic")
    await older_client.played(play)
    asked = play.rows()[0]["executor_action"]["typ"]
    assert asked["prompt"] == f"{play.prompt}\n\n{play.prompt}"
    assert asked["executor_profile_id"] == {"executor": "CLAUDE_CODE"}
    assert asked["working_dir"] == "shop"


async def test_tells_no_version_and_knows_no_newer_path(older_client: Client) -> None:
    """The newer paths, and the stream of approvals, are the application's page."""
    assert "version" not in await older_client.data("/api/info")
    for path in ("/api/workspaces", WORKSPACES, APPROVALS):
        assert (await older_client.get(path))[:2] == (200, "text/html")
    assert (await older_client.post("/api/workspaces/start", {}))[0] == 405


async def test_streams_projects_and_tasks(older: KanbanServer, older_client: Client) -> None:
    """Both begin with a snapshot and Ready, and tell what appears."""
    client = older_client
    async with client.listening("/api/projects/stream/ws") as projects:
        await projects.until_frames(2)
        play = older.play("basic", repo="api")
        await projects.until(lambda heard: len(heard.state) == 2)
        project_id = next(key for key, row in projects.state.items() if row["name"] == "api")
        async with client.listening(f"/api/tasks/stream/ws?project_id={project_id}") as tasks:
            await client.played(play)
            await tasks.until(lambda heard: _statuses(heard.state) == {"inreview"})
    assert (await client.get("/api/tasks/stream/ws"))[0] == 400


def _statuses(rows: dict[str, dict[str, str]]) -> set[str]:
    return {row["status"] for row in rows.values()}


async def test_a_log_opened_too_early_is_not_there(
    older: KanbanServer, older_client: Client
) -> None:
    """As often as it was recorded, a log is 404 in JSON for a while after its row appeared."""
    play = older.play("basic")
    execution_id = await older_client.born(play)
    path = older_client.log_path(execution_id)
    status, kind, body = await older_client.get(path)
    assert (status, kind, json.loads(body)["success"]) == (404, "application/json", False)
    with pytest.raises(aiohttp.WSServerHandshakeError, match="404"):
        async with older_client.listening(path):
            pass
    assert play.rows()[0]["status"] == "running"
    await older_client.admitted(play)
    async with older_client.listening(path):
        pass


async def test_a_log_may_be_refused_by_plan(older: KanbanServer, older_client: Client) -> None:
    """The first connections to a running log are 404 if told so, also where none was recorded."""
    play = older.play("approve", faults=Faults(log_404=2))
    execution_id = await older_client.admitted(play)
    for _ in range(2):
        assert (await older_client.get(older_client.log_path(execution_id)))[0] == 404
    async with older_client.log(play):
        pass


async def test_a_finished_log_is_never_closed(
    older: KanbanServer, older_client: Client, time: SteppedTime
) -> None:
    """After finished the socket stays open, live and in the replay, until the client goes."""
    play = older.play("basic")
    await older_client.admitted(play)
    async with older_client.log(play) as live:
        await older_client.played(play)
        await time.advance(3600)
        await live.until(lambda heard: heard.frames[-1:] == [FINISHED])
        async with older_client.log(play) as replay:
            await replay.until(lambda heard: heard.frames[-1:] == [FINISHED])
            await older_client.get("/api/health")
            assert older.open_sockets["normalized"] == 2
            assert (live.ended, replay.ended) == (None, None)


async def test_a_replay_repeats_each_step(older: KanbanServer, older_client: Client) -> None:
    """What grew in many steps does so again when it is read once more, made logs included."""
    grown = [
        (0.1, _entry("add", "a")),
        (0.1, _entry("replace", "ab")),
        (0.1, _entry("replace", "abc")),
    ]
    play = older.play(Recording.of_frames(grown, era="a"))
    await older_client.played(play)
    async with older_client.log(play) as heard:
        assert len(await heard.until_frames(4)) == 4


def _entry(op: str, text: str) -> dict[str, object]:
    return {"JsonPatch": [{"op": op, "path": "/entries/0", "value": text}]}


async def test_a_failed_script_has_no_normalized_log(
    older: KanbanServer, older_client: Client
) -> None:
    """While it runs that log is empty; after its end it is 404 for ever, and the raw one works."""
    made = Recording.of_frames(
        SCRIPT, run_reason="setupscript", status="failed", exit_code=1, era="a"
    )
    play = older.play(made)
    execution_id = await older_client.born(play)
    normalized = older_client.log_path(execution_id, "normalized")
    async with older_client.listening(normalized) as heard:
        await older_client.played(play)
        assert await heard.until_frames(1) == [FINISHED]
    for _ in range(3):
        assert (await older_client.get(normalized))[0] == 404
    async with older_client.log(play) as raw:
        assert len(await raw.until_frames(2)) == 2


async def test_a_stop_says_that_it_failed(
    older: KanbanServer, older_client: Client, time: SteppedTime
) -> None:
    """The answer is 500 with the kernel's word for it, and the execution is stopped."""
    play = older.play("stopped")
    execution_id = await older_client.admitted(play)
    await time.advance(2)
    path = f"/api/execution-processes/{execution_id}/stop"
    status, body = await older_client.posted(path, takes_s=0.25)
    assert (status, json.loads(body)["success"]) == (500, False)
    assert "Failed to kill process: ESRCH" in json.loads(body)["message"]
    row = await older_client.data(f"/api/execution-processes/{execution_id}")
    assert (row["status"], row["exit_code"]) == ("killed", None)
    (task,) = older.world.tasks.values()
    assert (task["status"], task["last_attempt_failed"]) == ("inreview", True)


@pytest.mark.parametrize("complains", [True, False])
async def test_whether_a_stop_complains_may_be_told(
    kanban: KanbanServer, client: Client, complains: bool
) -> None:
    """Either era answers as the faults of a play say."""
    play = kanban.play("stopped", faults=Faults(stop_500=complains))
    execution_id = await client.born(play)
    path = f"/api/execution-processes/{execution_id}/stop"
    assert (await client.posted(path, takes_s=0.25))[0] == (500 if complains else 200)


async def test_the_last_row_may_say_running(older: KanbanServer, older_client: Client) -> None:
    """Of an ordinary run the stream's last word is that it runs; HTTP and its attempt know more."""
    async with older_client.listening(ATTEMPTS) as attempts:
        play = older.play("unicode")
        async with older_client.listening(session_stream(play)) as session:
            await older_client.played(play)
            (execution_id,) = play.execution_ids.values()
            await session.until_patches(3)
            assert session.state[execution_id]["status"] == "running"
            await attempts.until(lambda heard: not heard.state[play.workspace_id]["is_running"])
    row = await older_client.data(f"/api/execution-processes/{execution_id}")
    assert (row["status"], row["exit_code"]) == ("completed", 0)


async def test_an_answer_comes_damaged_and_once_more(
    older: KanbanServer, older_client: Client
) -> None:
    """A cut character is in the live answer and in its replay, and the whole answer follows."""
    play = older.play("unicode")
    await older_client.admitted(play)
    async with older_client.log(play) as live:
        await older_client.played(play)
        await live.until(lambda heard: heard.frames[-1:] == [FINISHED])
    async with older_client.log(play) as replay:
        await replay.until(lambda heard: heard.frames[-1:] == [FINISHED])
    for heard in (live, replay):
        said = [op["value"]["content"] for op in heard.patches]
        answers = [c for c in said if c["entry_type"]["type"] == "assistant_message"]
        damaged, mended = (answer["content"] for answer in answers[-2:])
        assert "\ufffd" in damaged
        assert "\ufffd" not in mended
        before, _, after = damaged.partition("\ufffd")
        assert mended.startswith(before)
        assert mended.endswith(after.lstrip("\ufffd"))


async def test_a_follow_up_may_begin_without_a_word(
    older: KanbanServer, older_client: Client
) -> None:
    """The row of the second execution appears on no stream; who asks anew is told of it."""
    play = older.play("followup")
    async with older_client.listening(session_stream(play)) as session:
        second = await older_client.born(play, 1)
        async with older_client.listening(session_stream(play)) as anew:
            await anew.until_frames(2)
            assert anew.state[second]["status"] == "running"
        await older_client.played(play)
        await session.until(lambda heard: second in heard.state)
        assert [op["op"] for op in session.patches if op["path"].endswith(second)] == ["replace"]


async def test_plays_only_its_own_generation(older: KanbanServer, kanban: KanbanServer) -> None:
    """A recording of one generation is no recording for the other."""
    with pytest.raises(ValueError, match="another generation"):
        older.play(load("basic"))
    with pytest.raises(ValueError, match="another generation"):
        kanban.play(load("era-a/basic"))


async def test_restarted_its_tasks_are_over(
    older: KanbanServer, older_client: Client, time: SteppedTime
) -> None:
    """After a restart on the same port what ran has failed, and its task says so."""
    play = older.play("basic")
    await older_client.admitted(play)
    await older.restart()
    await asyncio.wait_for(play.done, 10)
    (row,) = play.rows()
    assert (row["status"], row["exit_code"]) == ("failed", None)
    (task,) = older.world.tasks.values()
    assert (task["status"], task["has_in_progress_attempt"]) == ("inreview", False)
