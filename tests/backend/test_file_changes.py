"""File changes from the wire."""

from bot.backend.file_changes import edited, file_changes, hunks, written
from bot.backend.schema import Change
from bot.entries.model import EXCERPT_LINES, ChangeKind, FileChange

DIFF = """diff --git a//home/dev/worktrees/x/shop/login.py b//home/dev/worktrees/x/shop/login.py
--- a//home/dev/worktrees/x/shop/login.py
+++ b//home/dev/worktrees/x/shop/login.py
@@ -1 +1,3 @@
-    return token == expected
+    if not token:
+        return False
@@ -9 +10 @@
 context
"""


def test_a_diff_is_its_hunk_lines() -> None:
    """File headers, with their absolute paths, and hunk headers are gone."""
    assert hunks(DIFF).splitlines() == [
        "-    return token == expected",
        "+    if not token:",
        "+        return False",
        " context",
    ]


def test_a_line_that_looks_like_a_header_is_content() -> None:
    """A removed `-- comment` after the headers counts as a deletion."""
    change = edited("q.sql", "--- a/q.sql\n+++ b/q.sql\n@@ -1 +1 @@\n--- old\n+++ new\n")
    assert (change.additions, change.deletions) == (1, 1)


def test_counts_cover_the_whole_diff() -> None:
    """The body is cut, the counts are not."""
    change = edited("a.py", "@@ -0,0 +1,500 @@\n" + "+line\n" * 500 + "-gone\n")
    assert (change.additions, change.deletions) == (500, 1)
    assert change.body is not None
    assert change.body.text.count("\n") + 1 == EXCERPT_LINES
    assert change.body.omitted_lines == 501 - EXCERPT_LINES


def test_a_written_file_counts_its_lines() -> None:
    """Every line is an addition, with or without a last line end."""
    assert written("a", "one\ntwo\n").additions == 2
    assert written("a", "one\ntwo").additions == 2
    assert written("a", "").additions == 0


def test_what_nobody_can_show_is_binary() -> None:
    """NUL characters, git's remark and a change without changes are binary."""
    binary = FileChange(ChangeKind.BINARY, "logo.png")
    assert written("logo.png", "PNG\0\0") == binary
    assert edited("logo.png", "@@\n+\0") == binary
    assert edited("logo.png", "Binary files a/logo.png and b/logo.png differ\n") == binary
    assert file_changes("logo.png", [], None) == (binary,)


def test_each_change_is_of_its_kind() -> None:
    """Deleting and renaming have no body, and paths are relative."""
    root = "/w/worktrees/x/shop/"
    changes = [
        Change("delete"),
        Change("rename", new_path=root + "b.py"),
        Change("write", content="x"),
        Change("edit", unified_diff=DIFF),
        Change("unheard-of"),
    ]
    found = file_changes(root + "a.py", changes, None)
    assert [change.kind.value for change in found] == ["delete", "rename", "write", "edit", "edit"]
    assert {change.path for change in found} == {"a.py"}
    assert found[1].new_path == "b.py"
