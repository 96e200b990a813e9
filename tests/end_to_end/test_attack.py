"""Strangers, forgers and spammers: nothing changes, nothing shows, the log tells of each once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.telegram.voices import AsChannel, Forwarded
from tests.end_to_end.world import ANSWER_S, Chat, World, until

pytestmark = pytest.mark.slow

SPAM = 40
GRANTED = 20
OF_PASSING = frozenset({"sends", "counters", "rests", "guesses", "alembic_version"})
"""Tables of what the bot sent, where, and of wrong codes: attempts may be counted."""
CHANNEL = -1_001_234_567_890
HINT = "This chat is not linked yet."
REFUSAL = "Only administrators"


async def test_nothing_comes_of_an_attack(tmp_path: Path) -> None:
    """Stranger, wrong codes, forged taps, member without a role, channel, second-hand commands."""
    async with World(tmp_path) as world:
        victim, group = await world.link_private(), await world.link_group()
        attacker = await world.link_private()
        world.kanban.play("many", speed=0.25)
        view = await _running_view(world, victim)
        views = _views(world.database)
        settled = _rows(world.database, without={"messages", "shown", "intents", "late_results"})
        stopped = len(_stops(world))

        stranger = world.new_user()
        _as_stranger(world, stranger)
        _with_forged_taps(world, attacker, views[victim.id])
        _without_a_role(world, group)
        _second_hand(world, victim, group, stranger)
        await world.all_updates_handled()

        after = _rows(world.database, without={"messages", "shown", "intents", "late_results"})
        assert after == settled
        assert len(_stops(world)) == stopped
        told = [m.text for m in world.telegram.bot_messages(stranger)]
        assert sum(HINT in text for text in told) == 1
        assert all(HINT in text or "code" in text for text in told)
        refused = [m for m in world.telegram.bot_messages(group.id) if REFUSAL in m.text]
        assert len(refused) == 1
        assert "🔇" not in world.telegram.message(victim.id, view).text
        for why in ("not linked", "wrong code", "foreign button", "unknown button", "forwarded"):
            assert len(list(_refusals(world, why))) == 1, why
        assert len(list(_refusals(world, "not allowed"))) == 2  # the member, and the channel
        world.assert_clean()


async def test_stop_works_in_the_middle_of_a_spam_block(tmp_path: Path) -> None:
    """Twenty of forty commands are answered, then one “slow down”; two taps still stop the turn."""
    async with World(tmp_path) as world:
        chat = await world.link_private()
        world.kanban.play("many", speed=0.25)
        view = await _running_view(world, chat)
        for _ in range(SPAM):
            world.telegram.say(chat.id, chat.user, "/help")
        await world.telegram.wait_for(lambda: not world.telegram.updates.waiting(), ANSWER_S)
        message = world.telegram.message(chat.id, view)
        first = await world.tap(chat, message, "⏹ Stop")
        assert "again" in (first.text or "")
        await world.tap(chat, message, "⏹ Stop")
        await until(lambda: len(_stops(world)) == 1, ANSWER_S, "the turn is stopped")

        def answered() -> bool:
            told = [m.text for m in world.telegram.bot_messages(chat.id)]
            return any(text.startswith("🐢") for text in told)

        await world.telegram.wait_for(answered, 4 * ANSWER_S)
        told = [m.text for m in world.telegram.bot_messages(chat.id)]
        assert sum(text.startswith("🐢") for text in told) == 1
        assert sum("/settings" in text for text in told) <= GRANTED
        assert len(list(_refusals(world, "too fast"))) == 1
        world.assert_clean()


# --- what attackers do ----------------------------------------------------------------------------


def _as_stranger(world: World, stranger: int) -> None:
    """Talk, command, and guess codes."""
    for number in range(SPAM // 4):
        world.telegram.say(stranger, stranger, "/status" if number % 2 else "hello")
    for number in range(7):
        world.telegram.say(stranger, stranger, f"/link wrong-code-{number}")


def _with_forged_taps(world: World, attacker: Chat, view: int) -> None:
    """Tap on what other chats have, from a linked chat, with data of one's own."""
    own = world.telegram.bot_messages(attacker.id)[0].message_id
    for data in (f"stop:{view}", f"stopnow:{view}", f"mute:{view}", f"show:{view}"):
        for _ in range(2):
            world.telegram.forge_tap(attacker.id, attacker.user, own, data)
    for data in ("stop:x", "set:main:linked_by:1", "nonsense", "stop:-1", "a" * 64):
        world.telegram.forge_tap(attacker.id, attacker.user, own, data)


def _without_a_role(world: World, group: Chat) -> None:
    """Command and tap as a member who may only read, and as a channel."""
    member = world.new_user()
    world.telegram.set_member_status(group.id, member, "member", by=group.user)
    view = world.telegram.bot_messages(group.id)[-1].message_id
    for words in ("/stop", "/mute", "/stream off", "/unlink", "/settings", "/language"):
        world.telegram.say(group.id, member, words)
        world.telegram.say(group.id, member, words, voice=AsChannel(CHANNEL, "News"))
    for data in ("unlinknow", "mode:off", "set:main:notifications_enabled:off", "locale:de"):
        world.telegram.forge_tap(group.id, member, view, data)


def _second_hand(world: World, victim: Chat, group: Chat, stranger: int) -> None:
    """Let commands come that nobody means here: forwarded, edited, posted in a channel."""
    for words in ("/stop", "/unlink", "/stream off"):
        world.telegram.say(victim.id, victim.user, words, voice=Forwarded(stranger))
    talk = world.telegram.say(group.id, group.user, "good morning, everybody")
    world.telegram.edit_message(group.id, talk.message_id, "/stream off")
    world.telegram.add_channel(CHANNEL, "News", {group.user: "creator"})
    world.telegram.add_bot_to_group(CHANNEL, by=group.user, status="administrator")
    world.telegram.say(CHANNEL, group.user, "/stream off")


# --- what came of it ------------------------------------------------------------------------------


async def _running_view(world: World, chat: Chat) -> int:
    """Wait for the chat's live view with its buttons; return its message."""

    def grown() -> bool:
        return any("⏹ Stop" in m.button_labels for m in world.telegram.bot_messages(chat.id))

    await world.telegram.wait_for(grown, ANSWER_S)
    found = [m for m in world.telegram.bot_messages(chat.id) if "⏹ Stop" in m.button_labels]
    return found[-1].message_id


def _refusals(world: World, why: str) -> Iterator[str]:
    """Lines of the log that tell of one kind of attempt."""
    for line in world.bot.log:
        if "access.refused" in line and (f"why={why!r}" in line or f"why={why}" in line):
            yield line


def _stops(world: World) -> list[object]:
    return [r for r in world.kanban.requests if r.method == "POST" and r.path.endswith("/stop")]


def _views(database: Path) -> dict[int, int]:
    """The view of each Telegram chat."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "select chats.chat_id, views.id from views join chats on views.chat = chats.id"
        )
        return dict(rows.fetchall())


def _rows(database: Path, without: set[str]) -> dict[str, list[tuple[object, ...]]]:
    """Everything the bot remembers but for what it sent."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = [
            name
            for (name,) in connection.execute("select name from sqlite_master where type='table'")
            if name not in OF_PASSING | without
        ]
        return {name: _content(connection, name) for name in names}


def _content(connection: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    """Every row, without the count of what was sent."""
    found = connection.execute(f'select * from "{table}"')  # noqa: S608 - own names
    kept = [n for n, (name, *_) in enumerate(found.description) if name != "messages_sent"]
    return [tuple(row[n] for n in kept) for row in found]
