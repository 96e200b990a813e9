"""Rows that no recording has, as the server of each generation writes them."""

from __future__ import annotations

from typing import Any

from .era import DIALECTS, Era

_FLAGS = frozenset({"is_running", "is_errored", "has_in_progress_attempt", "last_attempt_failed"})
_BORN = "2026-11-22T14:00:00.000Z"


def repository_row(key: str, name: str) -> dict[str, Any]:
    """Write the row of a registered repository."""
    return {
        "id": key,
        "path": f"/home/dev/{name}",
        "name": name,
        "display_name": name,
        "setup_script": None,
        "cleanup_script": None,
        "archive_script": None,
        "copy_files": None,
        "parallel_setup_script": False,
        "dev_server_script": None,
        "default_target_branch": "main",
        "default_working_dir": None,
        "created_at": _BORN,
        "updated_at": _BORN,
    }


def project_row(key: str, name: str) -> dict[str, Any]:
    """Write the row of a local project."""
    return {
        "id": key,
        "name": name,
        "default_agent_working_dir": None,
        "remote_project_id": None,
        "created_at": _BORN,
        "updated_at": _BORN,
    }


def session_row(execution: dict[str, Any], workspace_id: str, era: Era) -> dict[str, Any]:
    """Write the row of the session that an execution's row begins."""
    action, born = execution["executor_action"], execution["created_at"]
    row = {
        "id": execution["session_id"],
        "workspace_id": workspace_id,
        "executor": _executor(action, DIALECTS[era].executor_key),
        "created_at": born,
        "updated_at": born,
    }
    if era == "a":
        return row
    return row | {"name": None, "agent_working_dir": action["typ"].get("working_dir")}


def task_row(key: str, asked: dict[str, Any], now: str) -> dict[str, Any]:
    """Write the row of a task that nobody has begun."""
    return {
        "id": key,
        "project_id": asked["project_id"],
        "title": asked["title"],
        "description": asked["description"],
        "status": asked["status"] or "todo",
        "parent_workspace_id": asked["parent_workspace_id"],
        "created_at": now,
        "updated_at": now,
        "has_in_progress_attempt": False,
        "last_attempt_failed": False,
        "executor": "",
    }


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Leave out the flags that only streams and lists have."""
    return {key: value for key, value in row.items() if key not in _FLAGS}


def _executor(action: dict[str, Any] | None, key: str) -> str | None:
    while action:
        if config := action["typ"].get(key):
            return str(config["executor"])
        action = action.get("next_action")
    return None
