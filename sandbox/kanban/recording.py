"""Recordings: what a real server was seen to do, as data; nothing here plays anything."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from .era import DIALECTS, Era

FOLDER = Path(__file__).parent.parent / "recordings"

_WORKSPACE = "0a11ce00-0000-4000-8000-000000000001"
_SESSION = "0a11ce00-0000-4000-8000-000000000002"
_EXECUTION = "0a11ce00-0000-4000-8000-000000000003"
_TASK = "0a11ce00-0000-4000-8000-000000000004"
_PROJECT = "0a11ce00-0000-4000-8000-000000000005"
_BORN = "2026-11-22T15:00:00.000Z"
_OLDER = "the older generation"


class Outcome(msgspec.Struct, frozen=True):
    """How one execution ended, as HTTP told it afterwards."""

    id: str
    run_reason: str
    status: str
    exit_code: int | None


class Header(msgspec.Struct, frozen=True):
    """The first line of a recording."""

    name: str
    prompt: str
    workspace: str
    session: str
    executions: tuple[Outcome, ...]
    server: str = ""

    @property
    def era(self) -> Era:
        """The generation of the server that was recorded."""
        return "a" if self.server.startswith(_OLDER) else "c"


class Frame(msgspec.Struct, frozen=True):
    """One thing that arrived: `t` in milliseconds, `frame` still the bytes of its JSON."""

    t: float
    on: str
    execution: str | None
    frame: msgspec.Raw


@dataclass(frozen=True, slots=True)
class Recording:
    """A header and its frames, in the order of arrival."""

    header: Header
    frames: tuple[Frame, ...]

    @classmethod
    def of_frames(
        cls,
        frames: Iterable[tuple[float, bytes | str | dict[str, Any]]],
        *,
        name: str = "made",
        prompt: str = "Do something.",
        run_reason: str = "codingagent",
        status: str = "completed",
        exit_code: int | None = 0,
        era: Era = "c",
    ) -> Recording:
        """Build a recording of one execution whose log says `frames`: (delay in seconds, frame).

        Bytes and text are sent as they stand, so that they may be damaged on purpose.
        """
        outcome = Outcome(_EXECUTION, run_reason, status, exit_code)
        server = _OLDER if era == "a" else ""
        header = Header(name, prompt, _WORKSPACE, _SESSION, (outcome,), server)
        return cls(header, tuple(_made(header, outcome, frames)))


def names(era: Era = "c") -> tuple[str, ...]:
    """Name the recordings of an era, in alphabetical order, as `load` knows them."""
    folder, before = (FOLDER / "era-a", "era-a/") if era == "a" else (FOLDER, "")
    return tuple(sorted(before + path.name.split(".")[0] for path in folder.glob("*.jsonl*")))


@cache
def load(name: str) -> Recording:
    """Read a recording by its name; those of the older generation as `era-a/<name>`."""
    packed = FOLDER / f"{name}.jsonl.gz"
    data = (
        gzip.decompress(packed.read_bytes())
        if packed.exists()
        else (FOLDER / f"{name}.jsonl").read_bytes()
    )
    first, _, rest = data.partition(b"\n")
    decoder = msgspec.json.Decoder(Frame)
    return Recording(
        msgspec.json.decode(first, type=Header), tuple(map(decoder.decode, rest.splitlines()))
    )


def _made(
    header: Header, outcome: Outcome, frames: Iterable[tuple[float, bytes | str | dict[str, Any]]]
) -> Iterator[Frame]:
    script = outcome.run_reason != "codingagent"
    log = "raw" if script else "normalized"
    row = _row(header, outcome, script)
    t = 0.0
    if header.era == "a":
        yield _frame(t, "tasks", None, _task_patch(header))
    yield _frame(t, "workspaces", None, _workspace_patch("add", header, running=False))
    yield _frame(t, "events", None, _row_event("add", row))
    yield _frame(t, "workspaces", None, _workspace_patch("replace", header, running=True))
    for delay_s, frame in frames:
        t += delay_s * 1000
        yield _frame(t, log, outcome.id, frame)
    end = {"status": outcome.status, "exit_code": outcome.exit_code, "completed_at": _BORN}
    yield _frame(t, "events", None, _row_event("replace", row | end))
    errored = outcome.status != "completed"
    gone = _workspace_patch("replace", header, running=False, errored=errored)
    yield _frame(t, "workspaces", None, gone)
    yield _frame(t, log, outcome.id, {"finished": True})


def _frame(t: float, on: str, execution: str | None, frame: bytes | str | dict[str, Any]) -> Frame:
    if isinstance(frame, dict):
        frame = json.dumps(frame, ensure_ascii=False).encode()
    elif isinstance(frame, str):
        frame = frame.encode()
    return Frame(t, on, execution, msgspec.Raw(frame))


def _workspace_patch(
    op: str, header: Header, *, running: bool, errored: bool = False
) -> dict[str, Any]:
    directory = f"{header.workspace[:4]}-workspace"
    row = {
        "id": header.workspace,
        "task_id": _TASK if header.era == "a" else None,
        "container_ref": f"/home/dev/worktrees/{directory}",
        "branch": f"vk/{directory}",
        "setup_completed_at": None,
        "created_at": _BORN,
        "updated_at": _BORN,
        "archived": False,
        "pinned": False,
        "name": header.prompt[:60],
        **({"agent_working_dir": "shop"} if header.era == "a" else {"worktree_deleted": False}),
        "is_running": running,
        "is_errored": errored,
    }
    return {"JsonPatch": [{"op": op, "path": f"/workspaces/{header.workspace}", "value": row}]}


def _task_patch(header: Header) -> dict[str, Any]:
    row = {
        "id": _TASK,
        "project_id": _PROJECT,
        "title": header.prompt,
        "description": None,
        "status": "inprogress",
        "parent_workspace_id": None,
        "created_at": _BORN,
        "updated_at": _BORN,
        "has_in_progress_attempt": True,
        "last_attempt_failed": False,
        "executor": "CLAUDE_CODE",
    }
    return {"JsonPatch": [{"op": "add", "path": f"/tasks/{_TASK}", "value": row}]}


def _row_event(op: str, row: dict[str, Any]) -> dict[str, Any]:
    patch = [{"op": op, "path": f"/execution_processes/{row['id']}", "value": row}]
    return {"event": "json_patch", "data": patch}


def _row(header: Header, outcome: Outcome, script: bool) -> dict[str, Any]:
    agent = {
        "type": "CodingAgentInitialRequest",
        "prompt": header.prompt,
        DIALECTS[header.era].executor_key: {"executor": "CLAUDE_CODE"},
        "working_dir": "shop",
    }
    shell = {
        "type": "ScriptRequest",
        "script": header.prompt,
        "language": "Bash",
        "context": "SetupScript",
        "working_dir": "shop",
    }
    return {
        "id": outcome.id,
        "session_id": header.session,
        "run_reason": outcome.run_reason,
        "executor_action": {"typ": shell if script else agent, "next_action": None},
        "status": "running",
        "exit_code": None,
        "dropped": False,
        "started_at": _BORN,
        "completed_at": None,
        "created_at": _BORN,
        "updated_at": _BORN,
    }
