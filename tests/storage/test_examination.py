"""Looking at a database from beside the bot."""

from __future__ import annotations

import errno
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.linking.codes import Linking
from bot.storage import engine
from bot.storage.database import Database
from bot.storage.examination import Found, examine, place
from bot.storage.trouble import DatabaseSick, DatabaseUnusable, Trouble


def url_of(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    """Name a database as the bot makes it."""
    async with Database(url_of(tmp_path / "bot.db")):
        return tmp_path / "bot.db"


def date(file: Path, revision: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


@pytest.fixture
def closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Close a folder to its user, whoever runs the tests."""
    folder = tmp_path / "closed"
    folder.mkdir()
    look, may = os.stat, os.access

    def stat(path: Any, **how: Any) -> os.stat_result:
        if str(path).startswith(f"{folder}/"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return look(path, **how)

    monkeypatch.setattr(os, "stat", stat)
    monkeypatch.setattr(os, "access", lambda path, mode: path != folder and may(path, mode))
    return folder


async def test_a_folder_that_may_not_be_entered(closed: Path) -> None:
    """A database in it cannot be used, and the folder is named."""
    with pytest.raises(DatabaseUnusable, match="closed may not be written"):
        await examine(url_of(closed / "deeper" / "bot.db"))


def dated(file: Path) -> str:
    with sqlite3.connect(file) as connection:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return str(revision)


def inside(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


async def test_a_database_in_use(file: Path) -> None:
    """A database that a bot has open is current, and the bot goes on writing."""
    async with Database(url_of(file)) as database:
        assert await examine(url_of(file)) is Found.CURRENT
        assert (await Linking(database.codes, lambda: datetime.now(UTC)).issue()).code


async def test_nothing_is_made(tmp_path: Path) -> None:
    """Where no database is, none is made, nor a folder for it."""
    file = tmp_path / "folder" / "deeper" / "bot.db"
    assert await examine(url_of(file)) is Found.NOTHING
    assert inside(tmp_path) == []


async def test_an_empty_file_is_nothing(tmp_path: Path) -> None:
    """An empty file is taken for a database still to be made."""
    (tmp_path / "bot.db").touch()
    assert await examine(url_of(tmp_path / "bot.db")) is Found.NOTHING


@pytest.mark.parametrize(("revision", "found"), [("0000", Found.OLDER), ("9999", Found.NEWER)])
async def test_another_version(file: Path, revision: str, found: Found) -> None:
    """A database of another version is left as it is."""
    date(file, revision)
    assert await examine(url_of(file)) is found
    assert dated(file) == revision


async def test_a_locked_database(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that another program keeps locked is sick."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseSick) as told:
        await examine(url_of(file))
    other.close()
    assert told.value.trouble is Trouble.LOCKED


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A broken file is unusable."""
    (tmp_path / "bot.db").write_text("no database, but long enough to be read as one " * 100)
    with pytest.raises(DatabaseSick) as told:
        await examine(url_of(tmp_path / "bot.db"))
    assert told.value.trouble is Trouble.UNUSABLE


async def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    """A folder that is a file is said to be none."""
    (tmp_path / "data").touch()
    with pytest.raises(DatabaseUnusable, match="data is no folder"):
        await examine(url_of(tmp_path / "data" / "bot.db"))


def test_the_place_has_no_credentials(tmp_path: Path) -> None:
    """The place is the file, or the server and the database's name."""
    assert place(url_of(tmp_path / "bot.db")) == str(tmp_path / "bot.db")
    told = place("postgres://ada:secret@db.example:5433/bot?sslmode=require")
    assert told == "postgresql://db.example:5433/bot"
