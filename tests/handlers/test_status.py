from __future__ import annotations

from datetime import timedelta

from bot.backend.errors import NotReachable, TooOld
from bot.handlers.status import backend_line
from bot.i18n import Translator, sentence
from bot.live.ports import Health
from tests.fakes.handlers import NOW, Rest, Stage, turn_in


async def test_status(stage: Stage) -> None:
    """/status names link, backend, version, mode, streams, messages and flood state."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 7), turn_in(chat, 8, muted=True)]
    await stage.say("/status")
    assert stage.texts[0].split("\n") == [
        "🔗 Linked since 2026-11-22 14:02 UTC",
        "🖥 vibe-kanban 0.1.44: reachable",
        "🤖 Bot 0.1.0",
        "🎚 Mode: Real-time – live streaming (edits message), at most every 0.5 s",
        "📡 Active streams: 1",
        "✉️ Messages sent: 31",
        "🟢 Flood control: none",
    ]


async def test_status_when_things_go_wrong(stage: Stage) -> None:
    """/status says what is wrong with each backend, the lane and the bot."""
    chat = stage.linked_private(stream_mode="off")
    stage.followers.turns = [turn_in(chat)]
    stage.followers.healths = [
        Health("home", False, "0.1.20", sentence("Version {v} is too old.", v="0.1.20")),
        Health("work", False),
    ]
    stage.lanes.rest = Rest(NOW + timedelta(seconds=90))
    stage.problems = [sentence("The database is locked.")]
    await stage.say("/status")
    lines = stage.texts[0].split("\n")
    assert "🔌 vibe-kanban home 0.1.20: Version 0.1.20 is too old." in lines
    assert "🔌 vibe-kanban work: not reachable" in lines
    assert "🎚 Mode: Off – no live updates" in lines
    assert "📡 Active streams: 0" in lines
    assert "🟡 Flood control: Telegram wants silence until 2026-11-22 14:03 UTC" in lines
    assert lines[-1] == "⚠️ The database is locked."


def test_a_backends_problem_is_said_in_the_chats_language() -> None:
    """What is wrong with a backend is translated with its values in place."""
    message = "vibe-kanban {version} is too old for this bot; install version {install}."
    german = Translator("de", {message: ("{version} ist zu alt, {install} muss her.",)})
    health = Health("", False, None, TooOld("0.1.20").told)
    assert "0.1.20 ist zu alt, 0.1.44 muss her." in backend_line(health, german)


def test_the_only_backend_needs_no_name() -> None:
    """What is wrong with the only backend is said without its name before it."""
    told = backend_line(Health("", False, None, NotReachable().told), Translator("en"))

    assert told == "🔌 vibe-kanban is not reachable."
