from __future__ import annotations

import pytest

from bot.handlers.callbacks import short
from bot.i18n import sentence
from bot.linking.codes import GUESSES
from bot.live.ports import Health
from bot.settings.model import StreamMode
from tests.fakes.handlers import ADA, BOB, EVE, GROUP, Stage, buttons, turn_in


async def code(stage: Stage) -> str:
    """Make a code as `python -m bot link` does."""
    return (await stage.linking.issue()).code


@pytest.mark.parametrize("command", ["/link", "/start"])
async def test_a_code_links_a_chat(stage: Stage, command: str) -> None:
    """/link and /start redeem a code; the answer names backend, mode and what runs."""
    await stage.say(f"{command} {await code(stage)}")
    assert stage.texts == [
        "✅ This chat is linked now.\n"
        "Backend: vibe-kanban 0.1.44\n"
        "Mode: Real-time – live streaming (edits message)\n"
        "Nothing is running."
    ]
    assert stage.followers.did == [("linked", 1, "en")]
    assert stage.chats.rows[1].linked_by == ADA


async def test_linking_again_says_so(stage: Stage) -> None:
    """A second code for the same chat says that it was linked, and names the running turns."""
    stage.followers.turns = [turn_in(stage.linked_private())]
    await stage.say(f"/link {await code(stage)}")
    assert stage.texts[0].startswith("✅ This chat was linked already.")
    assert stage.texts[0].endswith("1 turn is running.")


async def test_linking_while_the_backend_is_away(stage: Stage) -> None:
    """The answer says when no backend is reachable."""
    stage.followers.healths = [Health("", False, None, sentence("The connection was refused."))]
    await stage.say(f"/link {await code(stage)}")
    assert "⚠️ The backend is not reachable now, I keep trying." in stage.texts[0]


async def test_a_code_links_the_topic_in_which_it_was_sent(stage: Stage) -> None:
    """A code sent in a forum topic links that topic."""
    words = f"/link {await code(stage)}"
    await stage.say(words, chat_id=GROUP, message_thread_id=5, is_topic_message=True)
    assert (stage.chats.rows[1].chat_id, stage.chats.rows[1].topic) == (GROUP, 5)


async def test_a_code_works_once(stage: Stage) -> None:
    """A used code is refused."""
    words = f"/link {await code(stage)}"
    await stage.say(words)
    await stage.say(words, user_id=EVE)
    assert stage.texts[1] == "🤔 That code is wrong, used or too old. Please make a new one."
    assert len(stage.chats.rows) == 1


async def test_who_guesses_too_often_has_to_wait(stage: Stage) -> None:
    """After five wrong codes a person is refused, told so once a minute; others are not."""
    good = await code(stage)
    for number in range(GUESSES + 10):
        await stage.say(f"/link wrong-{number}", user_id=EVE)
    await stage.say(f"/link {good}", user_id=EVE)
    assert len(stage.texts) == GUESSES + 1
    assert stage.texts[-1] == "✋ Too many wrong codes. Please wait 10 minutes."
    await stage.say(f"/link {good}", user_id=BOB)
    assert stage.texts[-1].startswith("✅")


@pytest.mark.parametrize("arguments", ["", " ", " two words"])
async def test_link_without_a_code(stage: Stage, arguments: str) -> None:
    """/link without exactly one code gets the usage line."""
    await stage.say(f"/link{arguments}", user_id=EVE)
    assert stage.texts == ["Usage: /link CODE"]


async def test_usage_of_link_is_said_once_a_minute_to_a_stranger(stage: Stage) -> None:
    """A stranger who floods /link gets one usage line a minute."""
    for _message in range(30):
        await stage.say("/link", user_id=EVE)
    assert len(stage.texts) == 1


async def test_a_channel_redeems_nothing(stage: Stage) -> None:
    """Sent as a channel, or the group, a code links nothing; who holds the group is told why."""
    words = f"/link {await code(stage)}"
    itself = {"id": GROUP, "type": "supergroup", "title": "Team"}
    channel = {"id": -1009, "type": "channel", "title": "News"}
    await stage.say(words, chat_id=GROUP, sender_chat=channel)
    assert stage.texts == []
    for _again in range(2):
        await stage.say(words, chat_id=GROUP, sender_chat=itself)
    assert stage.texts == ["🤔 Please link as yourself: I note who linked a chat."]
    assert stage.chats.rows == {}


async def test_unlink_asks_once(stage: Stage) -> None:
    """/unlink asks; the tap forgets the chat, and its last words replace the question."""
    chat = stage.linked_private()
    await stage.say("/unlink")
    assert buttons(stage.sent[0].reply_markup) == [
        [("Unlink", "unlinknow"), ("Keep it", "dismiss")]
    ]
    assert chat.id in stage.chats.rows
    await stage.tap("unlinknow")
    assert stage.chats.rows == {}
    assert stage.followers.did == [("unlinked", chat.id)]
    assert stage.edits[0].text == "This chat is unlinked. Bye 👋"
    before = len(stage.session.requests)
    await stage.say("good morning")
    assert "not linked" in stage.texts[-1]
    assert len(stage.session.requests) == before + 1


