from __future__ import annotations

from dataclasses import replace

import pytest

from bot.entries.model import (
    Action,
    Answer,
    ChangeKind,
    CommandRun,
    Content,
    Entry,
    Excerpt,
    Fetch,
    FileChange,
    FileEdit,
    FileRead,
    Plan,
    Question,
    Questions,
    Script,
    ScriptKind,
    Search,
    SubAgent,
    Todo,
    Todos,
    TodoState,
    Tool,
    ToolStatus,
    ToolUse,
)
from bot.rendering.entry import entry_blocks, has_mark, late_block
from bot.rendering.options import RenderOptions, Verbosity
from bot.rendering.rich_text import RichText
from tests.fakes.stories import OPTIONS

S = ToolStatus
COMPACT = replace(OPTIONS, verbosity=Verbosity.COMPACT)
FULL = replace(OPTIONS, verbosity=Verbosity.FULL)
SHORT = replace(OPTIONS, limit=256)

EDIT = FileChange(
    ChangeKind.EDIT, "a.py", None, Excerpt("@@ -1 +1 @@\n a\n-b\n+c"), additions=12, deletions=3
)
QUESTION = Question("Which?", "DB", (("A", "first"), ("B", "")))


def lines(count: int) -> str:
    return "\n".join(f"line {n}" for n in range(1, count + 1))


def shown(
    action: Action, status: ToolStatus = S.RUNNING, options: RenderOptions = OPTIONS
) -> RichText:
    return rendered(Tool(action, status), options)


def rendered(content: Content, options: RenderOptions = OPTIONS) -> RichText:
    (block,) = entry_blocks(Entry("x/1", content, complete=True), options)
    assert len(block.rich) <= options.block_chars
    assert block.rich.normalised() == block.rich
    return block.rich


def formatting(rich: RichText) -> list[tuple[str, str]]:
    return [(e.type, rich.text[e.offset : e.end]) for e in rich.entities]


# --- heads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "text", "entities"),
    [
        (FileRead("src/a.rs"), "📖 Reading: src/a.rs", [("code", "src/a.rs")]),
        (Search("def x"), "🔍 Searching: def x", [("code", "def x")]),
        (Fetch("https://a.bc"), "🌐 Fetching: https://a.bc", [("code", "https://a.bc")]),
        (CommandRun("make\ttest"), "⚡ Running: make test", [("code", "make test")]),
        (CommandRun("a\nb"), "⚡ Running:\na\nb", [("pre", "a\nb")]),
        (ToolUse("mcp"), "🧩 mcp", []),
        (ToolUse("mcp", "x: 1"), "🧩 mcp: x: 1", [("code", "x: 1")]),
        (SubAgent("Search"), "🤖 Sub-agent: Search", []),
        (SubAgent("Search", "general"), "🤖 Sub-agent (general): Search", []),
        (Plan("1. *a*"), "🗺 Plan\n1. a", [("expandable_blockquote", "1. a"), ("italic", "a")]),
        (
            FileEdit((FileChange(ChangeKind.DELETE, "a"),)), "🗑 Deleting: a", [("code", "a")],
        ),
        (
            FileEdit((FileChange(ChangeKind.RENAME, "a", "b"),)),
            "➡ Renaming: a → b",
            [("code", "a"), ("code", "b")],
        ),
        (
            FileEdit((FileChange(ChangeKind.BINARY, "a.png"),)),
            "📦 Binary file changed: a.png",
            [("code", "a.png")],
        ),
        (FileEdit((FileChange(ChangeKind.EDIT, "a"),)), "📝 Editing: a", [("code", "a")]),
        (
            FileEdit((EDIT,)),
            "📝 Editing: a.py  +12 −3\n a\n-b\n+c",
            [("code", "a.py"), ("pre", " a\n-b\n+c")],
        ),
        (
            FileEdit((FileChange(ChangeKind.WRITE, "a.py", None, Excerpt("x\n"), 1, 0),)),
            "📝 Writing: a.py  +1\nx",
            [("code", "a.py"), ("pre", "x")],
        ),
        (
            Todos(
                (
                    Todo("a", TodoState.COMPLETED),
                    Todo("b", TodoState.IN_PROGRESS),
                    Todo("c", TodoState.PENDING),
                    Todo("d", TodoState.CANCELLED),
                )
            ),
            "☑ To-do\n✅ a\n▶️ b\n▫️ c\n✖️ d",
            [("bold", "b")],
        ),
        (
            Questions((QUESTION, replace(QUESTION, text="And?"))),
            "❓ Which?\n• A – first\n• B\n\n❓ And?\n• A – first\n• B",
            [("bold", "A"), ("bold", "B"), ("bold", "A"), ("bold", "B")],
        ),
    ],
)  # fmt: skip
def test_looks(action: Action, text: str, entities: list[tuple[str, str]]) -> None:
    """Each action has its own line."""
    rich = shown(action)

    assert (rich.text, formatting(rich)) == (text, entities)


