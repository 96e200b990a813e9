"""What is wrong around the bot is said once, and what is wrong in a stream does not stop it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sandbox.kanban import Recording
from tests.end_to_end.chains import assert_chain, views, wait_view_complete
from tests.end_to_end.process import BotProcess
from tests.end_to_end.world import READY_S, World, until

HUGE_BYTES = 10_000_000


async def test_all_wrong_variables_are_named_together() -> None:
    """A wrong configuration names every variable at once and ends with exit code 2."""
    wrong = {
        "TELEGRAM_BOT_TOKEN": "no token",
        "VIBE_KANBAN_URL": "ftp://somewhere",
        "DATABASE_URL": "mysql://somewhere",
        "PORT": "many",
        "LOG_LEVEL": "LOUD",
    }
    bot = await BotProcess.start(wrong, "--polling")
    assert await bot.finish(READY_S) == 2
    said = "\n".join(bot.log)
    assert [name for name in wrong if name not in said] == []
    assert "Traceback" not in said


async def test_a_backend_that_comes_later(tmp_path: Path) -> None:
    """Without a backend the bot answers and says so; it follows as soon as there is one."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        await world.bot.stop()
        await world.kanban.kill()
        await world.start_bot(backend_ready=False)
        assert "not reachable" in (await world.say(chat, "/status")).text.lower()

        await world.kanban.restart()
        await until(lambda: world.watching, READY_S, "the bot watches the backend")
        play = world.kanban.play("failing")
        await wait_view_complete(world, chat, play)
        assert_chain(world, chat, play)
        world.assert_clean()


def _is_problem(line: str) -> bool:
    return "warning" in line.lower() or "error" in line.lower()


async def test_a_hostile_log_goes_on(tmp_path: Path) -> None:
    """Broken frames, unknown kinds, lone surrogates and control characters stop nothing."""
    made = Recording.of_frames(list(_hostile()), prompt="Do odd things.")
    async with World(tmp_path) as world:
        chat = await world.link_private()
        play = world.kanban.play(made)
        await play.done
        (view,) = await wait_view_complete(world, chat, play, turn_count=1)
        text = "\n".join(view.texts)
        for shown in ("First words.", "a thing from the future", "The end."):
            assert shown in text
        assert "cut\ufffdhere" in text or "cut?here" in text
        assert "\u202e" not in text
        assert text.index("First words.") < text.index("The end.")
        assert len([line for line in world.bot.log if _is_problem(line)]) <= 1
        world.assert_clean()


async def test_a_huge_entry_goes_through(tmp_path: Path) -> None:
    """An output of 10 MB costs nothing but its first and last lines, and the stream goes on."""
    output = "x" * 99 + "\n"
    action = {
        "action": "command_run",
        "command": "cat everything",
        "result": {
            "exit_status": {"type": "exit_code", "code": 3},
            "output": output * (HUGE_BYTES // 100) + "the last line",
        },
    }
    kind = {"type": "tool_use", "tool_name": "Bash", "action_type": action}
    frames = [
        _said(0, "First words."),
        _entry(1, kind | {"status": {"status": "failed"}}, "cat everything"),
        _said(2, "The end."),
    ]
    async with World(tmp_path) as world:
        chat = await world.link_private()
        before = world.rss_bytes()
        play = world.kanban.play(Recording.of_frames(frames))
        (view,) = await wait_view_complete(world, chat, play, turn_count=1)
        text = "\n".join(view.texts)
        assert [one for one in ("✗ exit 3", "the last line", "The end.") if one not in text] == []
        assert "… +99,993 lines" in text or "… +99993 lines" in text
        assert world.rss_bytes() - before < 100_000_000
        assert len(views(world, chat, play)) == 1
        world.assert_clean()


def _hostile() -> Iterator[tuple[float, bytes | str | dict[str, Any]]]:
    """A log with everything that a client could choke on, between two answers."""
    yield _said(0, "First words.")
    yield 0.05, b'{"JsonPatch":[{"op":"add","path":'
    yield 0.05, '{"JsonPatch":"no list"}'
    yield 0.05, '[{"unknown":true}]'
    yield 0.05, {"JsonPatch": [{"op": "replace", "path": "/entries/nowhere", "value": {}}]}
    yield 0.05, {"JsonPatch": [{"op": "frobnicate", "path": "/entries/1", "value": None}]}
    yield _entry(1, {"type": "prophecy", "years": 9}, "a thing from the future")
    surrogate = json.dumps(_said(2, "cut@here")[1]).replace("@", "\\ud800")
    yield 0.05, surrogate
    yield _said(3, "bell\x07 escape\x1b[31mred\x1b[0m \u202eright to left\u202c \u0000nul")
    odd = {"type": "tool_use", "tool_name": "Odd", "action_type": {"action": "fly", "height": 3}}
    yield _entry(4, odd | {"status": {"status": "created"}}, "flying")
    yield 0.05, {"JsonPatch": [{"op": "remove", "path": "/entries/77"}]}
    yield _said(9, "The end.")


def _said(position: int, text: str) -> tuple[float, dict[str, Any]]:
    return _entry(position, {"type": "assistant_message"}, text)


def _entry(position: int, kind: dict[str, Any], text: str) -> tuple[float, dict[str, Any]]:
    """A frame that adds one entry, a little after the one before."""
    entry = {"timestamp": None, "entry_type": kind, "content": text, "metadata": None}
    value = {"type": "NORMALIZED_ENTRY", "content": entry}
    return 0.1, {"JsonPatch": [{"op": "add", "path": f"/entries/{position}", "value": value}]}