async def test_being_added_to_a_group(stage: Stage) -> None:
    """A group that takes the bot in is told once how to link; a private chat is told nothing."""
    await stage.member("left", "member", GROUP)
    assert len(stage.texts) == 1
    assert "/link CODE" in stage.texts[0]
    await stage.member("kicked", "member", ADA, "private")
    assert len(stage.texts) == 1


async def test_being_added_to_a_linked_group(stage: Stage) -> None:
    """A group that is linked already is told nothing."""
    stage.linked_group(topic=5)
    await stage.member("left", "member", GROUP)
    assert stage.texts == []


@pytest.mark.parametrize("new", ["kicked", "left"])
async def test_what_telegram_took_away_is_unlinked_quietly(stage: Stage, new: str) -> None:
    """Kicked or blocked: every link of that chat goes, nothing is sent."""
    first, second = stage.linked_group(), stage.linked_group(topic=5)
    other = stage.linked_private()
    await stage.member("member", new, GROUP)
    assert list(stage.chats.rows) == [other.id]
    assert stage.followers.did == [("unlinked", first.id), ("unlinked", second.id)]
    assert stage.session.requests == []


async def test_a_group_is_asked_for_its_repositories(stage: Stage) -> None:
    """A group that links chooses its repositories; each tap acts at once, none means all."""
    stage.followers.known_repositories = [("r-1", "shop"), ("r-2", "docs")]
    await stage.say(f"/link {await code(stage)}", chat_id=GROUP)
    assert stage.texts[1] == "Which repositories should this chat see?"
    shop, docs = f"repo:{short('r-1')}", f"repo:{short('r-2')}"
    last = [("✓ All", "repoall"), ("Done", "repodone")]
    assert buttons(stage.sent[1].reply_markup) == [[("shop", shop)], [("docs", docs)], last]

    await stage.tap(shop, chat_id=GROUP)
    assert stage.chats.rows[1].settings.repositories == ("r-1",)
    assert buttons(stage.edits[0].reply_markup)[0] == [("✓ shop", shop)]
    assert buttons(stage.edits[0].reply_markup)[2] == [("All", "repoall"), ("Done", "repodone")]

    await stage.tap(docs, chat_id=GROUP)
    await stage.tap("repodone", chat_id=GROUP)
    assert stage.edits[2].text == "This chat sees: shop, docs"
    assert stage.edits[2].reply_markup is None

    await stage.tap(shop, chat_id=GROUP)
    await stage.tap(docs, chat_id=GROUP)
    assert not stage.chats.rows[1].settings.repositories


async def test_all_repositories(stage: Stage) -> None:
    """All empties the filter and takes the buttons; Done without a choice means the same."""
    stage.linked_group(repositories=("r-1",))
    stage.followers.known_repositories = [("r-1", "shop"), ("r-2", "docs")]
    await stage.tap("repoall", chat_id=GROUP)
    await stage.tap("repodone", chat_id=GROUP)
    assert not stage.chats.rows[1].settings.repositories
    assert [edit.text for edit in stage.edits] == ["This chat sees all repositories."] * 2


async def test_a_repository_that_nobody_knows(stage: Stage) -> None:
    """Forged or outdated repository buttons change nothing."""
    stage.linked_group()
    await stage.tap("repo:0000", chat_id=GROUP)
    assert not stage.chats.rows[1].settings.repositories
    assert stage.edits == []


@pytest.mark.parametrize("known", [[], [("r-1", "shop")]])
async def test_nothing_to_choose_is_not_asked(stage: Stage, known: list[tuple[str, str]]) -> None:
    """With fewer than two repositories, or in a private chat, nobody is asked."""
    stage.followers.known_repositories = known
    await stage.say(f"/link {await code(stage)}", chat_id=GROUP)
    stage.followers.known_repositories = [("r-1", "shop"), ("r-2", "docs")]
    await stage.say(f"/link {await code(stage)}")
    assert len(stage.texts) == 2


async def test_settings_survive_linking_again(stage: Stage) -> None:
    """Linking again keeps what the chat had chosen, and does not ask a group again."""
    stage.linked_group(stream_mode="off")
    stage.followers.known_repositories = [("r-1", "shop"), ("r-2", "docs")]
    await stage.say(f"/link {await code(stage)}", chat_id=GROUP)
    assert stage.chats.rows[1].settings.stream_mode is StreamMode.OFF
    assert len(stage.texts) == 1