@pytest.mark.parametrize(
    ("body", "language"), [("a.py", "python"), ("x/Main.RS", "rust"), ("Makefile", None)]
)
def test_written_file_is_code_of_its_language(body: str, language: str | None) -> None:
    """The ending of the name decides."""
    change = FileChange(ChangeKind.WRITE, body, None, Excerpt("x"), 1, 0)

    assert shown(FileEdit((change,))).entities[1].language == language


def test_diff_is_marked_as_one() -> None:
    """Clients colour a diff by its language."""
    assert shown(FileEdit((EDIT,))).entities[1].language == "diff"


def test_several_changes_stand_below_each_other() -> None:
    """One call may change many files."""
    other = FileChange(ChangeKind.DELETE, "b.py")

    assert shown(FileEdit((EDIT, other)), S.FAILED).text == (
        "📝 Editing: a.py  +12 −3 ✗\n a\n-b\n+c\n🗑 Deleting: b.py"
    )


def test_of_very_many_changes_the_first_are_named() -> None:
    """A call that changes hundreds of files fits a page and says how many it does not name."""
    changes = tuple(FileChange(ChangeKind.DELETE, f"file-{n}.py") for n in range(300))

    text = shown(FileEdit(changes), options=SHORT).text

    assert text.startswith("🗑 Deleting: file-0.py\n")
    named = text.count("Deleting")
    assert text.endswith(f"\n… +{300 - named} files")


# --- marks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "mark"),
    [
        (S.RUNNING, ""),
        (S.UNKNOWN, ""),
        (S.SUCCEEDED, " ✓"),
        (S.FAILED, " ✗ exit 101"),
        (S.WAITING, " · 🔐 Waiting for approval"),
        (S.DENIED, " · 🚫 Denied"),
        (S.TIMED_OUT, " · ⌛ Timed out"),
        (S.CANCELLED, " · ⏹ Cancelled"),
    ],
)
def test_marks_of_a_command(status: ToolStatus, mark: str) -> None:
    """How a command stands is at the end of its line."""
    action = CommandRun("x", exit_code=101)

    assert shown(action, status).text == "⚡ Running: x" + mark
    assert has_mark(Tool(action, status)) is bool(mark)


def test_mark_of_a_command_of_several_lines() -> None:
    """It stands on a line of its own, below the command."""
    assert shown(CommandRun("a\nb"), S.SUCCEEDED).text == "⚡ Running:\na\nb\n✓"
    assert shown(CommandRun("a\nb"), S.DENIED).text == "⚡ Running:\na\nb\n🚫 Denied"


def test_denial_has_its_reason() -> None:
    """Why something was denied follows the mark."""
    tool = Tool(CommandRun("x"), S.DENIED, reason="use\nanother way")

    assert rendered(tool).text == "⚡ Running: x · 🚫 Denied: use another way"


@pytest.mark.parametrize(
    ("action", "succeeded"),
    [
        (FileRead("a"), ""),
        (Search("a"), ""),
        (FileEdit((FileChange(ChangeKind.EDIT, "a"),)), ""),
        (ToolUse("a"), " ✓"),
        (SubAgent("a"), " ✓"),
    ],
)
def test_success_is_marked_where_it_is_news(action: Action, succeeded: str) -> None:
    """Reading a file that could be read needs no mark; that it failed does."""
    assert shown(action, S.SUCCEEDED).text == shown(action).text + succeeded
    assert shown(action, S.FAILED).text == shown(action).text + " ✗"


def test_plan_that_waits_is_open() -> None:
    """What a person is to decide on is not folded."""
    assert [entity.type for entity in shown(Plan("a"), S.WAITING).entities] == ["blockquote"]


