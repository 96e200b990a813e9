"""Frames of a log socket, well-formed and not."""

import json
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.backend.decode import DecodedFrame, LogDecoder, position_of
from bot.entries.events import Cleared, LogEvent, Put, Removed
from bot.entries.model import (
    Answer,
    Answered,
    CommandRun,
    CommitReminder,
    Content,
    ErrorText,
    Excerpt,
    Feedback,
    Fetch,
    FileRead,
    Hidden,
    ModelName,
    Notice,
    Other,
    Plan,
    Question,
    Questions,
    Search,
    SubAgent,
    Thinking,
    Todo,
    Todos,
    TodoState,
    Tool,
    ToolStatus,
    ToolUse,
    Usage,
    UserText,
)
from tests.backend.wire import FINISHED, chunk, command, frame, remove, say, use


def content(text: str) -> Content:
    """The one content a frame puts."""
    (event,) = LogDecoder("x").decode(text).events
    assert isinstance(event, Put)
    return event.content


def tool(text: str) -> Tool:
    """The one tool a frame puts."""
    found = content(text)
    assert isinstance(found, Tool)
    return found


def action(wire: dict[str, Any], name: str = "T") -> object:
    """The domain action of a wire action."""
    return tool(use(0, wire, name=name)).action


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("assistant_message", "Hi", Answer("Hi")),
        ("assistant_message", " \n", Hidden()),
        ("thinking", "Hm", Thinking("Hm")),
        ("user_message", "do it", UserText("do it")),
        ("system_message", "requesting", Hidden()),
        ("system_message", "System: notification", Hidden()),
        ("system_message", "System: a longer remark", Notice("System: a longer remark")),
        ("system_message", "System initialized with model: claude-x", ModelName("claude-x")),
        ("system_message", "Error: Broken pipe", ErrorText("Broken pipe")),
        ("system_message", "Something new", Notice("Something new")),
        ("system_message", "Stop hook feedback:\nThere are uncommitted changes.", CommitReminder()),
        ("system_message", "Stop hook feedback:\nlint", Notice("Stop hook feedback:\nlint")),
        ("error_message", "boo\n", ErrorText("boo")),
        (
            "error_message",
            "Claude Code + ANTHROPIC_API_KEY detected. Usage",
            Notice("Claude Code + ANTHROPIC_API_KEY detected. Usage"),
        ),
        ("loading", "", Hidden()),
        ("weather_report", "sunny", Other("weather_report", "sunny")),
    ],
)
def test_each_kind_of_text_is_what_it_means(kind: str, text: str, expected: Content) -> None:
    """Noise is hidden by name, notices and reminders are no errors, the unknown is shown."""
    assert content(frame(0, {"type": kind}, text)) == expected


def test_what_the_person_said_is_kept() -> None:
    """Feedback and answers are contents; a denial without words says nothing new."""
    feedback = {"type": "user_feedback", "denied_tool": "Bash"}
    assert content(frame(0, feedback, "use rg")) == Feedback("use rg", "Bash")
    assert content(frame(0, feedback, "User denied this tool use request")) == Hidden()
    answers = [{"question": "Which?", "answer": ["A", "B"]}, {"question": "Why?", "answer": "so"}]
    answered = content(frame(0, {"type": "user_answered_questions", "answers": answers}))
    assert answered == Answered((("Which?", ("A", "B")), ("Why?", ("so",))))


def test_usage_is_header_data() -> None:
    """Token counts are decoded, not shown."""
    usage = {"type": "token_usage_info", "total_tokens": 12, "model_context_window": 99}
    assert content(frame(0, usage, "Tokens used: 12")) == Usage(12, 99)


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        ({"action": "file_read", "path": "/w/worktrees/x/shop/a.py"}, FileRead("a.py")),
        ({"action": "search", "query": "TODO"}, Search("TODO")),
        ({"action": "web_fetch", "url": "https://a.b"}, Fetch("https://a.b")),
        ({"action": "plan_presentation", "plan": "# Plan"}, Plan("# Plan")),
        ({"action": "other", "description": "Tool: T"}, ToolUse("T")),
        ({"action": "other", "description": "Look here"}, ToolUse("T", "Look here")),
        ({"action": "teleport"}, ToolUse("T", "said")),
        (
            {"action": "task_create", "description": "Task: `Search`", "subagent_type": "Explore"},
            SubAgent("Search", "Explore"),
        ),
        (
            {"action": "todo_management", "todos": [{"content": "a", "status": "in_progress"}]},
            Todos((Todo("a", TodoState.IN_PROGRESS),)),
        ),
        (
            {"action": "todo_management", "todos": [{"content": "a", "status": "maybe"}]},
            Todos((Todo("a", TodoState.PENDING),)),
        ),
        (
            {
                "action": "ask_user_question",
                "questions": [
                    {
                        "question": "Which?",
                        "header": "DB",
                        "options": [{"label": "A", "description": None}],
                        "multiSelect": True,
                    }
                ],
            },
            Questions((Question("Which?", "DB", (("A", ""),), multiple=True),)),
        ),
    ],
)
def test_each_action_has_its_own_shape(wire: dict[str, Any], expected: object) -> None:
    """Every known action is decoded; an unknown one keeps its name and what it says."""
    assert action(wire) == expected


