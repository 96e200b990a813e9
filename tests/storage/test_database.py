from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import StatementError

from bot.linking.model import ChatToLink
from bot.storage.database import REVISION, Database
from bot.storage.engine import Transactions, open_engine, parse_url, sqlite_file
from bot.storage.migrations.upgrade import CONNECTION, config
from bot.storage.tables import metadata

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CHAT = ChatToLink(7, 0, "private", "Ada", 7, "en")

OPEN_WITHOUT_ALEMBIC = """
import asyncio, sys
from bot.storage.database import Database
async def main():
    async with Database(sys.argv[1]) as database:
        print(len(await database.chats.all()), "alembic" in sys.modules)
asyncio.run(main())
"""


def test_revision_is_the_newest_migration() -> None:
    """The revision that is looked for at the start is the last one that exists."""
    assert ScriptDirectory.from_config(config()).get_heads() == [REVISION]


async def test_migrations_make_the_tables(database: Database) -> None:
    """What the migrations build is what the code describes."""

    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database._transactions.write() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrations_go_back(database: Database) -> None:
    """A migration can be taken back and made again."""

    def down_and_up(connection: Connection) -> None:
        described = config()
        described.attributes[CONNECTION] = connection
        command.downgrade(described, "base")
        command.upgrade(described, "head")

    async with database._transactions.write() as connection:
        await connection.run_sync(down_and_up)
    assert await database.chats.all() == ()


def test_opening_again_needs_no_alembic(tmp_path: Path) -> None:
    """A database that is up to date is opened with its rows and without the migration tool."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'new' / 'bot.db'}"

    async def create() -> None:
        async with Database(url) as database:
            await database.chats.link(CHAT, NOW)

    asyncio.run(create())
    said = subprocess.run(
        [sys.executable, "-c", OPEN_WITHOUT_ALEMBIC, url], capture_output=True, check=True
    )
    assert said.stdout.split() == [b"1", b"False"]


async def test_opened_twice_at_once(tmp_path: Path) -> None:
    """Two openings of a new database at the same moment both succeed."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"

    async def link(chat_id: int) -> None:
        async with Database(url) as database:
            await database.chats.link(ChatToLink(chat_id, 0, "private", "", None, None), NOW)

    async with asyncio.TaskGroup() as group:
        for chat_id in range(3):
            group.create_task(link(chat_id))
    async with Database(url) as database:
        assert len(await database.chats.all()) == 3
        await database.ping()


async def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    """What raises inside a transaction undoes all of it."""
    await database.chats.link(CHAT, NOW)
    with pytest.raises(StatementError):
        await database.chats.link(
            ChatToLink(8, 0, "private", "Bob", 8, "en"), NOW.replace(tzinfo=None)
        )
    assert [record.chat_id for record in await database.chats.all()] == [7]


async def test_times_are_aware(database: Database) -> None:
    """A time comes back as the same moment in UTC, wherever it was told."""
    summer = datetime(2026, 7, 1, 14, 30, 0, 123456, timezone(timedelta(hours=2)))
    linked = await database.chats.link(CHAT, summer)
    assert linked.chat.linked_at == summer
    assert linked.chat.linked_at.tzinfo is UTC


async def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    """While a transaction writes, others read what was there before."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}"
    async with Database(url) as database, database._transactions.write() as connection:
        await connection.exec_driver_sql("DELETE FROM chats")
        assert await database.chats.all() == ()


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://bot:secret@host/bot?sslmode=require", "postgresql+psycopg"),
        ("postgresql://bot@host/bot", "postgresql+psycopg"),
        ("sqlite+aiosqlite:///bot.db", "sqlite+aiosqlite"),
        ("sqlite:///bot.db", "sqlite+aiosqlite"),
    ],
)
def test_url_forms(given: str, driver: str) -> None:
    """A URL as a platform gives it works, whatever driver it names, with its options."""
    url = parse_url(given)
    assert url.drivername == driver
    assert url.query == ({"sslmode": "require"} if "sslmode" in given else {})


def test_sqlite_file() -> None:
    """Only a SQLite database that is a file has a file."""
    assert sqlite_file(parse_url("sqlite+aiosqlite:////a/bot.db")) == Path("/a/bot.db")
    assert sqlite_file(parse_url("sqlite+aiosqlite:///:memory:")) is None
    assert sqlite_file(parse_url("postgres://host/bot")) is None


async def test_sqlite_is_set_up(tmp_path: Path) -> None:
    """SQLite writes ahead, waits for locks and keeps references whole."""
    engine = open_engine(parse_url(f"sqlite:///{tmp_path / 'bot.db'}"))
    async with Transactions(engine).read() as connection:
        pragmas = ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        found = [await connection.exec_driver_sql(f"PRAGMA {name}") for name in pragmas]
        assert [result.scalar_one() for result in found] == ["wal", 5000, 1, 1]
    await engine.dispose()