def test_other_contents_have_no_mark() -> None:
    """Only tools and scripts stand somewhere."""
    assert not has_mark(Answer("a"))


# --- outputs --------------------------------------------------------------------------------------


def test_failure_shows_the_end_of_its_output() -> None:
    """The last eight lines, and how many came before."""
    action = CommandRun("x", Excerpt(lines(10), omitted_lines=5, tail=True), 1)

    rich = shown(action, S.FAILED)

    assert rich.text == "⚡ Running: x ✗ exit 1\n… +7 lines\n" + "\n".join(
        f"line {n}" for n in range(3, 11)
    )
    assert rich.entities[-1].type == "pre"


def test_success_shows_no_output() -> None:
    """Only verbosity full shows the output of what went well."""
    action = CommandRun("x", Excerpt("out", tail=True))

    assert shown(action, S.SUCCEEDED).text == "⚡ Running: x ✓"
    assert shown(action, S.SUCCEEDED, FULL).text == "⚡ Running: x ✓\nout"


def test_empty_output_is_not_shown() -> None:
    """There is no empty code block."""
    assert shown(CommandRun("x", Excerpt(" \n\n")), S.FAILED).text == "⚡ Running: x ✗"


def test_full_shows_sixty_lines() -> None:
    """As much as the transcript keeps."""
    action = CommandRun("x", Excerpt(lines(60), omitted_lines=1, tail=True))

    assert shown(action, S.FAILED, FULL).text.count("\nline ") == 60


@pytest.mark.parametrize(
    "action",
    [
        CommandRun("x", Excerpt("out", tail=True)),
        FileEdit((EDIT,)),
        SubAgent("a", None, Excerpt("out")),
        Plan("a"),
        ToolUse("x", "", Excerpt("out")),
        CommandRun("a\nb"),
    ],
)
def test_compact_shows_one_line(action: Action) -> None:
    """A tool is one line, whatever came of it."""
    assert "\n" not in shown(action, S.FAILED, COMPACT).text


def test_long_diff_says_how_much_is_left_out() -> None:
    """Twelve lines, then how many follow."""
    body = Excerpt("\n".join(f"+{n}" for n in range(40)), omitted_lines=20)
    change = replace(EDIT, body=body)

    text = shown(FileEdit((change,))).text

    assert text.endswith("\n+11\n… +48 lines")


def test_tool_result_shows_like_an_output() -> None:
    """When it failed, or when everything is to be seen."""
    action = ToolUse("mcp", "x", Excerpt("no such thing", tail=True))

    assert shown(action, S.FAILED).text == "🧩 mcp: x ✗\nno such thing"
    assert shown(action, S.SUCCEEDED).text == "🧩 mcp: x ✓"
    assert shown(action, S.SUCCEEDED, FULL).text == "🧩 mcp: x ✓\nno such thing"


def test_report_of_a_sub_agent_is_folded() -> None:
    """Its beginning as Markdown in a quotation, then how much is left out."""
    report = "**Found**\n" + lines(12)
    action = SubAgent("Search", None, Excerpt(report, omitted_lines=1))

    rich = shown(action, S.SUCCEEDED)

    assert rich.text == "🤖 Sub-agent: Search ✓\nFound\n" + lines(11) + "\n… +2 lines"
    assert [entity.type for entity in rich.entities] == ["expandable_blockquote", "bold"]


# --- length ---------------------------------------------------------------------------------------


def test_long_command_is_shortened_in_the_middle() -> None:
    """Both ends stay."""
    text = shown(CommandRun("start " + "x" * 400 + " end")).text

    assert text.startswith("⚡ Running: start x")
    assert text.endswith("x end")
    assert " … " in text
    assert len(text) <= len("⚡ Running: ") + 300


def test_long_arguments_are_shortened() -> None:
    """A summary of arguments is a line."""
    assert len(shown(ToolUse("mcp", "x" * 500)).entities[0:1]) == 1
    assert shown(ToolUse("mcp", "x" * 500)).entities[0].length == 120


