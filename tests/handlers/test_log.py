from __future__ import annotations

import pytest
from aiogram.types import BufferedInputFile

from bot.entries.model import Answer, Entry
from bot.entries.story import Header, Story
from bot.handlers.log import file_name
from tests.fakes.handlers import NOW, Stage, turn_in


def story(title: str, text: str) -> Story:
    """Make a turn with one answer."""
    return Story(Header(title), (Entry("e/0", Answer(text), True),), NOW)


async def test_log_sends_the_newest_turn(stage: Stage) -> None:
    """/log sends the newest turn's transcript, named by its title, also when it is over."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 7, running=False), turn_in(chat, 8)]
    stage.followers.stories = {7: story("Fix", "Done with hunter2."), 8: story("Old", "x")}
    await stage.say("/log")
    document = stage.documents[0].document
    assert isinstance(document, BufferedInputFile)
    assert document.filename == "Fix-login-bug-7.md"
    assert "Done with ••••." in document.data.decode()
    assert stage.documents[0].disable_notification


async def test_log_as_a_reply(stage: Stage) -> None:
    """As a reply to a view /log sends that turn."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 7), turn_in(chat, 8)]
    stage.followers.stories = {8: story("Old", "x")}
    stage.followers.messages = {(chat.id, 307): 8}
    reply = stage.message(text="a view")
    await stage.say("/log", reply_to_message={**reply, "message_id": 307})
    document = stage.documents[0].document
    assert document.filename == "Fix-login-bug-8.md"  # type: ignore[union-attr]  # it was uploaded


async def test_log_with_nothing_to_send(stage: Stage) -> None:
    """Without a turn, or when its log cannot be read, /log says so."""
    chat = stage.linked_private()
    await stage.say("/log")
    stage.followers.turns = [turn_in(chat)]
    await stage.say("/log")
    words = "There is no transcript to send. Reply to a message of the turn."
    assert stage.texts == [words] * 2


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Fix login bug", "Fix-login-bug.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("Ошибка №5: вход", "Ошибка-5-вход.md"),
        ("😴", "transcript.md"),
        ("", "transcript.md"),
        ("x" * 200, "x" * 60 + ".md"),
    ],
)
def test_file_names(title: str, name: str) -> None:
    """A file's name keeps letters and digits of the title, short, and never leaves its folder."""
    assert file_name(title) == name
