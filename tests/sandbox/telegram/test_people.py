from __future__ import annotations

from typing import Any

import pytest

from sandbox.telegram import BOT, Limits, Telegram, add_cast
from sandbox.telegram.cast import BORIS as BORIS_OF_DEMO
from sandbox.telegram.cast import TEAM
from tests.sandbox.telegram.desk import ADA, BAD, BASIC, BORIS, SUPER, Desk, entity, keyboard

STALE = BAD + "query is too old and response timeout expired or query ID is invalid"


def test_a_message_reaches_the_bot_with_its_commands_marked(desk: Desk) -> None:
    """Offsets are UTF-16 units, and a path is no command."""
    desk.telegram.say(ADA, ADA, "😀 /start now, not a/b")
    update = desk.updates("message")[0]
    assert update["text"] == "😀 /start now, not a/b"
    assert update["entities"] == [entity("bot_command", 3, 6)]
    assert (update["from"]["id"], update["chat"]["type"]) == (ADA, "private")


def test_a_first_message_lets_the_bot_write(desk: Desk) -> None:
    """Boris writes, and may be written to."""
    desk.telegram.say(BORIS, BORIS, "/start")
    assert desk.send(chat_id=BORIS).chat_id == BORIS
    assert desk.updates("my_chat_member") == []


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("hello", False),
        ("/active", True),
        (f"/active@{BOT.username}", True),
        ("/active@other_bot", False),
        (f"ask @{BOT.username} about it", True),
    ],
)
def test_privacy_mode_in_groups(desk: Desk, text: str, heard: bool) -> None:
    """The bot hears commands, mentions and answers to itself, unless it is an administrator."""
    desk.telegram.say(SUPER, ADA, text)
    assert bool(desk.updates("message")) is heard


def test_answers_and_administrators_are_heard(desk: Desk) -> None:
    """An answer to the bot reaches it; as administrator it hears everything."""
    own = desk.send(chat_id=SUPER)
    desk.telegram.say(SUPER, BORIS, "yes", reply_to=own.message_id)
    assert desk.updates("message")[0]["reply_to_message"]["message_id"] == own.message_id
    desk.telegram.set_bot_status(SUPER, "administrator", by=ADA)
    desk.telegram.say(SUPER, BORIS, "anything")
    assert desk.updates("message")[1]["text"] == "anything"


def test_a_tap_waits_for_its_answer(desk: Desk) -> None:
    """A button is named by label or data; the first answer is what the person sees."""
    message = desk.send(reply_markup=keyboard("mute"))
    tap = desk.telegram.tap(ADA, ADA, message.message_id, "MUTE")
    query = desk.updates("callback_query")[0]
    assert (query["id"], query["data"]) == (tap, "mute")
    assert query["message"]["message_id"] == message.message_id
    desk.call("answerCallbackQuery", callback_query_id=tap, text="Muted", show_alert=True)
    desk.call("answerCallbackQuery", callback_query_id=tap, text="again")
    answer = desk.telegram.callback(tap).answer
    assert answer is not None
    assert (answer.text, answer.show_alert) == ("Muted", True)


def test_taps_that_cannot_be_answered(desk: Desk) -> None:
    """An unknown tap, one older than 15 seconds and a text over 200 characters are refused."""
    message = desk.send(reply_markup=keyboard("mute"))
    tap = desk.telegram.tap(ADA, ADA, message.message_id, "mute")
    long = desk.refusal("answerCallbackQuery", callback_query_id=tap, text="x" * 201)
    assert long == (400, BAD + "MESSAGE_TOO_LONG")
    assert desk.refusal("answerCallbackQuery", callback_query_id="1") == (400, STALE)
    desk.clock.now += 16
    assert desk.refusal("answerCallbackQuery", callback_query_id=tap) == (400, STALE)


def test_a_button_that_is_not_there_cannot_be_tapped(desk: Desk) -> None:
    """Neither another label nor a keyboard that is gone can be tapped."""
    message = desk.send(reply_markup=keyboard("mute"))
    with pytest.raises(ValueError, match="no button"):
        desk.telegram.tap(ADA, ADA, message.message_id, "stop")
    desk.call("editMessageReplyMarkup", chat_id=ADA, message_id=message.message_id)
    with pytest.raises(ValueError, match="no button"):
        desk.telegram.tap(ADA, ADA, message.message_id, "mute")


def test_what_a_client_does_not_let_people_do(desk: Desk) -> None:
    """Blank texts, chats of others and answers to nothing are impossible."""
    with pytest.raises(ValueError, match="blank"):
        desk.telegram.say(ADA, ADA, " \n")
    with pytest.raises(ValueError, match="not in chat"):
        desk.telegram.say(ADA, BORIS, "hello")
    with pytest.raises(ValueError, match="reply to"):
        desk.telegram.say(ADA, ADA, "hello", reply_to=999)
    with pytest.raises(ValueError, match="not a person"):
        desk.telegram.edit_message(ADA, desk.send().message_id, "x")
    with pytest.raises(ValueError, match="no message"):
        desk.telegram.delete_message(ADA, 999)
    with pytest.raises(ValueError, match="negative"):
        desk.telegram.add_group(5, "x", {})


