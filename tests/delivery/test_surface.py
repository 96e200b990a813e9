"""The surface: a live view's messages, sent by a real client, as Telegram stores them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from unittest.mock import AsyncMock

import pytest
from aiogram import Bot
from aiogram.client.default import DefaultBotProperties
from structlog.testing import capture_logs

from bot.delivery.lanes import Lanes
from bot.delivery.surface import TelegramSurface, entities, markup
from bot.live.ports import (
    ChatGone,
    Delivered,
    LinkedChat,
    MessageGone,
    NotSent,
    PerhapsDelivered,
    Refused,
    Resting,
    ThreadGone,
)
from bot.rendering.page import Button, Message
from bot.rendering.rich_text import RichText, bold, code, date_time, join, link, plain, pre, quote
from bot.settings.model import ChatSettings
from sandbox.telegram import Close, Fault, HtmlPage, Limits, Respond, Telegram, TelegramServer
from sandbox.telegram import Message as Stored
from tests.delivery.client import NoSendLog, make_bot
from tests.fakes.clock import FakeClock

ADA, GROUP = 7, -1000000000600
PRIVATE_CHAT = LinkedChat(1, ADA, 0, "private", ChatSettings(), "en")
GROUP_CHAT = LinkedChat(2, GROUP, 0, "supergroup", ChatSettings(), "en")
TOPIC = LinkedChat(3, GROUP, 5, "supergroup", ChatSettings(), "en")
KEYBOARD = ((Button("🔇 Mute", "m:1"), Button("⏹ Stop", "s:1")), (Button("⚙", "o:1"),))
TEXT = Message(plain("text"))


@dataclass(frozen=True, slots=True)
class Scene:
    """A surface, what it talks to, and its lanes."""

    telegram: Telegram
    bot: Bot
    lanes: Lanes
    surface: TelegramSurface

    async def sent(self, message: Message, chat: LinkedChat = PRIVATE_CHAT) -> Stored:
        """Send a message that must arrive; returns it as stored."""
        outcome = await self.surface.send(chat, message, reply_to=None)
        assert isinstance(outcome, Delivered), outcome
        return self.telegram.message(chat.chat_id, outcome.message_id)

    @property
    def params(self) -> dict[str, object]:
        """What the last call said."""
        return self.telegram.calls[-1].params


@asynccontextmanager
async def opened(default: DefaultBotProperties | None = None) -> AsyncIterator[Scene]:
    telegram = Telegram(limits=Limits.off())
    telegram.add_user(ADA, "Ada")
    telegram.say(ADA, ADA, "/start")
    telegram.add_group(GROUP, "Team", {ADA: "creator"})
    telegram.add_bot_to_group(GROUP, by=ADA)
    lanes = Lanes(FakeClock(), NoSendLog(), chance=lambda: 0.0)
    async with TelegramServer(telegram) as server, make_bot(server.url, default=default) as bot:
        yield Scene(telegram, bot, lanes, TelegramSurface(bot, lanes))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with opened() as scene:
        yield scene


def covered(message: Stored) -> list[tuple[str, str]]:
    """What each stored entity covers, read as Telegram's clients do: in UTF-16 units."""
    units = message.text.encode("utf-16-le")
    return [
        (str(each["type"]), units[2 * start : 2 * (start + length)].decode("utf-16-le"))
        for each in message.entities
        for start, length in [(int(str(each["offset"])), int(str(each["length"])))]
    ]


# --- text -----------------------------------------------------------------------------------------


