from __future__ import annotations

from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import AnswerCallbackQuery

from bot.handlers.callbacks import short
from bot.i18n import sentence
from tests.fakes.handlers import ADA, BOB, GROUP, Stage, buttons, turn_in

REPLY = {
    "message_id": 307,
    "date": 1,
    "chat": {"id": ADA, "type": "private"},
    "text": "a view",
}


async def test_stop_acts_by_the_second_tap(stage: Stage) -> None:
    """The first tap asks for another one, the second one within 5 s stops."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.tap("stop:7")
    assert stage.toasts == ["Tap again within 5 s to stop"]
    assert stage.followers.did == []
    stage.clock.now += 5
    await stage.tap("stop:7")
    assert stage.toasts[1:] == ["Stopping…"]
    assert stage.followers.did == [("stop", 7)]


async def test_a_late_second_tap_is_a_first_one(stage: Stage) -> None:
    """A tap more than 5 s after the first one asks again."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.tap("stop:7")
    stage.clock.now += 5.1
    await stage.tap("stop:7")
    assert stage.toasts == ["Tap again within 5 s to stop"] * 2
    assert stage.followers.did == []
    await stage.tap("stop:7")
    assert stage.followers.did == [("stop", 7)]


async def test_a_third_tap_asks_again(stage: Stage) -> None:
    """After a stop the next tap is a first one."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    for _tap in range(3):
        await stage.tap("stop:7")
    assert stage.toasts[2] == "Tap again within 5 s to stop"


async def test_two_people_do_not_confirm_each_other(stage: Stage) -> None:
    """The second tap has to be the same person's, on the same turn."""
    chat = stage.linked_group(by=ADA)
    stage.session.administrators = [BOB]
    stage.followers.turns = [turn_in(chat), turn_in(chat, 8)]
    await stage.tap("stop:7", user_id=ADA, chat_id=GROUP)
    await stage.tap("stop:7", user_id=BOB, chat_id=GROUP)
    await stage.tap("stop:8", user_id=ADA, chat_id=GROUP)
    assert stage.followers.did == []


async def test_a_stop_that_fails_says_why(stage: Stage) -> None:
    """What the backend says against a stop is told in the chat."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    stage.followers.stop_problem = sentence("The server refused to stop it.")
    await stage.tap("stop:7")
    await stage.tap("stop:7")
    assert stage.texts == ["⚠️ The server refused to stop it."]


async def test_taps_on_a_turn_that_is_over(stage: Stage) -> None:
    """Buttons of an ended or unknown turn say that it is over and do nothing."""
    stage.followers.turns = [turn_in(stage.linked_private(), running=False)]
    for data in ("stop:7", "mute:7", "unmute:7", "stopnow:7", "show:7", "stop:99"):
        await stage.tap(data)
    assert stage.toasts == ["This turn is over."] * 6
    assert stage.followers.did == []


async def test_forged_data_of_another_chat_is_refused(stage: Stage) -> None:
    """A button that names another chat's turn is refused."""
    stage.linked_private()
    stage.followers.turns = [turn_in(stage.linked_group())]
    for data in ("stop:7", "mute:7", "unmute:7", "stopnow:7", "show:7"):
        await stage.tap(data)
    assert stage.toasts == ["This button is not for this chat"] * 5
    assert stage.followers.did == []


async def test_forged_data_of_no_meaning_is_answered(stage: Stage) -> None:
    """Data that means nothing stops spinning with a toast."""
    stage.linked_private()
    for data in ("stop:x", "stop:1:2", "mode:loud", "", "zzz", "stop:" + "9" * 50):
        await stage.tap(data)
    assert len(stage.toasts) == 6
    assert set(stage.toasts) <= {"This button is too old", "This turn is over."}


async def test_mute_and_unmute_by_tap(stage: Stage) -> None:
    """Mute and Unmute on a view act at once and leave the message to its view."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat)]
    stage.followers.messages = {(chat.id, 307): 7}
    await stage.tap("mute:7", message_id=307)
    await stage.tap("unmute:7", message_id=307)
    assert stage.toasts == ["Muted", "Shown again"]
    assert stage.followers.did == [
        ("mute", chat.id, "workspace-7"),
        ("unmute", chat.id, "workspace-7"),
    ]
    assert all(isinstance(one, AnswerCallbackQuery) for one in stage.session.requests)


async def test_a_tap_is_answered_before_it_acts(stage: Stage) -> None:
    """The toast comes first, so that a slow store never keeps the button spinning."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.tap("mute:7")
    assert isinstance(stage.session.requests[0], AnswerCallbackQuery)


async def test_mute_in_a_list_rewrites_the_list(stage: Stage) -> None:
    """A tap in the list of /active shows the new state there."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.tap("mute:7")
    assert "🔇 Muted" in (stage.edits[0].text or "")
    assert buttons(stage.edits[0].reply_markup)[0][0] == ("🔊 Unmute", "unmute:7")


async def test_stop_asks_about_the_only_turn(stage: Stage) -> None:
    """/stop asks with buttons, and the tap on Stop acts at once."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.say("/stop")
    assert stage.texts == ["⏹ Stop this turn?\nFix login bug 7"]
    assert buttons(stage.sent[0].reply_markup) == [
        [("⏹ Stop", "stopnow:7"), ("Let it run", "dismiss")]
    ]
    await stage.tap("stopnow:7")
    assert stage.followers.did == [("stop", 7)]
    assert stage.edits[0].text == "⏹ Stopped\nFix login bug 7"
    assert stage.edits[0].reply_markup is None


