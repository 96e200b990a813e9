"""What a client can choose from, and what begins when it has chosen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.kanban import AGENTS, Era, KanbanServer, Offers
from sandbox.kanban.asking import asking, command

from .client import PATIENCE_S, Row
from .steering import OF_CLAUDE, Steerer
from .stepped import SteppedTime

MANY = Offers(("shop", "api", "web"), branches=40, agents=9)
UNKNOWN = "0a11ce00-0000-4000-8000-00000000dead"


@pytest.fixture
async def rich(era: Era, time: SteppedTime, http: aiohttp.ClientSession) -> AsyncIterator[Steerer]:
    """Serve an era that has a lot to choose from."""
    sleep, clock = time.sleep, time.clock
    async with KanbanServer(era=era, offers=MANY, clock=clock, sleep=sleep) as kanban:
        yield Steerer(kanban, http, time)


async def _data(steerer: Steerer, path: str) -> list[Row]:
    rows: list[Row] = (await steerer.call("GET", path))["data"]
    return rows


def _start(steerer: Steerer, branch: str = "main", **executor: str) -> Row:
    repository = steerer.kanban.world.repository(steerer.repo)
    repos = [{"repo_id": repository["id"], "target_branch": branch}]
    return {"prompt": "Do X.", "repos": repos, "executor_config": OF_CLAUDE | executor}


@pytest.mark.parametrize("era", ["c", "a"])
async def test_lists_as_much_as_it_is_told_to(rich: Steerer, era: Era) -> None:
    """Three repositories, forty local branches of each and a remote one, nine agents."""
    repositories = await _data(rich, "/api/repos")
    assert [row["name"] for row in repositories] == ["shop", "api", "web"]
    for row in repositories:
        branches = await _data(rich, f"/api/repos/{row['id']}/branches")
        assert len({branch["name"] for branch in branches}) == 41
        assert [b["name"] for b in branches if b["is_current"]] == ["main"]
        assert [b["name"] for b in branches if b["is_remote"]] == ["origin/main"]
    info = (await rich.call("GET", "/api/info"))["data"]
    assert tuple(info["executors"]) == AGENTS
    assert {"DEFAULT", "APPROVALS", "PLAN"} == info["executors"]["CLAUDE_CODE"].keys()
    assert info["config"]["executor_profile"]["executor"] == "CLAUDE_CODE"


@pytest.mark.parametrize("era", ["a"])
async def test_projects_have_repositories(rich: Steerer, era: Era) -> None:
    """In the older era each repository is that of a project."""
    projects = await _data(rich, "/api/projects")
    assert [row["name"] for row in projects] == ["shop", "api", "web"]
    for row in projects:
        (repository,) = await _data(rich, f"/api/projects/{row['id']}/repositories")
        assert repository["name"] == row["name"]
    await rich.call("GET", "/api/repos/recent")
    assert rich.kanban.requests[-1].status == 400


@pytest.mark.parametrize("era", ["c"])
async def test_what_was_used_last_is_first(rich: Steerer, era: Era) -> None:
    """Of the recent repositories the one comes first in which something was begun."""
    rich.repo = "web"
    await rich.begin("Go.")
    names = [row["name"] for row in await _data(rich, "/api/repos/recent")]
    assert names == ["web", "shop", "api"]


@pytest.mark.parametrize("era", ["c"])
async def test_what_was_chosen_is_told_again(rich: Steerer, era: Era) -> None:
    """Agent, policy, branch, name and repository are those of the call."""
    rich.repo = "api"
    body = _start(rich, "develop", executor="codex", permission_policy="SUPERVISED")
    data = (await rich.start(body | {"name": "Mine"}))["data"]
    assert data["workspace"]["name"] == "Mine"
    config = data["execution_process"]["executor_action"]["typ"]["executor_config"]
    assert config == {"executor": "CODEX", "permission_policy": "SUPERVISED"}
    path = f"/api/workspaces/{data['workspace']['id']}"
    (repository,) = await _data(rich, f"{path}/repos")
    assert (repository["name"], repository["target_branch"]) == ("api", "develop")
    (session,) = await _data(rich, f"/api/sessions?workspace_id={data['workspace']['id']}")
    assert session["executor"] == "CODEX"
    await rich.until_over()
    assert (await rich.call("GET", path))["data"]["name"] == "Mine"


@pytest.mark.parametrize("era", ["c"])
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"prompt": "  "}, 400),
        ({"repos": []}, 400),
        ({"repos": [{"repo_id": UNKNOWN, "target_branch": "main"}]}, 400),
        ({"repos": [{"repo_id": "shop", "target_branch": "main"}]}, 422),
        ({"executor_config": {"executor": "NOBODY"}}, 422),
        ({"executor_config": {"executor": "CODEX", "permission_policy": "NEVER"}}, 422),
        ({"executor_config": None}, 422),
        ({"prompt": None}, 422),
    ],
)
async def test_what_cannot_begin(rich: Steerer, era: Era, change: Row, status: int) -> None:
    """It is refused, and nothing is created."""
    await rich.call("POST", "/api/workspaces/start", _start(rich) | change)
    assert rich.kanban.requests[-1].status == status
    assert rich.kanban.plays == []


@pytest.mark.parametrize("era", ["c"])
@pytest.mark.parametrize("branch", ["origin/main", "nowhere"])
async def test_a_branch_has_to_be_local(rich: Steerer, era: Era, branch: str) -> None:
    """Nothing begins on a branch that is elsewhere, or nowhere."""
    told = await rich.call("POST", "/api/workspaces/start", _start(rich, branch))
    assert (rich.kanban.requests[-1].status, told["success"]) == (400, False)
    assert rich.kanban.plays == []


@pytest.mark.parametrize("era", ["c"])
async def test_a_start_may_fail_although_everything_exists(steerer: Steerer, era: Era) -> None:
    """An agent that is not there is 500; its workspace, session and execution are there."""
    steerer.kanban.begins_with = "missing"
    told = await steerer.begin("Go.")
    assert (steerer.kanban.requests[-1].status, told["success"]) == (500, False)
    await steerer.until_over()
    assert steerer.play.rows()[0]["status"] == "failed"
    (workspace,) = await _data(steerer, "/api/workspaces")
    assert len(await _data(steerer, f"/api/sessions?workspace_id={workspace['id']}")) == 1


@pytest.mark.parametrize(
    ("era", "config", "name"),
    [
        ("c", {"permission_policy": "SUPERVISED"}, "approve"),
        ("c", {"permission_policy": "PLAN"}, "approve"),
        ("c", {"permission_policy": "AUTO"}, "basic"),
        ("c", {}, "basic"),
        ("a", {"variant": "APPROVALS"}, "approve"),
        ("a", {"variant": "PLAN"}, "approve"),
        ("a", {}, "basic"),
    ],
)
async def test_who_is_to_ask_first_does(
    steerer: Steerer, era: Era, config: dict[str, str], name: str
) -> None:
    """What begins depends on whether the agent has to ask, where a recording of that is named."""
    steerer.kanban.begins_asking = "approve"
    await steerer.begin("Go.", **config)
    assert steerer.play.name == name


@pytest.mark.parametrize("era", ["a"])
async def test_a_task_is_created_and_begun_later(rich: Steerer, era: Era) -> None:
    """A new task has no attempt; beginning it makes one, whose prompt is title and description."""
    project = (await _data(rich, "/api/projects"))[1]
    asked = {"project_id": project["id"], "title": "T", "description": "D", "status": None}
    task = (await rich.call("POST", "/api/tasks", asked))["data"]
    assert (task["status"], task["title"]) == ("todo", "T")
    assert "executor" not in task
    (listed,) = await _data(rich, f"/api/tasks?project_id={project['id']}")
    assert (listed["has_in_progress_attempt"], listed["executor"]) == (False, "")
    body = _start(rich) | {"task_id": task["id"], "executor_profile_id": OF_CLAUDE}
    attempt = (await rich.start(body, "/api/task-attempts"))["data"]
    assert attempt["task_id"] == task["id"]
    assert await _data(rich, f"/api/task-attempts?task_id={task['id']}") == [attempt]
    assert rich.play.rows()[0]["executor_action"]["typ"]["prompt"] == "T\n\nD"
    (listed,) = await _data(rich, f"/api/tasks?project_id={project['id']}")
    assert (listed["has_in_progress_attempt"], listed["title"]) == (True, "T")
    await rich.until_over()
    assert rich.kanban.world.tasks.keys() == {task["id"]}


@pytest.mark.parametrize("era", ["a"])
async def test_a_task_needs_its_project_and_an_attempt_its_task(rich: Steerer, era: Era) -> None:
    """The id of nothing is 500 in the older era, with a message."""
    asked = {"project_id": UNKNOWN, "title": "T", "description": None, "status": None}
    body = _start(rich) | {"task_id": UNKNOWN, "executor_profile_id": OF_CLAUDE}
    both = body | {"task": asked}
    for path, told in (
        ("/api/tasks", asked),
        ("/api/task-attempts", body),
        ("/api/tasks/create-and-start", both),
    ):
        assert (await rich.call("POST", path, told))["message"]
        assert rich.kanban.requests[-1].status == 500
    assert rich.kanban.world.tasks == {}


@pytest.mark.parametrize(
    ("era", "paths"), [("c", ["/entries/shop/src~1a.py"]), ("a", ["/entries/shop~1src~1a.py"])]
)
async def test_what_a_workspace_changed(steerer: Steerer, era: Era, paths: list[str]) -> None:
    """File by file it is told below the repository, in the older era on one level with it."""
    await steerer.begin("Go.")
    workspace = steerer.kanban.world.workspaces[steerer.play.workspace_id]
    workspace.changed = {"src/a.py": (3, 1)}
    base = "/api/task-attempts/{}/diff/ws" if era == "a" else "/api/workspaces/{}/git/diff/ws"
    url = steerer.kanban.url + base.format(steerer.play.workspace_id) + "?stats_only=true"
    async with asyncio.timeout(PATIENCE_S), steerer.http.ws_connect(url) as socket:
        (operation,) = (await socket.receive_json())["JsonPatch"]
    assert _paths(operation["path"], operation["value"]) == paths


def _paths(path: str, value: Row) -> list[str]:
    if "type" in value:
        assert (value["content"]["additions"], value["content"]["deletions"]) == (3, 1)
        return [path]
    return [deep for name, one in value.items() for deep in _paths(f"{path}/{name}", one)]


@pytest.mark.parametrize("era", ["c", "a"])
async def test_workspaces_at_a_glance(steerer: Steerer, era: Era) -> None:
    """State, what waits and what was changed are told of each workspace."""
    path = "/api/task-attempts/summary" if era == "a" else "/api/workspaces/summaries"
    steerer.kanban.begins_with = asking(command("ls"), era=era)
    await steerer.begin("Go.")
    approval_id = await steerer.asked()
    changed = {"a.py": (3, 1), "b.py": (2, 0)}
    steerer.kanban.world.workspaces[steerer.play.workspace_id].changed = changed
    (one,) = (await steerer.call("POST", path, {"archived": False}))["data"]["summaries"]
    assert one["workspace_id"] == steerer.play.workspace_id
    assert one["latest_session_id"] == steerer.play.session_id
    assert (one["latest_process_status"], one["has_pending_approval"]) == ("running", True)
    assert (one["files_changed"], one["lines_added"], one["lines_removed"]) == (2, 5, 1)
    await steerer.decide(approval_id, status="approved")
    await steerer.until_over()
    (one,) = (await steerer.call("POST", path, {"archived": False}))["data"]["summaries"]
    assert (one["latest_process_status"], one["has_pending_approval"]) == ("completed", False)
    assert one["latest_process_completed_at"]
    told = await steerer.call("POST", path, {"archived": True})
    assert told["data"] == {"summaries": []}
    await steerer.call("POST", path, {})
    assert steerer.kanban.requests[-1].status == 422
