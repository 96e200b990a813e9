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

FOLDER = Path(__file__).parent.parent / "recordings"

_WORKSPACE = "0a11ce00-0000-4000-8000-000000000001"
_SESSION = "0a11ce00-0000-4000-8000-000000000002"
_EXECUTION = "0a11ce00-0000-4000-8000-000000000003"
_BORN = "2026-11-22T15:00:00.000Z"


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
    ) -> Recording:
        """Build a recording of one execution whose log says `frames`: (delay in seconds, frame).

        Bytes and text are sent as they stand, so that they may be damaged on purpose.
        """
        outcome = Outcome(_EXECUTION, run_reason, status, exit_code)
        header = Header(name, prompt, _WORKSPACE, _SESSION, (outcome,))
        return cls(header, tuple(_made(header, outcome, frames)))


def names() -> tuple[str, ...]:
    """Name the recordings of era C, in alphabetical order."""
    return tuple(sorted(path.name.split(".")[0] for path in FOLDER.glob("*.jsonl*")))


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
        "task_id": None,
        "container_ref": f"/home/dev/worktrees/{directory}",
        "branch": f"vk/{directory}",
        "setup_completed_at": None,
        "created_at": _BORN,
        "updated_at": _BORN,
        "archived": False,
        "pinned": False,
        "name": header.prompt[:60],
        "worktree_deleted": False,
        "is_running": running,
        "is_errored": errored,
    }
    return {"JsonPatch": [{"op": op, "path": f"/workspaces/{header.workspace}", "value": row}]}


def _row_event(op: str, row: dict[str, Any]) -> dict[str, Any]:
    patch = [{"op": op, "path": f"/execution_processes/{row['id']}", "value": row}]
    return {"event": "json_patch", "data": patch}


def _row(header: Header, outcome: Outcome, script: bool) -> dict[str, Any]:
    agent = {
        "type": "CodingAgentInitialRequest",
        "prompt": header.prompt,
        "executor_config": {"executor": "CLAUDE_CODE"},
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
