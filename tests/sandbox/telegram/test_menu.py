from __future__ import annotations

import json

import pytest

from sandbox.telegram import Telegram
from tests.sandbox.telegram.desk import ADA, BAD, BORIS, SUPER, Desk


def commands(*names: str) -> str:
    return json.dumps([{"command": name, "description": name.title()} for name in names])


def seen(telegram: Telegram, user_id: int, chat_id: int) -> list[object]:
    world = telegram.world
    offered = telegram.menu.seen_by(world.users[user_id], world.chats[chat_id])
    return [each["command"] for each in offered]


def test_a_person_sees_the_narrowest_list(desk: Desk) -> None:
    """Chat before kind of chat before everybody, and the own language before none."""
    desk.call("setMyCommands", commands=commands("all"))
    desk.call("setMyCommands", commands=commands("vse"), language_code="ru")
    groups = '{"type": "all_group_chats"}'
    desk.call("setMyCommands", commands=commands("group"), scope=groups)
    rulers = {"type": "all_chat_administrators"}
    desk.call("setMyCommands", commands=commands("rule"), scope=rulers)
    assert seen(desk.telegram, ADA, ADA) == ["all"]
    assert seen(desk.telegram, BORIS, BORIS) == ["vse"]
    assert seen(desk.telegram, BORIS, SUPER) == ["group"]
    assert seen(desk.telegram, ADA, SUPER) == ["rule"]
    here = {"type": "chat", "chat_id": SUPER}
    desk.call("setMyCommands", commands=commands("here"), scope=here)
    assert seen(desk.telegram, ADA, SUPER) == ["here"]
    desk.call("deleteMyCommands", scope=here)
    assert seen(desk.telegram, ADA, SUPER) == ["rule"]


def test_a_list_comes_back_as_it_was_set(desk: Desk) -> None:
    """Each scope and language has its own list."""
    desk.call("setMyCommands", commands=commands("help"), language_code="de")
    assert desk.call("getMyCommands").body["result"] == []
    assert desk.call("getMyCommands", language_code="de").body["result"] == [
        {"command": "help", "description": "Help"}
    ]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([{"command": "Bad-Name", "description": "x"}], "BOT_COMMAND_INVALID"),
        ([{"command": "x", "description": ""}], "BOT_COMMAND_DESCRIPTION_INVALID"),
        (["help"], "can't parse BotCommand: expected an Object"),
        ({}, "can't parse commands: expected an Array"),
    ],
)
def test_bad_lists_are_refused(desk: Desk, bad: object, words: str) -> None:
    """A command has a plain name and a description."""
    assert desk.refusal("setMyCommands", commands=bad) == (400, BAD + words)
