from __future__ import annotations

from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import AnswerCallbackQuery, GetChatAdministrators

from bot.handlers.commands import commands
from bot.i18n import Translator
from tests.fakes.handlers import ADA, BOB, EVE, GROUP, NOW, Stage, turn_in

REFUSAL = "Only administrators and whoever linked this chat can do that."
CHANNEL = {"id": -100777, "type": "channel", "title": "A channel"}


async def test_a_flood_of_a_stranger_gets_one_hint(stage: Stage) -> None:
    """Thirty messages of a stranger get one hint a minute and cause nothing else."""
    for number in range(30):
        await stage.say(f"hello {number}" if number % 3 else "/status", user_id=EVE)
    assert len(stage.texts) == 1
    assert "not linked" in stage.texts[0]
    assert stage.followers.did == []
    assert stage.chats.rows == {}
    assert stage.codes.guesses == []


async def test_start_and_help_of_a_stranger_share_the_hint(stage: Stage) -> None:
    """/start, /help and any other message of a stranger share one hint a minute."""
    for text in ("/start", "/help", "hi", "/active"):
        await stage.say(text, user_id=EVE)
    assert len(stage.texts) == 1


async def test_the_hint_comes_again_after_a_minute(stage: Stage) -> None:
    """A stranger who writes again a minute later gets the hint again."""
    await stage.say("hi", user_id=EVE)
    stage.clock.now += 59.9
    await stage.say("hi", user_id=EVE)
    assert len(stage.texts) == 1
    stage.clock.now += 0.1
    await stage.say("hi", user_id=EVE)
    assert len(stage.texts) == 2


async def test_a_tap_in_a_chat_that_is_not_linked(stage: Stage) -> None:
    """A button of an unlinked chat answers with an alert and does nothing."""
    await stage.tap("stop:7", user_id=EVE)
    answer = stage.session.requests[-1]
    assert isinstance(answer, AnswerCallbackQuery)
    assert answer.show_alert
    assert stage.followers.did == []


async def test_talk_in_an_unlinked_group_causes_nothing(stage: Stage) -> None:
    """Plain text in a group is none of the bot's business."""
    await stage.say("good morning", chat_id=GROUP)
    assert stage.session.requests == []


async def test_a_topic_is_a_chat_of_its_own(stage: Stage) -> None:
    """A link of one topic does not answer in another one."""
    stage.linked_group(topic=5)
    await stage.say("/status", chat_id=GROUP, message_thread_id=6, is_topic_message=True)
    assert "not linked" in stage.texts[0]
    await stage.say("/active", chat_id=GROUP, message_thread_id=5, is_topic_message=True)
    assert stage.texts[1] == "😴 Nothing is running."
    assert stage.sent[1].message_thread_id == 5


async def test_a_reply_in_general_is_no_topic(stage: Stage) -> None:
    """The thread id of a reply in General names no topic."""
    stage.linked_group()
    await stage.say("/active", chat_id=GROUP, message_thread_id=77)
    assert stage.texts == ["😴 Nothing is running."]
    assert stage.sent[0].message_thread_id is None


async def test_who_only_reads_in_a_group(stage: Stage) -> None:
    """A member who neither linked the group nor administers it may read, once refused a minute."""
    stage.linked_group(by=ADA)
    for text in ("/help", "/status", "/active", "/log"):
        await stage.say(text, user_id=EVE, chat_id=GROUP)
    assert len(stage.texts) == 4
    assert REFUSAL not in stage.texts
    for text in ("/stop", "/mute", "/unmute", "/stream off", "/unlink"):
        await stage.say(text, user_id=EVE, chat_id=GROUP)
    assert stage.texts[4:] == [REFUSAL]
    assert stage.followers.did == []


async def test_the_table_says_who_may(stage: Stage) -> None:
    """Exactly the commands that the table marks as acting are refused to a reader."""
    for entry in commands(Translator("en")):
        if entry.name in {"start", "link"}:
            continue
        stage.chats.rows.clear()
        stage.linked_group(by=ADA)
        stage.clock.now += 60
        await stage.say(f"/{entry.name}", user_id=EVE, chat_id=GROUP)
        assert (stage.texts[-1] == REFUSAL) is entry.acts


async def test_taps_of_a_reader_are_refused_by_an_alert(stage: Stage) -> None:
    """A reader's tap is refused by an alert each time."""
    chat = stage.linked_group(by=ADA)
    stage.followers.turns = [turn_in(chat)]
    for data in ("stop:7", "mute:7", "stopnow:7", "mode:off", "unlinknow"):
        await stage.tap(data, user_id=EVE, chat_id=GROUP)
    assert stage.toasts == [REFUSAL] * 5
    assert stage.followers.did == []


async def test_administrators_are_asked_once_a_minute(stage: Stage) -> None:
    """An administrator may act; Telegram is asked for the administrators once a minute."""
    stage.linked_group(by=ADA)
    stage.session.administrators = [BOB]
    for seconds in (0, 59, 1):
        stage.clock.now += seconds
        await stage.say("/stream off", user_id=BOB, chat_id=GROUP)
    asked = [one for one in stage.session.requests if isinstance(one, GetChatAdministrators)]
    assert len(asked) == 2
    assert REFUSAL not in stage.texts


async def test_the_linker_may_act_without_asking(stage: Stage) -> None:
    """Whoever linked the group may act even when Telegram tells nothing."""
    stage.linked_group(by=ADA)
    method = GetChatAdministrators(chat_id=GROUP)
    stage.session.failures[GetChatAdministrators] = TelegramNetworkError(method, "down")
    await stage.say("/stream off", user_id=ADA, chat_id=GROUP)
    await stage.say("/stream off", user_id=BOB, chat_id=GROUP)
    assert stage.texts == ["✅ Mode: Off – no live updates", REFUSAL]


async def test_anonymous_administrators_and_channels(stage: Stage) -> None:
    """A message as the group itself is an administrator's, one as a channel is nobody's."""
    stage.linked_group(by=ADA)
    itself = {"id": GROUP, "type": "supergroup", "title": "Team"}
    await stage.say("/stream off", user_id=1087968824, chat_id=GROUP, sender_chat=itself)
    await stage.say("/stream off", user_id=136817688, chat_id=GROUP, sender_chat=CHANNEL)
    assert stage.texts == ["✅ Mode: Off – no live updates", REFUSAL]


async def test_second_hand_messages_cause_nothing(stage: Stage) -> None:
    """Forwarded commands, edited messages and channel posts cause nothing."""
    chat = stage.linked_private()
    stage.followers.turns = [turn_in(chat)]
    origin = {"type": "hidden_user", "sender_user_name": "x", "date": int(NOW.timestamp())}
    await stage.say("/stop", forward_origin=origin)
    await stage.feed(edited_message=stage.message(text="/stop", edit_date=1))
    await stage.feed(channel_post=stage.message(chat_id=GROUP, text="/stop"))
    assert stage.session.requests == []


async def test_commands_for_other_bots_are_ignored(stage: Stage) -> None:
    """A command that names another bot is not answered, one that names this bot is."""
    stage.linked_private()
    await stage.say("/active@other_bot")
    await stage.say("/nonsense@other_bot")
    assert stage.session.requests == []
    await stage.say("/active@companion_bot")
    await stage.say("/nonsense@Companion_Bot")
    assert stage.texts == [
        "😴 Nothing is running.",
        "I do not know that command. See /help.",
    ]
