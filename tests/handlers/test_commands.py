from __future__ import annotations

from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.methods import EditMessageText, SendMessage, SetMyCommands
from structlog.testing import capture_logs

from bot.entries.model import Answer, Entry
from bot.entries.story import Header, Story
from bot.handlers.commands import WITHOUT_ARGUMENTS, commands, register_menu
from bot.i18n import Catalogs, Sentence, Translator
from tests.fakes.handlers import ADA, EVE, GROUP, NOW, Stage, buttons, speaker, turn_in

REALTIME = "Real-time – live streaming (edits message)"


# --- /start, /help, the menu ----------------------------------------------------------------------


@pytest.mark.parametrize("command", ["/start", "/help"])
async def test_help_names_every_command(stage: Stage, command: str) -> None:
    """/start and /help in a linked chat list the commands of the table and the chat's state."""
    stage.linked_private()
    await stage.say(command)
    for entry in commands(Translator("en")):
        assert f"{entry.usage} – {entry.description}\n" in stage.texts[0]
    assert stage.texts[0].endswith(f"This chat is linked. Mode: {REALTIME}")
    assert "🔑" not in stage.texts[0]


async def test_help_in_a_group_marks_what_acts(stage: Stage) -> None:
    """In a group /help marks the commands that not everybody may use."""
    stage.linked_group()
    await stage.say("/help", user_id=EVE, chat_id=GROUP)
    assert "/stop – Stop a running turn 🔑" in stage.texts[0]
    assert "/status – How everything is doing\n" in stage.texts[0]


async def test_the_menu_is_set_for_every_language(stage: Stage, catalogs: Catalogs) -> None:
    """Each language gets the menu once, by its two letters; everybody else gets the default."""
    await register_menu(stage.bot, catalogs)
    calls = [one for one in stage.session.requests if isinstance(one, SetMyCommands)]
    assert [one.language_code for one in calls] == [None, "en", "pt"]
    assert [one.command for one in calls[0].commands] == [
        e.name for e in commands(Translator("en"))
    ]
    assert calls[2].commands[0].description == "O que está a correr"


async def test_answers_come_in_the_language_of_the_chat(stage: Stage) -> None:
    """`auto` is the person's language in private and the linker's in a group; a choice wins."""
    stage.linked_private()
    stage.linked_group()
    person: dict[str, Any] = {"from": speaker(ADA, "pt-br")}
    await stage.say("/active", **person)
    await stage.say("/active", chat_id=GROUP, **person)
    stage.linked_private(locale="en")
    await stage.say("/active", **person)
    assert stage.texts == [
        "😴 Nada está a correr.",
        "😴 Nothing is running.",
        "😴 Nothing is running.",
    ]


@pytest.mark.parametrize("name", WITHOUT_ARGUMENTS)
async def test_an_argument_nobody_asked_for(stage: Stage, name: str) -> None:
    """A command that takes no argument answers one with its usage line and does nothing."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.say(f"/{name} now")
    assert stage.texts == [f"Usage: /{name}"]
    assert stage.followers.did == []


# --- /active --------------------------------------------------------------------------------------


async def test_active_with_one_turn(stage: Stage) -> None:
    """One turn is listed with agent, branch, start, mode, messages, and its buttons."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.say("/active")
    assert stage.texts == [
        "Fix login bug 7\n"
        "claude-code · vk/1a2b-fix-login\n"
        f"since 2026-11-22 13:55 UTC · {REALTIME} · 3 messages sent"
    ]
    assert buttons(stage.sent[0].reply_markup) == [
        [("🔇 Mute", "mute:7"), ("⏹ Stop", "stop:7"), ("↗ Show", "show:7")]
    ]
    types = [entity.type for entity in stage.sent[0].entities or []]
    assert types == ["bold", "code", "date_time"]
    assert stage.sent[0].disable_notification
    assert stage.sent[0].parse_mode is None


async def test_active_numbers_several_turns(stage: Stage) -> None:
    """Several turns are numbered, newest first; the numbers stand on the buttons, too."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 8, muted=True, newest_message_id=None), turn_in(chat, 7)]
    await stage.say("/active")
    assert stage.texts[0].startswith("1. Fix login bug 7\n")
    assert "\n\n2. Fix login bug 8\n" in stage.texts[0]
    assert buttons(stage.sent[0].reply_markup)[1] == [
        ("🔊 Unmute 2", "unmute:8"),
        ("⏹ Stop 2", "stop:8"),
    ]


async def test_active_is_bounded(stage: Stage) -> None:
    """Of very many turns the newest ten are listed and the rest is counted."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, number) for number in range(1, 14)]
    await stage.say("/active")
    assert stage.texts[0].endswith("… and 3 more")
    assert len(buttons(stage.sent[0].reply_markup)) == 10


async def test_active_shows_only_this_chat(stage: Stage) -> None:
    """Turns of other chats are not listed."""
    stage.linked_private()
    stage.followers.turns = [turn_in(stage.linked_group())]
    await stage.say("/active")
    assert stage.texts == ["😴 Nothing is running."]


async def test_nothing_to_mute_where_nothing_streams(stage: Stage) -> None:
    """With the mode off a row has no Mute; a muted turn keeps its Unmute."""
    chat = stage.linked_private(stream_mode="off")
    stage.followers.turns = [turn_in(chat, 7), turn_in(chat, 8, muted=True)]
    await stage.say("/active")
    labels = [[label for label, _data in row] for row in buttons(stage.sent[0].reply_markup)]
    assert labels == [["⏹ Stop 1", "↗ Show 1"], ["🔊 Unmute 2", "⏹ Stop 2", "↗ Show 2"]]