async def test_stop_lets_it_run(stage: Stage) -> None:
    """The other answer changes nothing and takes the buttons."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.tap("dismiss")
    assert stage.followers.did == []
    assert stage.edits[0].text == "Nothing changed."


async def test_a_confirmed_stop_that_fails_says_why(stage: Stage) -> None:
    """The question says why the turn was not stopped."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    stage.followers.stop_problem = sentence("The backend is not reachable.")
    await stage.tap("stopnow:7")
    assert stage.edits[0].text == "⚠️ The backend is not reachable.\nFix login bug 7"


async def test_stop_with_several_turns_lists_them(stage: Stage) -> None:
    """With several turns /stop, /mute and /unmute give the list."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 7), turn_in(chat, 8)]
    for command in ("/stop", "/mute", "/unmute"):
        await stage.say(command)
    assert all("1. Fix login bug 7" in text for text in stage.texts)
    assert stage.followers.did == []


async def test_commands_as_a_reply_mean_that_turn(stage: Stage) -> None:
    """As a reply to a view the commands mean its turn, however many run."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 7), turn_in(chat, 8)]
    stage.followers.messages = {(chat.id, 307): 8}
    await stage.say("/stop", reply_to_message=REPLY)
    await stage.say("/mute", reply_to_message=REPLY)
    await stage.say("/unmute", reply_to_message=REPLY)
    assert stage.texts[0].endswith("Fix login bug 8")
    assert [did[2] for did in stage.followers.did] == ["workspace-8", "workspace-8"]


async def test_stop_as_a_reply_to_an_ended_turn(stage: Stage) -> None:
    """/stop as a reply to a turn that is over says so."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat, 7, running=False)]
    stage.followers.messages = {(chat.id, 307): 7}
    await stage.say("/stop", reply_to_message=REPLY)
    assert stage.texts == ["This turn is over."]


async def test_nothing_runs(stage: Stage) -> None:
    """With nothing running /stop and /mute say so."""
    stage.linked_private()
    await stage.say("/stop")
    await stage.say("/mute")
    assert stage.texts == ["😴 Nothing is running."] * 2


async def test_unmute_lists_the_muted_workspaces(stage: Stage) -> None:
    """With nothing running /unmute lists what is muted, and each button takes one off."""
    chat = stage.linked_private()
    stage.followers.muted_workspaces = [("w-1", "Fix login"), ("w-2", "Docs")]
    await stage.say("/unmute")
    assert buttons(stage.sent[0].reply_markup) == [
        [("Unmute Fix login", f"unmutews:{short('w-1')}")],
        [("Unmute Docs", f"unmutews:{short('w-2')}")],
    ]
    await stage.tap(f"unmutews:{short('w-1')}")
    assert stage.followers.did == [("unmute", chat.id, "w-1")]
    assert buttons(stage.edits[0].reply_markup) == [[("Unmute Docs", f"unmutews:{short('w-2')}")]]
    await stage.tap(f"unmutews:{short('w-2')}")
    assert stage.edits[1].text == "Nothing is muted."


async def test_unmute_with_nothing_muted(stage: Stage) -> None:
    """With nothing running and nothing muted /unmute says so."""
    stage.linked_private()
    await stage.say("/unmute")
    assert stage.texts == ["Nothing is running and nothing is muted."]


async def test_a_lost_toast_never_keeps_a_tap_from_acting(stage: Stage) -> None:
    """A tap acts even when its answer comes too late for Telegram."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    method = AnswerCallbackQuery(callback_query_id="1")
    refusal = "Bad Request: query is too old and response timeout expired or query ID is invalid"
    stage.session.failures[AnswerCallbackQuery] = TelegramBadRequest(method, refusal)
    await stage.tap("stop:7")
    await stage.tap("stop:7")
    assert stage.followers.did == [("stop", 7)]


async def test_a_button_of_a_very_old_message(stage: Stage) -> None:
    """A tap on a message that Telegram no longer shows the bot acts, and rewrites nothing."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat)]
    stage.followers.muted_workspaces = [("w-1", "Docs")]
    for data in ("mute:7", "show:7", "stopnow:7", "mode:off", f"unmutews:{short('w-1')}"):
        await stage.tap(data, date=0)
    for data in ("dismiss", "repoall", "repodone", "unlinknow"):
        await stage.tap(data, date=0)
    assert all(isinstance(one, AnswerCallbackQuery) for one in stage.session.requests)
    assert [did[0] for did in stage.followers.did] == ["mute", "stop", "unmute", "unlinked"]


async def test_a_list_whose_turns_are_over_stays(stage: Stage) -> None:
    """Muting the last turn of a list while it ends leaves the list as it is."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat)]

    async def mute_and_end(chat: int, workspace_id: str) -> None:
        stage.followers.turns = []

    stage.followers.mute = mute_and_end  # type: ignore[method-assign]  # a race of the test's
    await stage.tap("mute:7")
    assert stage.edits == []


async def test_long_names_fit(stage: Stage) -> None:
    """However long a backend's names are, the list of turns is one message with all its buttons."""
    chat = stage.linked_private()
    long = {"title": "t" * 5000, "agent": "a" * 5000, "branch": "b" * 5000}
    stage.followers.turns = [turn_in(chat, view, **long) for view in range(1, 13)]
    await stage.say("/active")
    (sent,) = stage.sent
    assert len(sent.text) <= 4096
    assert "t" * 99 + "…" in sent.text
    assert len(buttons(sent.reply_markup)) >= 10