async def test_text_arrives_as_it_was_made(scene: Scene) -> None:
    """Text with astral characters is stored unchanged, each entity over its own words."""
    text = join(
        [
            bold("👩‍🚀 Zoë"),
            plain(" 𝔘𝔫𝔦 😀 "),
            code("a😀b.py"),
            plain("\n"),
            quote("𝟙\n𝟚", expandable=True),
            plain("\n😀"),
            link("site", "https://example.org/"),
            plain(" "),
            pre("print('😀')", "python"),
        ]
    )

    stored = await scene.sent(Message(text))

    assert stored.text == text.text
    assert covered(stored) == [
        ("bold", "👩‍🚀 Zoë"),
        ("code", "a😀b.py"),
        ("expandable_blockquote", "𝟙\n𝟚"),
        ("text_link", "site"),
        ("pre", "print('😀')"),
    ]
    assert stored.entities[3]["url"] == "https://example.org/"
    assert stored.entities[4]["language"] == "python"


async def test_a_normal_form_is_what_telegram_stores(scene: Scene) -> None:
    """An edit to the normal form of what was sent changes nothing for Telegram."""
    text = join([plain("  \t😀 "), bold(join([plain("a\r\x1b b"), code("c")])), plain(" \n ")])
    stored = await scene.sent(Message(text))

    again = Message(text.normalised())
    outcome = await scene.surface.edit(PRIVATE_CHAT, stored.message_id, again)

    assert outcome == Delivered(stored.message_id, changed=False)
    assert stored.text == text.normalised().text


def test_entities_keep_what_belongs_to_their_kind() -> None:
    """Times, languages and addresses survive on the way into the client's types."""
    text = join([date_time("14:02", 1_800_000_000, "t"), pre("x", "rust"), link("y", "https://z/")])

    made = [entity.model_dump(exclude_none=True) for entity in entities(text)]

    assert made == [
        {
            "type": "date_time",
            "offset": 0,
            "length": 5,
            "unix_time": 1_800_000_000,
            "date_time_format": "t",
        },
        {"type": "pre", "offset": 5, "length": 1, "language": "rust"},
        {"type": "text_link", "offset": 6, "length": 1, "url": "https://z/"},
    ]
    assert entities(RichText("plain")) == []


async def test_text_is_never_parsed() -> None:
    """Whatever parse mode the bot was made with, a view's text is shown as it is."""
    async with opened(DefaultBotProperties(parse_mode="HTML")) as scene:
        stored = await scene.sent(Message(plain("<b>no & tag</b>")))
        text = Message(plain("<i>neither"))
        await scene.surface.edit(PRIVATE_CHAT, stored.message_id, text)

        assert [version.text for version in stored.versions] == ["<b>no & tag</b>", "<i>neither"]


# --- what goes with it ----------------------------------------------------------------------------


async def test_a_message_answers_its_target(scene: Scene) -> None:
    """A message with a target is stored as a reply to it."""
    target = await scene.sent(TEXT)

    outcome = await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=target.message_id)

    assert isinstance(outcome, Delivered)
    stored = scene.telegram.message(ADA, outcome.message_id)
    assert stored.reply_to_message_id == target.message_id


async def test_a_missing_target_is_not_fatal(scene: Scene) -> None:
    """When the target was deleted, the message arrives without a reply."""
    target = await scene.sent(TEXT)
    scene.telegram.delete_message(ADA, target.message_id)

    outcome = await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=target.message_id)

    assert isinstance(outcome, Delivered)
    assert scene.telegram.message(ADA, outcome.message_id).reply_to_message_id is None


async def test_a_keyboard_is_set_and_taken_away(scene: Scene) -> None:
    """A keyboard arrives in its rows, stays with an edit that has it and goes with one without."""
    stored = await scene.sent(Message(plain("one"), KEYBOARD))
    assert stored.reply_markup == {
        "inline_keyboard": [
            [
                {"text": "🔇 Mute", "callback_data": "m:1"},
                {"text": "⏹ Stop", "callback_data": "s:1"},
            ],
            [{"text": "⚙", "callback_data": "o:1"}],
        ]
    }

    for keyboard in (KEYBOARD, ()):
        message = Message(plain("two"), keyboard)
        outcome = await scene.surface.edit(PRIVATE_CHAT, stored.message_id, message)
        assert outcome == Delivered(stored.message_id)
        assert bool(stored.reply_markup) is bool(keyboard)
    assert markup(()) is None


