"""What live views store while another program locks the database, or its disk is full."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from bot.linking.model import ChatToLink
from bot.live.clock import SystemClock
from bot.live.stores import NewView
from bot.rendering.transcript import Cover
from bot.storage import engine, journal
from bot.storage.database import Database
from bot.storage.journal import Journal
from bot.storage.patient import PatientMutes, PatientViews
from bot.storage.trouble import TOLD, DatabaseSick, DatabaseUnusable, Trouble
from bot.storage.views import Forgotten
from tests.end_to_end.world import until
from tests.fakes.clock import FakeClock

SOON_S = 60.0
COVER = Cover("e/1", "answer", b"12345678", 5, whole=True)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    monkeypatch.setattr(journal, "RETRY_S", 0.05)
    monkeypatch.setattr(journal, "PATIENCE_S", SOON_S)  # only a refusal tells of a sickness here


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
async def opened(file: Path) -> AsyncIterator[Database]:
    async with Database(f"sqlite:///{file}") as database:
        yield database


@pytest.fixture
async def chat(opened: Database, clock: FakeClock) -> int:
    linked = await opened.chats.link(ChatToLink(7, 0, "private", "Ada", 7, "en"), clock.wall())
    return linked.chat.id


@pytest.fixture
async def writer(chat: int) -> AsyncIterator[Journal]:
    journal = Journal(SystemClock())
    running = asyncio.create_task(journal.run())
    yield journal
    await well_again(journal)
    await journal.flush(SOON_S)
    running.cancel()
    await asyncio.wait({running})


@pytest.fixture
def views(opened: Database, writer: Journal, clock: FakeClock) -> PatientViews:
    return PatientViews(opened.views, writer, clock.wall())


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def new(chat: int, clock: FakeClock, turn: str = "t1") -> NewView:
    return NewView(chat, turn, "w", "s", "", "Fix login", clock.wall())


async def well_again(journal: Journal) -> None:
    await until(lambda: not journal.problems, SOON_S, "everything is stored")


async def sick(journal: Journal) -> None:
    await until(lambda: bool(journal.problems), SOON_S, "the database refuses a write")


async def test_a_view_that_began_while_it_was_locked(
    file: Path, opened: Database, views: PatientViews, writer: Journal, chat: int, clock: FakeClock
) -> None:
    """Its messages, seals and end are stored when the lock is gone, under the view's own id."""
    with locked(file):
        view = await views.begin(new(chat, clock))
        assert view.id < 0
        for number in (0, 1):
            intent = await views.intend(view.id, "page", number)
            await views.settle(intent, view.id, "page", number, 100 + number)
        await views.seal(view.id, 0, (COVER,))
        await sick(writer)
        assert writer.problems == (TOLD[Trouble.LOCKED],)
        assert await opened.views.open() == ()
    await well_again(writer)
    (stored,) = await opened.views.open()
    assert [(m.number, m.message_id, m.sealed) for m in stored.messages] == [
        (0, 100, True),
        (1, 101, False),
    ]
    assert stored.shown == (COVER,)
    assert await opened.views.in_doubt() == ()
    await views.end(view.id, "done", "Fix login")
    assert await opened.views.open() == ()


async def test_a_view_of_an_earlier_run_is_found(
    file: Path, views: PatientViews, writer: Journal, chat: int, clock: FakeClock
) -> None:
    """A database that takes nothing can still be read: no second view begins."""
    before = await views.begin(new(chat, clock))
    intent = await views.intend(before.id, "page", 0)
    await views.settle(intent, before.id, "page", 0, 100)
    with locked(file):
        again = await views.begin(new(chat, clock))
        await sick(writer)
    assert again.id == before.id
    assert [message.message_id for message in again.messages] == [100]


async def test_two_views_are_never_mixed_up(
    file: Path, opened: Database, views: PatientViews, writer: Journal, chat: int, clock: FakeClock
) -> None:
    """What began in the dark keeps its own messages."""
    with locked(file):
        begun = [await views.begin(new(chat, clock, turn)) for turn in ("t1", "t2")]
        for place, view in enumerate(reversed(begun)):
            intent = await views.intend(view.id, "page", 0)
            await views.settle(intent, view.id, "page", 0, 200 + place)
        await sick(writer)
    await well_again(writer)
    stored = await opened.views.open()
    found = {view.turn_id: [m.message_id for m in view.messages] for view in stored}
    assert found == {"t1": [201], "t2": [200]}


async def test_an_unlinked_chat_is_still_refused(views: PatientViews, clock: FakeClock) -> None:
    """With a healthy database a forgotten chat is told as before."""
    with pytest.raises(Forgotten):
        await views.begin(new(999, clock))


async def test_a_mute_while_it_was_locked(
    file: Path, opened: Database, writer: Journal, chat: int
) -> None:
    """What a person mutes while the database is locked is muted after it, too."""
    mutes = PatientMutes(opened.mutes, writer)
    with locked(file):
        await mutes.mute(chat, "w1")
        await mutes.mute(chat, "w2")
        await mutes.unmute(chat, "w1")
        await sick(writer)
    await well_again(writer)
    assert await mutes.muted() == {(chat, "w2")}


async def test_a_full_disk(
    opened: Database, views: PatientViews, writer: Journal, chat: int, clock: FakeClock
) -> None:
    """A database that may not grow is told as full, and goes on when there is room again."""
    view = await views.begin(new(chat, clock))
    most = await _most_pages(opened, 0)
    many = tuple(Cover(f"e/{n}", "answer", b"12345678", n) for n in range(2000))
    await views.seal(view.id, 0, many)
    await sick(writer)
    assert writer.problems == (TOLD[Trouble.FULL],)
    await _most_pages(opened, most)
    await well_again(writer)
    (stored,) = await opened.views.open()
    assert len(stored.shown) == 2000


async def test_what_is_not_deferred_says_that_it_failed(
    file: Path, opened: Database, clock: FakeClock
) -> None:
    """Linking and settings are done now or not at all: whoever asks is told."""
    with locked(file), pytest.raises(DatabaseSick) as refused:
        await opened.chats.link(ChatToLink(8, 0, "private", "Bob", 8, "en"), clock.wall())
    assert refused.value.trouble is Trouble.LOCKED


@pytest.mark.parametrize("content", [b"this is a letter, no database. " * 100])
async def test_a_file_that_is_no_database(tmp_path: Path, content: bytes) -> None:
    """It is unusable, whatever time passes."""
    (tmp_path / "bot.db").write_bytes(content)
    with pytest.raises(DatabaseUnusable):
        await Database(f"sqlite:///{tmp_path / 'bot.db'}").__aenter__()


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    """A folder that cannot be made, or a folder in the file's place, is unusable."""
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "file" / "bot.db", tmp_path / "folder"):
        with pytest.raises(DatabaseUnusable):
            Database(f"sqlite:///{place}")


async def _most_pages(database: Database, pages: int) -> int:
    """Let the file have at most so many pages (0: those it has); returns what was allowed."""
    async with database._transactions.read() as connection:
        most = (await connection.exec_driver_sql("PRAGMA max_page_count")).scalar_one()
        there = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        await connection.exec_driver_sql(f"PRAGMA max_page_count = {pages or there}")
    return int(most)