def test_a_person_edits_their_message(desk: Desk) -> None:
    """The bot is told of the new text."""
    said = desk.telegram.say(ADA, ADA, "/help")
    desk.telegram.edit_message(ADA, said.message_id, "/status")
    assert desk.updates("edited_message")[0]["text"] == "/status"
    assert said.edited


def test_comings_and_goings_are_told(desk: Desk) -> None:
    """The bot hears of its own membership; of others' only when it asked for it."""
    desk.telegram.block(ADA)
    desk.telegram.say(ADA, ADA, "back again")
    desk.telegram.remove_bot_from_group(BASIC, by=ADA)
    seen = [
        (each["chat"]["id"], each["old_chat_member"]["status"], each["new_chat_member"]["status"])
        for each in desk.updates("my_chat_member")
    ]
    assert seen == [
        (ADA, "member", "kicked"),
        (ADA, "kicked", "member"),
        (BASIC, "member", "kicked"),
    ]
    desk.telegram.set_member_status(SUPER, BORIS, "left", by=ADA)
    assert desk.updates("chat_member") == []
    desk.call("getUpdates", allowed_updates=["chat_member"])
    desk.telegram.set_member_status(SUPER, BORIS, "administrator", by=ADA)
    assert desk.updates("chat_member")[0]["new_chat_member"]["user"]["id"] == BORIS
    desk.telegram.updates.clear()
    desk.telegram.say(ADA, ADA, "not asked for")
    assert desk.telegram.updates.waiting() == []


def test_updates_stay_until_confirmed(desk: Desk) -> None:
    """A higher offset confirms what is below it; a negative one keeps the newest."""
    for number in range(4):
        desk.telegram.say(ADA, ADA, str(number))
    first: Any = desk.call("getUpdates", limit=2).body["result"]
    assert [each["message"]["text"] for each in first] == ["0", "1"]
    rest: Any = desk.call("getUpdates", offset=first[1]["update_id"] + 1).body["result"]
    assert [each["message"]["text"] for each in rest] == ["2", "3"]
    last: Any = desk.call("getUpdates", offset=-1).body["result"]
    assert [each["message"]["text"] for each in last] == ["3"]
    desk.call("deleteWebhook", drop_pending_updates=True)
    assert desk.call("getUpdates").body["result"] == []


def test_the_demos_cast_can_talk_at_once() -> None:
    """Two people and a group that the bot has joined are there."""
    telegram = Telegram(limits=Limits.off())
    add_cast(telegram)
    telegram.say(TEAM, BORIS_OF_DEMO, "/active")
    assert [each.text for each in telegram.messages(TEAM)][-1] == "/active"


def test_who_is_who_in_a_chat(desk: Desk) -> None:
    """Owners, administrators, members and strangers are told apart."""
    desk.telegram.set_member_status(SUPER, BORIS, "administrator", by=ADA)

    def status(user_id: int, chat_id: int = SUPER) -> Any:
        body: Any = desk.call("getChatMember", chat_id=chat_id, user_id=user_id).body
        return body["result"]["status"]

    assert (status(ADA), status(BORIS), status(BOT.id)) == ("creator", "administrator", "member")
    assert status(BORIS, ADA) == "left"
    listed: Any = desk.call("getChatAdministrators", chat_id=SUPER).body["result"]
    assert [each["user"]["id"] for each in listed] == [ADA, BORIS]
    private = desk.refusal("getChatAdministrators", chat_id=ADA)
    assert private[1] == BAD + "there are no administrators in the private chat"
    nobody = desk.refusal("getChatMember", chat_id=SUPER, user_id=99)
    assert nobody[1] == BAD + "invalid user_id specified"


def test_the_bot_leaves(desk: Desk) -> None:
    """After leaving it is no member; a private chat cannot be left."""
    assert desk.call("leaveChat", chat_id=BASIC).status == 200
    assert desk.refusal("sendMessage", chat_id=BASIC, text="x")[0] == 403
    assert desk.refusal("leaveChat", chat_id=ADA)[0] == 400


def test_typing(desk: Desk) -> None:
    """A chat action is taken, and needs a name."""
    assert desk.call("sendChatAction", chat_id=ADA, action="typing").status == 200
    assert desk.refusal("sendChatAction", chat_id=ADA)[0] == 400


async def test_waiting_wakes_on_every_change(desk: Desk) -> None:
    """A condition is asked again after each change and each call, and gives up in time."""
    telegram = desk.telegram
    with pytest.raises(TimeoutError):
        await telegram.wait_for(lambda: telegram.bot_messages(ADA), timeout_s=0.01)
    desk.send()
    assert await telegram.wait_for(lambda: telegram.bot_messages(ADA))
