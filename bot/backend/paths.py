"""Make paths relative to the worktree of their repository."""

from __future__ import annotations

import re

_WORKTREE = re.compile(r"^/(?:[^/]+/)*?worktrees/[^/]+/[^/]+/(?=.)")


def relative(path: str, worktree: str | None = None) -> str:
    """Cut the workspace's directory and the repository's name off an absolute path.

    `worktree` is the workspace's directory where it is known; without it a directory
    `worktrees/<workspace>/<repository>` is recognised. Other paths stay as they are.
    """
    if worktree and path.startswith(worktree.rstrip("/") + "/"):
        inside = path[len(worktree.rstrip("/")) + 1 :]
        return inside.partition("/")[2] or inside
    return _WORKTREE.sub("", path)
