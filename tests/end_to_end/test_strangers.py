"""People who are not linked cause nothing but one hint."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.end_to_end.world import ANSWER_S, World, until

MESSAGES = 30


async def test_a_strangers_flood_gets_one_hint(tmp_path: Path) -> None:
    """30 messages of somebody unlinked: one hint, no row, no call to the backend."""
    async with World(tmp_path) as world:
        await world.link_private()
        await until(lambda: _noted(world.database), ANSWER_S, "the link's answer is noted")
        rows, requests = _rows(world.database), len(world.kanban.requests)
        stranger = world.new_user()
        for number in range(MESSAGES):
            world.telegram.say(stranger, stranger, f"/active {number}" if number % 3 else "hello")
        await world.telegram.wait_for(lambda: bool(world.telegram.bot_messages(stranger)), ANSWER_S)
        await world.all_updates_handled()
        assert len(world.telegram.bot_messages(stranger)) == 1
        assert "/link" in world.telegram.bot_messages(stranger)[0].text
        assert _rows(world.database) == rows
        assert len(world.kanban.requests) == requests
        world.assert_clean()


def _noted(database: Path) -> bool:
    """Whether the time and the id of what the bot has sent are stored, a little later."""
    rows = _rows(database)
    return rows["sends"] > 0 and rows["counters"] > 0


def _rows(database: Path) -> dict[str, int]:
    """Count the rows of every table."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        names = connection.execute("select name from sqlite_master where type = 'table'")
        return {
            name: connection.execute(f'select count(*) from "{name}"').fetchone()[0]  # noqa: S608 - own names
            for (name,) in names.fetchall()
        }
