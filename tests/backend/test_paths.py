"""Paths relative to the worktree."""

import pytest

from bot.backend.paths import relative


@pytest.mark.parametrize(
    ("path", "worktree", "shown"),
    [
        ("src/a.py", None, "src/a.py"),
        ("/home/dev/worktrees/cc73-fix/shop/src/a.py", None, "src/a.py"),
        ("/srv/vibe-kanban/worktrees/1a2b-x/shop/a.py", None, "a.py"),
        ("/elsewhere/1a2b/shop/a.py", "/elsewhere/1a2b", "a.py"),
        ("/elsewhere/1a2b/README", "/elsewhere/1a2b/", "README"),
        ("/etc/hosts", "/elsewhere/1a2b", "/etc/hosts"),
        ("/w/worktrees/x/shop/worktrees/y/z/a.py", None, "worktrees/y/z/a.py"),
        ("", None, ""),
    ],
)
def test_the_worktree_is_cut_off(path: str, worktree: str | None, shown: str) -> None:
    """A path inside a worktree is shown from its repository on; others stay."""
    assert relative(path, worktree) == shown