@pytest.mark.parametrize("options", [OPTIONS, SHORT, replace(SHORT, verbosity=Verbosity.FULL)])
@pytest.mark.parametrize("status", [S.FAILED, S.WAITING])
@pytest.mark.parametrize(
    "action",
    [
        CommandRun("x" * 5000, Excerpt("y" * 8000, 3, tail=True), 1),
        CommandRun("x\n" * 500, Excerpt(lines(60), 3, tail=True), 1),
        FileEdit((replace(EDIT, body=Excerpt(lines(60), 900)),) * 4),
        FileEdit((replace(EDIT, path="p/" * 3000, body=Excerpt("y" * 8000)),)),
        ToolUse("n" * 900, "a" * 900, Excerpt("y" * 8000)),
        SubAgent("d" * 900, "t" * 900, Excerpt("word " * 1600)),
        Plan("- item\n" * 3000),
        Plan("word " * 13000),
        Todos((Todo("t" * 400, TodoState.PENDING),) * 30),
        Questions((Question("q" * 3000, "", (("l" * 900, "d" * 900),) * 20),) * 4),
        FileRead("p" * 3000),
        Fetch("u" * 3000),
    ],
    ids=lambda value: type(value).__name__,
)
def test_everything_fits_a_page(action: Action, status: ToolStatus, options: RenderOptions) -> None:
    """No call is longer than a page; the mark of one line's length stays."""
    assert shown(action, status, options)


# --- late results ---------------------------------------------------------------------------------


def late(tool: Tool) -> str:
    return late_block(Entry("x/1", tool, complete=True), OPTIONS).rich.text


def test_late_result_of_a_command() -> None:
    """A short line that names the command, with the mark and what a failure said."""
    output = Excerpt(lines(9), tail=True)
    long = CommandRun("make " + "x" * 200, output, 2)

    assert late(Tool(CommandRun("make", output), S.SUCCEEDED)) == "⚡ make ✓"
    head, more, *rest = late(Tool(long, S.FAILED)).split("\n")
    assert head.endswith(" ✗ exit 2")
    assert len(head) < 100
    assert (more, len(rest)) == ("… +1 line", 8)


@pytest.mark.parametrize(
    ("action", "head"),
    [
        (FileRead("a"), "📖 a"),
        (Search("a"), "🔍 a"),
        (Fetch("a"), "🌐 a"),
        (FileEdit((EDIT,)), "📝 a.py"),
        (ToolUse("a"), "🧩 a"),
        (SubAgent("a"), "🤖 a"),
        (Plan("a"), "🗺 Plan"),
        (Todos(()), "☑ To-do"),
        (Questions((QUESTION,)), "❓ Which?"),
    ],
)
def test_late_result_of_other_tools(action: Action, head: str) -> None:
    """Every action has a short name."""
    assert late(Tool(action, S.DENIED)) == head + " · 🚫 Denied"


def test_late_result_of_a_script() -> None:
    """A script is one line anyway."""
    script = Script(ScriptKind.SETUP, S.SUCCEEDED, 0, 2.0)

    assert late_block(Entry("x", script), OPTIONS).rich.text == "🔧 Setup script ✓ 2 s"


# --- scripts --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (Script(ScriptKind.SETUP, S.RUNNING), "🔧 Setup script…"),
        (Script(ScriptKind.CLEANUP, S.SUCCEEDED, 0, 65), "🔧 Cleanup script ✓ 1 min 05 s"),
        (Script(ScriptKind.TOOL_INSTALL, S.SUCCEEDED), "🔧 Tool installation ✓"),
        (Script(ScriptKind.SETUP, S.FAILED, 3), "🔧 Setup script ✗ exit 3"),
        (
            Script(ScriptKind.SETUP, S.FAILED, 3, 1.0, Excerpt("a\nb", 4, tail=True)),
            "🔧 Setup script ✗ exit 3\n… +4 lines\na\nb",
        ),
        (
            Script(ScriptKind.SETUP, S.SUCCEEDED, 0, 1.0, Excerpt("a", tail=True)),
            "🔧 Setup script ✓ 1 s",
        ),
        (Script(ScriptKind.SETUP, S.CANCELLED), "🔧 Setup script · ⏹ Cancelled"),
        (Script(ScriptKind.SETUP, S.TIMED_OUT), "🔧 Setup script · ⌛ Timed out"),
    ],
)
def test_scripts(script: Script, text: str) -> None:
    """A script is one line, with the end of its output only when it failed."""
    assert rendered(script).text == text
    assert has_mark(script) is (script.status is not S.RUNNING)
