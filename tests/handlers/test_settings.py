"""The settings card: every field of a chat, by buttons and by replies, acting at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiogram.types import ForceReply

from bot.handlers.card import MAIN, MORE_PAGE, card
from bot.handlers.fields import MORE, PRESETS, SWITCHES
from bot.i18n import Catalogs
from bot.settings.model import ChatSettings, bounds
from tests.fakes.handlers import ADA, BOB, GROUP, ME, Stage, buttons, speaker

LOCALES = Path(__file__).parents[2] / "locales"
OTHER = "✏️ chunk_interval_s\nChunk interval: reply to this message with a whole number."


def stored(stage: Stage, chat: int) -> dict[str, object]:
    return stage.chats.rows[chat].settings.to_json()


def reply_to(text: str, sender: object = ME) -> dict[str, Any]:
    return {
        "reply_to_message": {
            "message_id": 77,
            "date": 1,
            "chat": {"id": ADA, "type": "private"},
            "from": sender,
            "text": text,
        }
    }


async def test_the_card(stage: Stage) -> None:
    """/settings shows switches, modes, interval, detail, language, and the way to the rest."""
    stage.linked_private()
    await stage.say("/settings")
    assert stage.texts == [
        "⚙️ Settings of this chat\n"
        "Mode: Real-time – live streaming (edits message)\n"
        "Interval: at most every 0.5 s; Telegram's limits come first."
    ]
    labels = [[label for label, _ in row] for row in buttons(stage.sent[0].reply_markup)]
    assert labels == [
        ["✅ Notifications"],
        ["✅ Completion notice"],
        ["✅ Answer in the notice"],
        ["✓ Real-time – live streaming (edits message)"],
        ["Chunked – new message every 30s"],
        ["Summary only – end-of-task summary"],
        ["Off – no live updates"],
        ["✓ 0.5 s", "1 s", "2 s"],
        ["5 s", "10 s"],
        ["compact", "✓ normal", "full"],
        ["🌐 Language", "📁 Repositories"],
        ["More…", "Unlink", "Close"],
    ]


async def test_the_button_of_a_view_opens_it(stage: Stage) -> None:
    """⚙ sends the card below; the view keeps its words."""
    stage.linked_private()
    await stage.tap("settings")
    assert stage.texts[0].startswith("⚙️ Settings of this chat")
    assert stage.edits == []


@pytest.mark.parametrize("field", SWITCHES)
async def test_switches(stage: Stage, field: str) -> None:
    """A tap turns a switch, and back; the card shows it."""
    chat = stage.linked_private()
    await stage.tap(f"set:main:{field}:off")
    assert stored(stage, chat.id) == {field: False}
    await stage.tap(f"set:main:{field}:on")
    assert stored(stage, chat.id) == {field: True}
    assert len(stage.edits) == 2


@pytest.mark.parametrize(
    ("data", "change"),
    [
        ("set:main:stream_mode:summary", {"stream_mode": "summary"}),
        ("set:main:stream_flush_interval_ms:5000", {"stream_flush_interval_ms": 5000}),
        ("set:main:verbosity:full", {"verbosity": "full"}),
        ("set:more:show_thinking:off", {"show_thinking": False}),
        ("set:overflow:overflow:truncate", {"overflow": "truncate"}),
        ("set:chunk_chars:chunk_chars:500", {"chunk_chars": 500}),
    ],
)
async def test_choices(stage: Stage, data: str, change: dict[str, object]) -> None:
    """Every choice is one tap; the card is written anew, with the mark where it belongs."""
    chat = stage.linked_private()
    await stage.tap(data)
    assert stored(stage, chat.id) == change
    (edit,) = stage.edits
    *_, value = data.split(":")
    taps = [button for row in buttons(edit.reply_markup) for button in row]
    marked = [label for label, tapped in taps if tapped == data]
    assert value == "off" or all(label.startswith("✓ ") for label in marked)


@pytest.mark.parametrize("field", PRESETS)
async def test_every_number_has_a_page(stage: Stage, field: str) -> None:
    """Behind More… each number has its presets, and a way to any other."""
    chat = stage.linked_private()
    await stage.tap(f"card:{field}")
    (edit,) = stage.edits
    keys = [data for row in buttons(edit.reply_markup) for _, data in row]
    for number in PRESETS[field]:
        assert f"set:{field}:{field}:{number}" in keys
    assert f"ask:{field}" in keys
    await stage.tap(f"ask:{field}")
    least, most = bounds(field) or (0, 0)
    assert f"a whole number from {least} to {most}" in stage.texts[-1]
    assert stage.texts[-1].startswith(f"✏️ {field}\n")
    await stage.say(str(most), **reply_to(stage.texts[-1]))
    assert stored(stage, chat.id) == {field: most}


@pytest.mark.parametrize(
    "words", ["4", "3601", "soon", "", "-30", "--30", "30s", "1e3", "٣٠", "9" * 400]
)
async def test_a_number_that_is_none_is_refused(stage: Stage, words: str) -> None:
    """The refusal names the setting and what it takes; nothing is changed."""
    chat = stage.linked_private()
    await stage.say(words or " ", **reply_to(OTHER))
    assert stage.texts == ["🤔 chunk_interval_s: please give a whole number from 5 to 3600"]
    assert stored(stage, chat.id) == {}


@pytest.mark.parametrize("field", PRESETS)
async def test_every_number_has_its_bounds(stage: Stage, field: str) -> None:
    """One less, one more and no number are refused with the setting's name and range."""
    chat = stage.linked_private()
    least, most = bounds(field) or (0, 0)
    await stage.tap(f"ask:{field}")
    question = stage.texts[-1]
    for words in (str(least - 1), str(most + 1), "soon"):
        await stage.say(words, **reply_to(question))
        says = f"🤔 {field}: please give a whole number from {least} to {most}"
        assert stage.texts[-1] == says
    assert stored(stage, chat.id) == {}