async def test_show_replies_to_the_newest_link(stage: Stage) -> None:
    """Show sends a short message that replies to the newest link, even if that one is gone."""
    stage.followers.turns = [turn_in(stage.linked_group())]
    await stage.tap("show:7", user_id=EVE, chat_id=GROUP)
    assert stage.texts == ["👆 Fix login bug 7"]
    reply = stage.sent[0].reply_parameters
    assert reply is not None
    assert (reply.message_id, reply.allow_sending_without_reply) == (307, True)


async def test_names_from_the_backend_are_masked(stage: Stage) -> None:
    """No answer shows a secret that stands in a title, an agent or a branch."""
    chat = stage.linked_private()
    secret = "hunter2"
    turn = turn_in(chat, title=f"Use {secret}\nnow", branch=f"vk/{secret}", agent=f"a {secret}")
    stage.followers.turns = [turn]
    stage.followers.stories = {7: Story(Header(secret), (Entry("e/0", Answer(secret), True),), NOW)}
    stage.followers.muted_workspaces = [("w-1", f"Use {secret}")]
    for text in ("/active", "/stop", "/mute", "/unmute", "/log", "/status"):
        await stage.say(text)
    for data in ("show:7", "mute:7", "stopnow:7"):
        await stage.tap(data)
    stage.followers.turns = []
    await stage.say("/unmute")
    assert len(stage.session.requests) > 10
    assert not any(secret in repr(request) for request in stage.session.requests)
    assert "Use •••• now" in stage.texts[0]


# --- everything else ------------------------------------------------------------------------------


async def test_plain_text_in_private(stage: Stage) -> None:
    """Plain text in a linked private chat gets one friendly sentence."""
    stage.linked_private()
    await stage.say("Please fix the login")
    await stage.say("/frobnicate")
    assert stage.texts == [
        "I cannot take tasks by text yet. See /help for what works.",
        "I do not know that command. See /help.",
    ]


async def test_plain_text_in_a_group_is_ignored(stage: Stage) -> None:
    """Talk, unknown commands and files in a linked group are none of the bot's business."""
    stage.linked_group()
    await stage.say("Please fix the login", chat_id=GROUP)
    await stage.say("/frobnicate", chat_id=GROUP)
    await stage.send(chat_id=GROUP, voice={"file_id": "a", "file_unique_id": "b", "duration": 1})
    assert stage.session.requests == []


@pytest.mark.parametrize(
    "content",
    [
        {"photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}]},
        {"voice": {"file_id": "a", "file_unique_id": "b", "duration": 1}},
        {"document": {"file_id": "a", "file_unique_id": "b"}, "caption": "/stop"},
    ],
)
async def test_files_are_refused(stage: Stage, content: dict[str, Any]) -> None:
    """Photos, voice messages and documents are refused with a sentence, whatever their caption."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.send(**content)
    assert stage.texts == ["I can read text only: no photos, voice messages or files, sorry."]


async def test_service_messages_cause_nothing(stage: Stage) -> None:
    """A pinned message or a new member is nobody's question."""
    stage.linked_private()
    await stage.send(delete_chat_photo=True)
    assert stage.session.requests == []


async def test_a_failure_is_said_without_its_reason(stage: Stage) -> None:
    """When a handler fails the person is told that, and the reason only reaches the log."""
    stage.linked_private()

    async def fail(chat: int) -> None:
        raise RuntimeError("database of hunter2 is locked")

    stage.followers.story = fail  # type: ignore[method-assign,assignment]  # a fault of the test's
    stage.followers.turns = [turn_in(stage.chats.rows[1])]
    with capture_logs() as logs:
        await stage.say("/log")
    assert stage.texts == ["Something went wrong on my side. It is in my log."]
    assert [(entry["event"], type(entry["exc_info"])) for entry in logs] == [
        ("handler.failed", RuntimeError)
    ]


async def test_a_failing_tap_is_answered(stage: Stage) -> None:
    """A tap whose handler fails stops spinning with an alert."""
    stage.followers.turns = [turn_in(stage.linked_private())]

    async def fail(view_id: int) -> Sentence | None:
        raise RuntimeError

    stage.followers.stop = fail  # type: ignore[method-assign]  # a fault of the test's
    with capture_logs():
        await stage.tap("stopnow:7")
    assert stage.toasts == ["Stopping…", "Something went wrong on my side. It is in my log."]


async def test_telegrams_refusal_is_not_answered(stage: Stage) -> None:
    """When Telegram refuses an answer nothing more is sent."""
    stage.linked_private()
    method = SendMessage(chat_id=ADA, text="x")
    stage.session.failures[SendMessage] = TelegramForbiddenError(method, "bot was blocked")
    await stage.say("/active")
    assert len(stage.session.requests) == 1


async def test_the_same_list_again_is_success(stage: Stage) -> None:
    """Rewriting a list with what it says already is no failure."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    method = EditMessageText(text="x")
    refusal = "Bad Request: message is not modified: specified new message content"
    stage.session.failures[EditMessageText] = TelegramBadRequest(method, refusal)
    await stage.tap("mute:7")
    assert stage.toasts == ["Muted"]
    assert stage.texts == []


async def test_a_failure_that_cannot_be_told(stage: Stage) -> None:
    """When even the apology does not arrive, the log has both failures and nothing is raised."""
    stage.followers.turns = [turn_in(stage.linked_private())]

    async def fail(view_id: int) -> Story | None:
        raise RuntimeError

    stage.followers.story = fail  # type: ignore[method-assign]  # a fault of the test's
    method = SendMessage(chat_id=ADA, text="x")
    stage.session.failures[SendMessage] = TelegramForbiddenError(method, "bot was blocked")
    with capture_logs() as logs:
        await stage.say("/log")
    assert [entry["event"] for entry in logs] == ["handler.failed", "handler.speechless"]
