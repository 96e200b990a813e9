"""Rows that no recording has, as the server of each generation writes them."""

from __future__ import annotations

from typing import Any

from .era import DIALECTS, Era

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


def _executor(action: dict[str, Any] | None, key: str) -> str | None:
    while action:
        if config := action["typ"].get(key):
            return str(config["executor"])
        action = action.get("next_action")
    return None