@pytest.mark.parametrize("field", [*SWITCHES, *MORE, "stream_mode", "stream_flush_interval_ms"])
async def test_a_forged_tap_on_any_setting_is_refused(stage: Stage, field: str) -> None:
    """A value that no button offers is answered with the setting's name and what it takes."""
    chat = stage.linked_private()
    await stage.tap(f"set:main:{field}:nonsense")
    assert str(stage.toasts[-1]).startswith(f"🤔 {field}: please give ")
    assert stored(stage, chat.id) == {}


async def test_only_our_own_question_asks(stage: Stage) -> None:
    """A person's message that looks like the question sets nothing."""
    chat = stage.linked_private()
    await stage.say("60", **reply_to(OTHER, speaker(BOB)))
    assert stored(stage, chat.id) == {}


@pytest.mark.parametrize(
    "data",
    ["set:main:repositories:x", "set:main:locale:xx", "set:main:linked_by:1", "ask:verbosity"],
)
async def test_forged_buttons_set_nothing(stage: Stage, data: str) -> None:
    """What the card does not offer cannot be set by a tap."""
    chat = stage.linked_private()
    await stage.tap(data)
    assert stored(stage, chat.id) == {}
    assert stage.texts == []


@pytest.mark.parametrize(
    "data", ["set:main:verbosity:loud", "set:main:chunk_chars:1", "set:main:chunk_chars:--500"]
)
async def test_forged_values_are_refused(stage: Stage, data: str) -> None:
    """A value that a field does not take gets an alert."""
    chat = stage.linked_private()
    await stage.tap(data)
    assert stored(stage, chat.id) == {}
    assert str(stage.toasts[0]).startswith("🤔 ")


async def test_strangers_in_a_group_change_nothing(stage: Stage) -> None:
    """Only the linker and administrators may set anything."""
    chat = stage.linked_group()
    await stage.tap("set:main:stream_mode:off", user_id=BOB, chat_id=GROUP)
    await stage.say("60", user_id=BOB, chat_id=GROUP, **reply_to(OTHER))
    assert stored(stage, chat.id) == {}


@pytest.mark.parametrize(("chat_id", "named"), [(ADA, False), (GROUP, True)])
async def test_in_a_group_a_question_names_who_is_asked(
    stage: Stage, chat_id: int, named: bool
) -> None:
    """Telegram opens the reply for who is named; nobody else is bothered."""
    stage.linked_private()
    stage.linked_group()
    await stage.tap("ask:chunk_interval_s", chat_id=chat_id)
    markup = stage.sent[-1].reply_markup
    assert isinstance(markup, ForceReply)
    assert markup.selective is named
    assert stage.texts[-1].endswith(f" @u{ADA}") is named


async def test_the_mode_names_the_interval_that_is_set(stage: Stage) -> None:
    """What a tap and the last line say of chunks is what the chat has set."""
    stage.linked_private(chunk_interval_s=60)
    await stage.tap("set:main:stream_mode:chunked")
    await stage.tap("cardclose")
    assert stage.toasts[0] == "Mode: Chunked – new message every 60s"
    assert "every 60s" in str(stage.edits[-1].text)


async def test_closing_takes_the_buttons_away(stage: Stage) -> None:
    """The card ends as a line."""
    stage.linked_private()
    await stage.tap("cardclose")
    (edit,) = stage.edits
    assert edit.reply_markup is None
    assert "Settings are saved" in str(edit.text)


class TestLanguage:
    async def test_it_offers_the_languages(self, stage: Stage) -> None:
        """Each language stands there by its own name."""
        stage.linked_private()
        await stage.say("/language")
        assert buttons(stage.sent[0].reply_markup) == [
            [("✓ Automatic", "locale:auto")],
            [("English", "locale:en")],
            [("Português (Brasil)", "locale:pt_BR")],
        ]

    async def test_the_chosen_one_speaks_at_once(self, stage: Stage) -> None:
        """The answer to the tap is in the new language."""
        chat = stage.linked_private()
        await stage.tap("locale:pt_BR")
        assert stored(stage, chat.id) == {"locale": "pt_BR"}
        assert stage.edits[0].text == "🌐 Idioma: Português (Brasil)"
        await stage.tap("locale:auto")
        assert stage.edits[1].text == "🌐 Language: Automatic"

    async def test_an_unknown_one_is_too_old(self, stage: Stage) -> None:
        """A language that is not shipped is not set."""
        chat = stage.linked_private()
        await stage.tap("locale:xx")
        assert stored(stage, chat.id) == {}


def test_every_setting_is_on_the_card() -> None:
    """There is a button, or a page, for every field of the model."""
    shown = {*SWITCHES, *MORE, "stream_mode", "stream_flush_interval_ms", "verbosity"}
    assert shown | {"repositories", "locale"} == set(ChatSettings.model_fields)
    catalogs = Catalogs(LOCALES)
    for page in (MAIN, MORE_PAGE, *MORE[1:]):
        for locale in catalogs.locales():
            _, keyboard = card(ChatSettings(), page, catalogs, catalogs.translator(locale))
            for row in keyboard.inline_keyboard:
                assert sum(len(one.text) for one in row) <= 60
                assert all(len((one.callback_data or "").encode()) <= 64 for one in row)