@pytest.mark.parametrize("silent", [True, False])
async def test_a_message_rings_unless_it_is_silent(scene: Scene, silent: bool) -> None:
    """The silent flag is the message's own."""
    stored = await scene.sent(Message(plain("text"), silent=silent))

    assert stored.silent is silent


async def test_link_previews_are_off(scene: Scene) -> None:
    """Neither a send nor an edit lets a link unfold."""
    stored = await scene.sent(Message(plain("https://example.org/")))
    assert not stored.link_preview

    other = Message(plain("https://example.com/"))
    await scene.surface.edit(PRIVATE_CHAT, stored.message_id, other)

    assert json.loads(str(scene.params["link_preview_options"])) == {"is_disabled": True}


async def test_topic_zero_sends_no_thread(scene: Scene) -> None:
    """General and chats without topics are addressed by leaving the thread out."""
    await scene.sent(TEXT, GROUP_CHAT)

    assert "message_thread_id" not in scene.params


async def test_a_topic_is_addressed(scene: Scene) -> None:
    """A topic's number is sent; Telegram's answer that there is none comes back as such."""
    assert await scene.surface.send(TOPIC, TEXT, reply_to=None) == ThreadGone()
    assert scene.params["message_thread_id"] == "5"


@pytest.mark.parametrize("call", ["send", "edit"])
async def test_a_call_is_given_twenty_seconds(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """Neither a send nor an edit is waited for longer than 20 s."""
    answers = AsyncMock(side_effect=TimeoutError)
    monkeypatch.setattr(scene.bot.session, "make_request", answers)

    with pytest.raises(TimeoutError):
        if call == "send":
            await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=None)
        else:
            await scene.surface.edit(PRIVATE_CHAT, 1, TEXT)

    assert answers.await_args is not None
    assert answers.await_args.kwargs["timeout"] == 20


# --- outcomes -------------------------------------------------------------------------------------


async def test_an_edit_replaces_the_text(scene: Scene) -> None:
    """An edit is delivered under the same number, and Telegram has the new text."""
    stored = await scene.sent(TEXT)

    new = Message(join([plain("😀 "), bold("new")]))
    outcome = await scene.surface.edit(PRIVATE_CHAT, stored.message_id, new)

    assert outcome == Delivered(stored.message_id, changed=True)
    assert covered(stored) == [("bold", "new")]


async def test_an_edit_that_changes_nothing_is_delivered(scene: Scene) -> None:
    """Telegram's "not modified" is success without a change."""
    stored = await scene.sent(Message(bold("same"), KEYBOARD))

    same = Message(bold("same"), KEYBOARD)
    outcome = await scene.surface.edit(PRIVATE_CHAT, stored.message_id, same)

    assert outcome == Delivered(stored.message_id, changed=False)
    assert len(stored.versions) == 1


async def test_refusals_come_back_as_outcomes(scene: Scene) -> None:
    """What Telegram refuses is returned, never raised, and rests no lane."""
    stored = await scene.sent(TEXT)
    scene.telegram.delete_message(ADA, stored.message_id)
    edit = Message(plain("other"))
    assert await scene.surface.edit(PRIVATE_CHAT, stored.message_id, edit) == MessageGone()
    empty = Message(plain(""))
    refused = await scene.surface.send(PRIVATE_CHAT, empty, reply_to=None)
    assert refused == Refused("message text is empty")
    scene.telegram.block(ADA)
    gone = await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=None)
    assert gone == ChatGone("bot was blocked by the user")

    assert scene.lanes.state(ADA).resting_until is None


