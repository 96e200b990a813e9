"""Turn the wire's file changes, unified diffs above all, into domain file changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.backend import schema
from bot.backend.excerpts import head
from bot.backend.paths import relative
from bot.entries.model import ChangeKind, FileChange

_HEAD_LINES = ("diff --git ", "index ", "--- ", "+++ ", "new file mode ", "deleted file mode ")
_BINARY = re.compile(r"^(?:Binary files .* differ|GIT binary patch)$", re.MULTILINE)
_HUNK = re.compile(r"^@@ .*\n?", re.MULTILINE)


def file_changes(
    path: str, changes: Iterable[schema.Change], worktree: str | None
) -> tuple[FileChange, ...]:
    """Convert every change of one tool call; no change at all means nobody can show one."""
    path = relative(path, worktree)
    found = tuple(_changes(path, changes, worktree))
    return found or (FileChange(ChangeKind.BINARY, path),)


def _changes(
    path: str, changes: Iterable[schema.Change], worktree: str | None
) -> Iterator[FileChange]:
    for change in changes:
        match change.action:
            case "delete":
                yield FileChange(ChangeKind.DELETE, path)
            case "rename":
                yield FileChange(
                    ChangeKind.RENAME, path, new_path=relative(change.new_path or "", worktree)
                )
            case "write":
                yield written(path, change.content or "")
            case _:
                yield edited(path, change.unified_diff or "")


def written(path: str, content: str) -> FileChange:
    """Describe a file written whole; every line counts as added."""
    if "\0" in content:
        return FileChange(ChangeKind.BINARY, path)
    additions = content.count("\n") + (not content.endswith("\n") and content != "")
    return FileChange(ChangeKind.WRITE, path, body=head(content), additions=additions)


def edited(path: str, diff: str) -> FileChange:
    """Describe an edit by its hunks' lines; counts cover the whole diff, the body its beginning."""
    if "\0" in diff or _BINARY.search(diff):
        return FileChange(ChangeKind.BINARY, path)
    body = hunks(diff)
    return FileChange(
        ChangeKind.EDIT,
        path,
        body=head(body),
        additions=_count(body, "+"),
        deletions=_count(body, "-"),
    )


def hunks(diff: str) -> str:
    """Cut file headers (which hold absolute paths) and `@@` lines off a unified diff."""
    start = 0
    while diff.startswith(_HEAD_LINES, start):
        last = diff.startswith("+++ ", start)
        start = diff.find("\n", start) + 1 or len(diff)
        if last:
            break
    return _HUNK.sub("", diff[start:])


def _count(body: str, sign: str) -> int:
    return body.count("\n" + sign) + body.startswith(sign)