def test_a_tool_result_hides_its_nesting() -> None:
    """Text comes as it is, JSON indented, arguments as one short line."""
    wire = {
        "action": "tool",
        "tool_name": "mcp:github:get_issue",
        "arguments": {"repo": "a/b", "number": 7, "body": "x" * 500},
        "result": {"type": {"type": "json"}, "value": {"title": "T"}},
    }
    found = action(wire)
    assert isinstance(found, ToolUse)
    assert found.name == "mcp:github:get_issue"
    assert found.arguments.startswith("repo=a/b, number=7, body=xxx")
    assert len(found.arguments) == 200
    assert found.result == Excerpt('{\n  "title": "T"\n}', tail=True)


def test_a_sub_agents_report_is_for_people() -> None:
    """The lines that are for machines are cut."""
    report = "One caller.\n\nagentId: a1 (use SendMessage with to: 'a1')\n<usage>total: 2\n</usage>"
    wire = {
        "action": "task_create",
        "description": "Task: `Search`",
        "result": {"type": {"type": "markdown"}, "value": report},
    }
    assert action(wire) == SubAgent("Search", None, Excerpt("One caller."))


@pytest.mark.parametrize(
    ("wire", "status"),
    [
        (command(0), ToolStatus.RUNNING),
        (use(0, {"action": "tool", "tool_name": "t"}), ToolStatus.RUNNING),
        (use(0, {"action": "file_read", "path": "a"}), ToolStatus.UNKNOWN),
        (use(0, {"action": "teleport"}), ToolStatus.UNKNOWN),
        (use(0, {"action": "file_read"}, "timed_out"), ToolStatus.TIMED_OUT),
        (use(0, {"action": "search"}, "denied", reason="no"), ToolStatus.DENIED),
        (use(0, {"action": "search"}, "success"), ToolStatus.SUCCEEDED),
        (command(0, "", success=True), ToolStatus.SUCCEEDED),
        (command(0, "", success=False, status="success"), ToolStatus.FAILED),
        (command(0, "", code=2), ToolStatus.FAILED),
    ],
)
def test_a_status_says_how_far_a_tool_has_come(wire: str, status: ToolStatus) -> None:
    """Created means running only where a result follows; a result tells of itself."""
    assert tool(wire).status is status


def test_an_approval_waits_under_its_id() -> None:
    """The id leads to the approval."""
    wire = use(0, {"action": "search"}, "pending_approval", approval_id="a1")
    assert (tool(wire).status, tool(wire).approval_id) == (ToolStatus.WAITING, "a1")


def test_the_exit_code_is_read_from_the_text() -> None:
    """A failed command's first line becomes its exit code."""
    found = tool(command(0, "Exit code 101\nerror: no", success=False, status="failed"))
    assert found.action == CommandRun("make", Excerpt("error: no", tail=True), 101)


def test_a_stop_leaves_no_boilerplate() -> None:
    """An interrupted command failed with its code and without the remark for the model."""
    output = "Exit code 137\n[Request interrupted by user for tool use]"
    found = tool(command(0, output, success=False, status="failed"))
    assert found == Tool(CommandRun("make", None, 137), ToolStatus.FAILED)


def test_a_successful_output_is_left_alone() -> None:
    """What a successful command printed is its output, whatever it looks like."""
    found = tool(command(0, "Exit code 1\n", success=True, status="success"))
    assert found.action == CommandRun("make", Excerpt("Exit code 1", tail=True))
    assert tool(command(0, "x", code=0)).action == CommandRun("make", Excerpt("x", tail=True), 0)


DENIED = "The user doesn't want to proceed with this tool use. The tool use was rejected. "