@pytest.mark.parametrize("effect", [HtmlPage(502), Close(), Respond(500, "Internal Server Error")])
async def test_what_perhaps_arrived_is_told_for_sends_only(
    scene: Scene, effect: HtmlPage | Close | Respond
) -> None:
    """A send without a readable answer perhaps arrived; an edit counts as not sent."""
    stored = await scene.sent(TEXT)
    for method in ("sendMessage", "editMessageText"):
        scene.telegram.faults.append(Fault(method, effect))

    send = await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=None)
    edit = await scene.surface.edit(PRIVATE_CHAT, stored.message_id, Message(plain("other")))

    assert isinstance(send, PerhapsDelivered)
    assert isinstance(edit, NotSent)


@pytest.mark.parametrize("method", ["sendMessage", "editMessageText"])
async def test_a_flood_rests_its_lane_and_no_other(scene: Scene, method: str) -> None:
    """A 429 rests the lane of its chat for as long as asked and half a second, and only that."""
    stored = await scene.sent(TEXT)
    flood = Respond(429, "Too Many Requests: retry after 30", retry_after=30)
    scene.telegram.faults.append(Fault(method, flood))

    if method == "sendMessage":
        outcome = await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=None)
    else:
        other = Message(plain("other"))
        outcome = await scene.surface.edit(PRIVATE_CHAT, stored.message_id, other)

    assert outcome == Resting(30.0)
    until = scene.lanes.state(ADA).resting_until
    assert until is not None
    assert (until - FakeClock().wall()).total_seconds() == pytest.approx(30.5)
    assert scene.lanes.state(GROUP).resting_until is None
    await scene.sent(TEXT, GROUP_CHAT)


async def test_a_bug_is_raised(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no answer of Telegram's is not mistaken for one."""
    monkeypatch.setattr(scene.bot.session, "make_request", AsyncMock(side_effect=KeyError))

    with pytest.raises(KeyError):
        await scene.surface.send(PRIVATE_CHAT, TEXT, reply_to=None)
    with pytest.raises(KeyError):
        await scene.surface.edit(PRIVATE_CHAT, 1, TEXT)


# --- simpler forms --------------------------------------------------------------------------------


async def test_a_file_has_the_words(scene: Scene) -> None:
    """A message sent as a file is a silent document in its place, without buttons."""
    target = await scene.sent(TEXT)
    message = Message(bold("# 😀 words\n"), KEYBOARD)

    outcome = await scene.surface.send_file(
        PRIVATE_CHAT, "page-1.md", message, reply_to=target.message_id
    )

    assert isinstance(outcome, Delivered)
    stored = scene.telegram.message(ADA, outcome.message_id)
    assert stored.document is not None
    assert stored.document.file_name == "page-1.md"
    assert stored.document.content.decode() == "# 😀 words\n"
    assert stored.reply_to_message_id == target.message_id
    assert (stored.silent, stored.reply_markup) == (True, None)


async def test_a_file_that_is_refused_is_told(scene: Scene) -> None:
    """A document's refusals are outcomes, too."""
    outcome = await scene.surface.send_file(TOPIC, "page-1.md", TEXT, reply_to=None)

    assert outcome == ThreadGone()
    scene.telegram.faults.append(Fault("sendDocument", Close()))
    lost = await scene.surface.send_file(PRIVATE_CHAT, "page-1.md", TEXT, reply_to=None)
    assert isinstance(lost, PerhapsDelivered)


async def test_a_refusal_is_logged_by_its_shape(scene: Scene) -> None:
    """What a refused request was like stands in the log, and not a word of what it said."""
    long = Message(join([plain("secret " * 700), code("x"), plain(" "), code("y")]), KEYBOARD)

    with capture_logs() as logged:
        outcome = await scene.surface.send(PRIVATE_CHAT, long, reply_to=None)

    assert outcome == Refused("message is too long")
    (line,) = logged
    assert (line["event"], line["method"]) == ("telegram.refused", "SendMessage")
    assert (line["chars"], line["bytes"], line["lines"]) == (4903, 4903, 1)
    assert line["entities"] == {"code": 2}
    assert line["buttons"] == [2, 1]
    assert "secret" not in str(line)
