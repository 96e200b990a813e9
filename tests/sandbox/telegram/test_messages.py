from __future__ import annotations

from typing import Any

import pytest

from sandbox.telegram import Params, Upload
from sandbox.telegram.refusals import NOT_MODIFIED
from tests.sandbox.telegram.desk import (
    ADA,
    BAD,
    BASIC,
    BORIS,
    SUPER,
    Desk,
    entity,
    keyboard,
)


def test_private_chats_and_basic_groups_share_one_counter(desk: Desk) -> None:
    """Numbers rise across those chats, people's messages included; a supergroup counts alone."""
    first = desk.send().message_id
    desk.telegram.say(BORIS, BORIS, "hi")
    assert desk.send(chat_id=BASIC).message_id == first + 2
    before = desk.send(chat_id=SUPER).message_id
    assert desk.send().message_id == first + 3
    assert desk.send(chat_id=SUPER).message_id == before + 1


def test_numbers_are_not_used_again(desk: Desk) -> None:
    """A deleted message's number stays taken, and a refused send takes none."""
    message = desk.send()
    desk.call("deleteMessage", chat_id=ADA, message_id=message.message_id)
    desk.refusal("sendMessage", chat_id=ADA, text="")
    assert desk.send().message_id == message.message_id + 1


def test_an_edit_replaces_text_and_keyboard(desk: Desk) -> None:
    """Every version is kept with its time; an edit without a keyboard takes it away."""
    message = desk.send("one", reply_markup=keyboard("mute"))
    desk.clock.now += 5
    reply = desk.call("editMessageText", chat_id=ADA, message_id=message.message_id, text="two")
    assert reply.status == 200
    assert [(version.text, version.markup is None) for version in message.versions] == [
        ("one", False),
        ("two", True),
    ]
    assert message.versions[1].at - message.versions[0].at == 5
    assert message.edited


@pytest.mark.parametrize("text", ["one", "one \n", "\u2028one"])
def test_an_edit_that_changes_nothing_is_refused(desk: Desk, text: str) -> None:
    """What counts is the text as stored, with its entities and keyboard."""
    markup = keyboard("mute")
    message = desk.send("one", entities=[entity("bold", 0, 3)], reply_markup=markup)
    at = {"chat_id": ADA, "message_id": message.message_id}
    bold = [entity("bold", text.index("o"), 3)]
    edit = {**at, "text": text, "entities": bold, "reply_markup": markup}
    assert desk.refusal("editMessageText", **edit) == (400, BAD + NOT_MODIFIED)
    assert len(desk.telegram.not_modified()) == 1
    assert desk.call("editMessageText", **{**edit, "entities": []}).status == 200
    assert desk.call("editMessageText", **{**at, "text": text}).status == 200


def test_a_keyboard_alone_can_be_changed(desk: Desk) -> None:
    """Text and entities stay, nobody sees it as edited, and the same again is refused."""
    message = desk.send("one", entities=[entity("bold", 0, 3)])
    at = {"chat_id": ADA, "message_id": message.message_id}
    assert desk.refusal("editMessageReplyMarkup", **at)[1] == BAD + NOT_MODIFIED
    desk.call("editMessageReplyMarkup", **at, reply_markup=keyboard("stop"))
    assert message.button_labels == ["STOP"]
    assert message.entities == (entity("bold", 0, 3),)
    assert not message.edited


def test_only_the_bots_own_texts_can_be_edited(desk: Desk) -> None:
    """What is gone, another's, or a file has its own refusal."""
    theirs = desk.telegram.say(ADA, ADA, "mine")
    forced = desk.send(reply_markup={"force_reply": True})
    sent = desk.telegram.call(
        "sendDocument", Params({"chat_id": ADA}, {"document": Upload("a.txt", b"a")})
    )
    document: Any = sent.body["result"]
    expected = {
        999: "message to edit not found",
        theirs.message_id: "message can't be edited",
        forced.message_id: "message can't be edited",
        document["message_id"]: "there is no text in the message to edit",
    }
    for number, words in expected.items():
        edit = desk.refusal("editMessageText", chat_id=ADA, message_id=number, text="x")
        assert edit == (400, BAD + words)