@pytest.mark.parametrize(
    ("output", "reason"),
    [(DENIED + "To tell you how, the user said: use rg\n", "use rg"), (DENIED, None)],
)
def test_a_denial_in_the_clothes_of_a_failure_is_a_denial(output: str, reason: str | None) -> None:
    """The boilerplate is gone, the person's words stay."""
    found = tool(command(0, output, success=False, status="failed"))
    assert found == Tool(CommandRun("make"), ToolStatus.DENIED, reason)


def test_a_server_cancelling_an_approval_is_nobodys_reason() -> None:
    """Its remark is dropped."""
    reason = "Approval service error: executor approval request cancelled"
    assert tool(use(0, {"action": "search"}, "denied", reason=reason)).reason is None


def test_an_unreadable_part_costs_only_itself() -> None:
    """An entry of the wrong shape is shown by its name and text."""
    wire = use(0, {"action": "file_read", "path": {"not": "a string"}}, name="Read")
    assert tool(wire) == Tool(ToolUse("Read", "said"), ToolStatus.UNKNOWN)
    odd = frame(0, {"type": "assistant_message", "answers": 7}, "still here")
    assert content(odd) == Answer("still here")


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"JsonPatch":7}', '{"JsonPatch":[{"op":1}]}', "[" * 100_000, "\ud800"],
)
def test_a_broken_frame_is_empty(text: str) -> None:
    """Nothing raises; the stream goes on."""
    assert LogDecoder("x").decode(text) == DecodedFrame()


def test_broken_frames_cost_one_line() -> None:
    """Only a stream's first broken frame is logged, without its content."""
    decoder = LogDecoder("x")
    with capture_logs() as logs:
        for text in ("{secret", "{", "{"):
            decoder.decode(text)
    assert [(line["event"], line["log_level"]) for line in logs] == [
        ("log.frame_broken", "warning")
    ]
    assert "secret" not in str(logs)


def test_lone_surrogates_are_replaced() -> None:
    """A half of a pair is no character; what stands around it stays, whole pairs too."""
    text = say(0, "MARK 👍").replace("MARK", r"a\ud800b")
    assert content(text) == Answer("a\ufffdb 👍")


def test_control_characters_pass() -> None:
    """Cleaning is somebody else's work."""
    assert content(say(0, "a\x1b[31m\x00\u202eb")) == Answer("a\x1b[31m\x00\u202eb")


def test_a_huge_text_is_capped() -> None:
    """Ten megabytes keep their beginning and say how much is gone."""
    found = content(say(0, "x" * 10_000_000))
    assert isinstance(found, Answer)
    assert len(found.text) + found.omitted_chars == 10_000_000


@pytest.mark.parametrize(
    ("path", "position"),
    [
        ("/entries/7", 7),
        ("/entries/x", None),
        ("/entries/-1", None),
        ("/other/1", None),
        ("/entries/" + "9" * 30, None),
        ("/entries/٣", None),
    ],
)
def test_only_positions_are_positions(path: str, position: int | None) -> None:
    """Any other path is not part of the log."""
    assert position_of(path) == position


def test_raw_output_comes_as_text() -> None:
    """Chunks of both streams are joined; foreign values are left out."""
    decoder = LogDecoder("x")
    assert decoder.decode(chunk(0, "a")).output == "a"
    assert decoder.decode(chunk(1, "b", "STDERR")).output == "b"
    diff = json.dumps(
        {
            "JsonPatch": [
                {"op": "add", "path": "/entries/1", "value": {"type": "DIFF", "content": {}}}
            ]
        }
    )
    assert decoder.decode(diff) == DecodedFrame()
    assert decoder.decode(FINISHED) == DecodedFrame(finished=True)


def events(*frames: str) -> list[LogEvent]:
    """All events of a stream."""
    decoder = LogDecoder("x")
    return [event for text in frames for event in decoder.decode(text).events]


def test_one_removal_is_a_removal() -> None:
    """Also of the first entry, once it is clear that no more follow."""
    assert events(remove(3)) == [Removed(3)]
    assert events(remove(0), say(1, "a")) == [Removed(0), Put(1, Answer("a"))]
    assert events(remove(0), FINISHED) == [Removed(0)]
    assert events(remove(0), remove(2)) == [Removed(0), Removed(2)]


def test_a_burst_of_first_removals_clears_the_log() -> None:
    """Entry 0 removed again and again means that everything begins anew."""
    burst = [remove(0)] * 4
    assert events(say(0, "a"), *burst, say(0, "b")) == [
        Put(0, Answer("a")),
        Cleared(),
        Put(0, Answer("b")),
    ]
