"""What the recordings say must be visible."""

from __future__ import annotations

import pytest

from sandbox.kanban.recording import Recording, load, names
from tests.units.log import positions
from tests.units.turn import turns, units

EVERY = (*names(), *names("a"))
_NOISE = ("requesting", "System:", "Tokens used", "agentId", "<usage>", "doesn't want to proceed")


def _texts(name: str) -> list[str]:
    return [unit.text for unit in units(load(name))]


def test_there_are_36_recordings() -> None:
    """Era C is recorded in 23 scenarios, era A in 13."""
    assert (len(names()), len(names("a"))) == (23, 13)


@pytest.mark.parametrize("name", EVERY)
def test_keys_are_unique_and_noise_is_hidden(name: str) -> None:
    """Every recording has something to show, each unit once, and no known noise."""
    found = units(load(name))
    assert found
    assert len({unit.key for unit in found}) == len(found)
    assert not [unit for unit in found if any(noise in unit.text for noise in _NOISE)]


@pytest.mark.parametrize("name", EVERY)
def test_live_and_replayed_logs_have_the_same_order(name: str) -> None:
    """The replay numbers its entries like the live log, wherever there was one."""
    recording = load(name)
    for outcome in recording.header.executions:
        live = positions(recording, outcome.id, "normalized")
        replay = positions(recording, outcome.id, "replay")
        assert not live or live == replay


def test_a_command_shows_its_mark_exit_code_and_output() -> None:
    """A failed command shows the exit code of its text once, and the output below."""
    assert _texts("failing")[2].endswith(
        " ✗ exit 101\ncollected 3 items\n"
        "FAILED tests/test_login.py::test_empty - assert True is False"
    )


def test_an_edit_shows_path_counts_and_hunk_lines() -> None:
    """An edit shows its path, what it added and removed, and its hunks without their heads."""
    edit = _texts("basic")[5].split("\n")
    assert edit[0] == "📝 Editing: login.py  +3 \u22121"
    assert edit[1] == "-    return token == expected"
    assert len(edit) == 5


def test_denied_stays_denied() -> None:
    """What the person refused shows the refusal and the reason, not the agent's boilerplate."""
    assert _texts("deny")[2:4] == [
        "⚡ Running: touch approved.txt && ls · 🚫 Denied: use another way",
        "🗣 “use another way”",
    ]


def test_a_stop_shows_only_its_exit_code() -> None:
    """A command that was stopped shows no boilerplate for models."""
    assert _texts("stopped")[-1] == "⚡ Running: sleep 45; echo finished ✗ exit 137"


def test_a_call_without_a_result_was_cut_short() -> None:
    """When the log is over, a command that never got its result is cancelled."""
    action = {"action": "command_run", "command": "sleep 9", "result": None}
    kind = {"type": "tool_use", "action_type": action, "status": {"status": "created"}}
    content = {"entry_type": kind, "content": "sleep 9"}
    value = {"type": "NORMALIZED_ENTRY", "content": content}
    frame = {"JsonPatch": [{"op": "add", "path": "/entries/0", "value": value}]}
    made = Recording.of_frames([(0.0, frame)], status="failed", exit_code=None)
    assert [unit.text for unit in units(made)] == ["⚡ Running: sleep 9 · ⏹ Cancelled"]


def test_a_sub_agents_report_has_no_machine_lines() -> None:
    """A sub-agent shows its task unwrapped and its report for people."""
    assert _texts("subagent")[2] == (
        "🤖 Sub-agent (general-purpose): Search the code ✓\nOne caller: login.py."
    )


def test_scripts_are_units_of_the_turn() -> None:
    """Setup and cleanup stand around the agent's entries, a failure with its last lines."""
    assert (_texts("scripts")[0], _texts("scripts")[-1]) == (
        "🔧 Setup script ✓",
        "🔧 Cleanup script ✓",
    )
    assert _texts("setupfails") == ["🔧 Setup script ✗ exit 3\ninstalling\nE: no such package"]


@pytest.mark.parametrize("name", ["scripts", "era-a/scripts"])
def test_setup_agent_and_cleanup_are_one_turn(name: str) -> None:
    """Both eras run them as three executions, and a chat shows one view."""
    (turn,) = turns(load(name))
    reasons = [execution.run_reason for execution in turn.executions]
    assert reasons == ["setupscript", "codingagent", "cleanupscript"]


def test_a_recorded_damaged_answer_is_shown_once_and_whole() -> None:
    """Era A cut characters in an answer and sent it again; only the second one counts."""
    answers = [text for text in _texts("era-a/unicode") if text.startswith("💬")]
    assert len(answers) == 1
    assert "\ufffd" not in answers[0]


def test_the_commit_reminder_is_one_small_line() -> None:
    """The server's stop hook is one line, and the words after it are shown too."""
    assert _texts("basic")[-2:] == ["ℹ️ The server asked for a commit", "💬 Finished."]


@pytest.mark.parametrize(
    ("name", "ends"),
    [
        ("basic", ["✅ Done"]),
        ("crash", ["❌ Failed (exit 1)"]),
        ("setupfails", ["❌ Failed (exit 3)"]),
        ("stopped", ["⏹ Stopped"]),
        ("missing", ["❌ Could not start"]),
        ("followup", ["✅ Done", "✅ Done"]),
        ("queuerun", ["✅ Done", "✅ Done"]),
        ("queue", ["✅ Done"]),
        ("devserver", ["✅ Done"]),
        ("scripts", ["✅ Done"]),
        ("era-a/crash", ["❌ Failed (exit 1)"]),
        ("era-a/stopped", ["⏹ Stopped"]),
        ("era-a/missing", ["❌ Could not start"]),
        ("era-a/followup", ["✅ Done", "✅ Done"]),
        ("era-a/queuerun", ["✅ Done", "✅ Done"]),
        ("era-a/scripts", ["✅ Done"]),
        ("era-a/unicode", ["✅ Done"]),
    ],
)
def test_turns_end_as_their_rows_say(name: str, ends: list[str]) -> None:
    """Each agent is a turn; scripts belong to it, a dev server to none."""
    assert [turn.end for turn in turns(load(name))] == ends


def test_a_failed_cleanup_leaves_the_turn_done() -> None:
    """A cleanup that fails adds a line and does not change the end."""
    (turn,) = turns(load("cleanupfails"))
    assert (turn.end, turn.cleanup_warning) == ("✅ Done", "⚠️ cleanup failed (exit 1)")


def test_a_damaged_answer_gives_way_to_the_mended_one() -> None:
    """An answer that comes again without its damaged characters is one unit."""

    def said(position: int, text: str) -> tuple[float, dict[str, object]]:
        entry = {"entry_type": {"type": "assistant_message"}, "content": text}
        value = {"type": "NORMALIZED_ENTRY", "content": entry}
        return 0.0, {"JsonPatch": [{"op": "add", "path": f"/entries/{position}", "value": value}]}

    made = Recording.of_frames(
        [said(0, "с э\ufffd\ufffdодзи"), said(1, "с эмодзи"), (0.0, b"{no json"), said(2, "New")]
    )
    assert [unit.text for unit in units(made)] == ["💬 с эмодзи", "💬 New"]