def test_deleting(desk: Desk) -> None:
    """A deleted message is gone for edits, and for deleting again."""
    message = desk.send()
    at = {"chat_id": ADA, "message_id": message.message_id}
    assert desk.call("deleteMessage", **at).body["result"] is True
    assert message.deleted
    assert desk.telegram.bot_messages(ADA) == []
    assert desk.refusal("deleteMessage", **at)[1] == BAD + "message to delete not found"
    assert desk.refusal("editMessageText", **at, text="x")[1] == BAD + "message to edit not found"


def test_what_the_bot_may_not_delete(desk: Desk) -> None:
    """Others' messages in a group need an administrator, its own must be younger than 48 hours."""
    theirs = desk.telegram.say(SUPER, ADA, "hello")
    own = desk.send()
    at = {"chat_id": SUPER, "message_id": theirs.message_id}
    assert desk.refusal("deleteMessage", **at)[1] == BAD + "message can't be deleted"
    desk.telegram.set_bot_status(SUPER, "administrator", by=ADA)
    assert desk.call("deleteMessage", **at).status == 200
    desk.clock.now += 48 * 3600 + 1
    old = desk.refusal("deleteMessage", chat_id=ADA, message_id=own.message_id)
    assert old[1] == BAD + "message can't be deleted"


def test_a_reply_carries_its_target_and_quote(desk: Desk) -> None:
    """The target is stored and shown, one level deep, with the part that is quoted."""
    first = desk.send("first words")
    answer = {"message_id": first.message_id, "quote": "words"}
    reply = desk.call("sendMessage", chat_id=ADA, text="second", reply_parameters=answer)
    result: Any = reply.body["result"]
    assert result["reply_to_message"]["text"] == "first words"
    assert result["quote"] == {"text": "words", "position": 6, "is_manual": True}
    second = desk.telegram.bot_messages(ADA)[-1]
    assert (second.reply_to_message_id, second.quote) == (first.message_id, "words")


def test_a_reply_target_that_is_gone(desk: Desk) -> None:
    """It is refused, or sent without a reply where that was allowed."""
    first = desk.send()
    desk.telegram.delete_message(ADA, first.message_id)
    to = {"message_id": first.message_id}
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", reply_parameters=to)
    assert refused == (400, BAD + "message to be replied not found")
    loose = desk.send("x", reply_parameters={**to, "allow_sending_without_reply": True})
    assert loose.reply_to_message_id is None


def test_a_quote_must_be_in_its_message(desk: Desk) -> None:
    """A quote that the target does not say is refused."""
    to = {"message_id": desk.send("first").message_id, "quote": "second"}
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", reply_parameters=to)
    assert refused == (400, BAD + "QUOTE_TEXT_INVALID")


@pytest.mark.parametrize(
    ("button", "words"),
    [
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "я" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "url": "http://localhost/"}, "BUTTON_URL_INVALID"),
        ({"text": "", "callback_data": "x"}, "can't parse inline keyboard button: "),
        ({"text": "x"}, "can't parse inline keyboard button: "),
    ],
)
def test_bad_buttons_are_refused(desk: Desk, button: dict[str, str], words: str) -> None:
    """A button has a label and one action; its data are 1 to 64 bytes."""
    markup = {"inline_keyboard": [[button]]}
    status, said = desk.refusal("sendMessage", chat_id=ADA, text="x", reply_markup=markup)
    assert status == 400
    assert said.startswith(BAD + words)


def test_data_of_64_bytes_fit(desk: Desk) -> None:
    """The limit is bytes, inclusive; empty keyboards are none."""
    assert desk.send(reply_markup=keyboard("я" * 32)).button_labels == ["Я" * 32]
    assert desk.send(reply_markup={"inline_keyboard": []}).reply_markup is None
    many = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]] * 101}
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", reply_markup=many)
    assert refused[1] == BAD + "reply markup is too long"


def test_what_a_message_remembers_of_its_sending(desk: Desk) -> None:
    """Silence and the preview's absence are kept for whoever asks."""
    quiet = desk.send(disable_notification="true", link_preview_options='{"is_disabled": true}')
    assert (quiet.silent, quiet.link_preview) == (True, False)
    loud = desk.send()
    assert (loud.silent, loud.link_preview) == (False, True)


def test_topics_exist_only_in_forums(desk: Desk) -> None:
    """A thread in a chat without topics is not found."""
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", message_thread_id=3)
    assert refused == (400, BAD + "message thread not found")


@pytest.mark.parametrize(
    ("chat_id", "refused"),
    [
        (12345, (400, BAD + "chat not found")),
        ("", (400, BAD + "chat_id is empty")),
        (BORIS, (403, "Forbidden: bot can't initiate conversation with a user")),
    ],
)
def test_chats_the_bot_cannot_write_to(
    desk: Desk, chat_id: int | str, refused: tuple[int, str]
) -> None:
    """A chat must exist and its person must have written first."""
    assert desk.refusal("sendMessage", chat_id=chat_id, text="x") == refused


def test_where_the_bot_is_no_longer_wanted(desk: Desk) -> None:
    """A block and a removal are forbidden in their own words, and end when they are taken back."""
    desk.telegram.block(ADA)
    desk.telegram.remove_bot_from_group(BASIC, by=ADA)
    desk.telegram.set_bot_status(SUPER, "left", by=ADA)
    expected = {
        ADA: "bot was blocked by the user",
        BASIC: "bot was kicked from the group chat",
        SUPER: "bot is not a member of the supergroup chat",
    }
    for chat_id, words in expected.items():
        refused = desk.refusal("sendMessage", chat_id=chat_id, text="x")
        assert refused == (403, f"Forbidden: {words}")
    desk.telegram.unblock(ADA)
    assert desk.send().text == "hello"


def test_a_document_keeps_its_bytes(desk: Desk) -> None:
    """Name, content and caption are stored; an empty file is refused."""
    log = Upload("log.txt", b"line\n", "text/plain")
    values = {"chat_id": ADA, "document": "attach://part", "caption": "The log"}
    desk.telegram.call("sendDocument", Params(values, {"part": log}))
    message = desk.telegram.bot_messages(ADA)[-1]
    assert (message.document, message.text) == (log, "The log")
    empty = Params({"chat_id": ADA}, {"document": Upload("a", b"")})
    assert desk.telegram.call("sendDocument", empty).status == 400
    assert desk.refusal("sendDocument", chat_id=ADA)[0] == 400
    long = Params({**values, "caption": "x" * 1025}, {"part": log})
    refused = desk.telegram.call("sendDocument", long)
    assert refused.body["description"] == BAD + "message caption is too long"


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"message_thread_id": "three"}, 'parameter "message_thread_id" must be a number'),
        ({"entities": "{"}, "can't parse entities JSON object"),
        ({"reply_parameters": "[]"}, "can't parse reply_parameters: expected an Object"),
        (
            {"reply_markup": {"inline_keyboard": {}}},
            "can't parse inline keyboard: expected an Array of Array",
        ),
    ],
)
def test_parameters_of_a_wrong_shape_are_refused(
    desk: Desk, params: dict[str, Any], words: str
) -> None:
    """What cannot be read is named."""
    refused = desk.refusal("sendMessage", chat_id=ADA, text="x", **params)
    assert refused == (400, BAD + words)


def test_a_web_app_opens_only_in_private(desk: Desk) -> None:
    """A group's keyboard cannot carry one."""
    app = {"inline_keyboard": [[{"text": "x", "web_app": {"url": "https://example.com"}}]]}
    assert desk.send(reply_markup=app).button_labels == ["x"]
    refused = desk.refusal("sendMessage", chat_id=SUPER, text="x", reply_markup=app)
    assert refused == (400, BAD + "BUTTON_TYPE_INVALID")


def test_unknown_methods(desk: Desk) -> None:
    """A method that does not exist is not found."""
    assert desk.refusal("sendRocket") == (404, "Not Found: method not found")
