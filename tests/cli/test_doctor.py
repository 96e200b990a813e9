"""The self-check: a line for everything, and what mends it."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from bot.backend.adapter import VibeKanban
from bot.backend.errors import RefusedByBackend
from bot.backend.generation import Generation
from bot.cli import doctor as module
from bot.cli.main import main
from bot.config import LOCALES
from bot.storage import engine
from bot.storage.database import Database
from bot.storage.lock import InstanceLock, lock_file
from sandbox.kanban import KanbanServer
from sandbox.kanban.impostor import Impostor, ImpostorKind
from tests.cli.command import bot
from tests.cli.telegram import ME, NO_WEBHOOK, telegram

TOKEN = "1234567:a-token-that-nobody-may-see"
REFUSED = {"ok": False, "error_code": 401, "description": "Unauthorized"}
NEVER_WAS = {"ok": False, "error_code": 404, "description": "Not Found"}
BUSY = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 5"}


@dataclass(slots=True)
class Practice:
    """Everything as it should be, until a test changes it; `lines` is what doctor said."""

    environment: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path
    answers: dict[str, object]
    kanban_url: str
    lines: dict[str, str] = field(default_factory=dict)

    def set(self, **variables: str) -> None:
        """Set variables for the command."""
        for name, value in variables.items():
            self.environment.setenv(name, value)

    @property
    def database_url(self) -> str:
        """The database that doctor looks at."""
        return f"sqlite+aiosqlite:///{self.folder / 'bot.db'}"

    async def run(self, code: int) -> Mapping[str, str]:
        """Run doctor, which must end with this code; return its lines by their subject."""
        async with telegram(self.answers) as url:
            self.environment.setenv("TELEGRAM_API_URL", url)
            ended = await asyncio.to_thread(main, ["doctor"])
        said = self.capsys.readouterr()
        assert said.err == ""
        assert TOKEN not in said.out
        self.lines = dict(_parted(line) for line in said.out.splitlines())
        assert ended == code, said.out
        return self.lines

    async def wrong(self, subject: str) -> str:
        """Run doctor, which must find nothing wrong but this; return what it says."""
        lines = await self.run(code=1)
        assert [name for name, told in lines.items() if told[0] == "✗"] == [subject]
        return lines[subject]


def _parted(line: str) -> tuple[str, str]:
    mark, rest = line.split(" ", 1)
    subject, told = rest.split("  ", 1)
    return subject.strip(), f"{mark} {told.strip()}"


@pytest.fixture
async def practice(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Practice:
    """Make a healthy world."""
    answers: dict[str, object] = {"getMe": ME, "getWebhookInfo": NO_WEBHOOK}
    made = Practice(environment, capsys, tmp_path, answers, "")
    made.set(TELEGRAM_BOT_TOKEN=TOKEN, DATABASE_URL=made.database_url)
    async with Database(made.database_url):
        return made


async def test_all_is_well(practice: Practice) -> None:
    """A line says what each thing is: bot, version, place, languages; exit code 0."""
    async with KanbanServer() as kanban:
        practice.set(VIBE_KANBAN_URL=kanban.url)
        lines = await practice.run(code=0)
    assert list(lines) == ["Token", "Backend", "Database", "Webhook", "Languages"]
    assert lines["Token"] == "✓ @companion_bot"
    assert lines["Backend"] == "✓ vibe-kanban 0.1.44"
    assert lines["Database"] == f"✓ {practice.folder / 'bot.db'}"
    assert lines["Webhook"] == "✓ none, the bot asks for updates itself"
    assert lines["Languages"].startswith("✓ en")


@pytest.fixture
async def healthy(practice: Practice, environment: pytest.MonkeyPatch) -> Practice:
    """Make a healthy world whose backend is not asked over a socket."""

    async def fine(*_arguments: object) -> module.Finding:
        return module.Finding(module.Verdict.FINE, "vibe-kanban 0.1.44")

    environment.setattr(module, "backend", fine)
    return practice


class TestTelegram:
    """Token and webhook."""

    @pytest.mark.parametrize("answer", [REFUSED, NEVER_WAS])
    async def test_a_refused_token(self, answer: object, healthy: Practice) -> None:
        """A token that Telegram does not take, or never heard of, is to be renewed."""
        healthy.answers["getMe"] = answer
        told = await healthy.wrong("Token")
        assert told == "✗ Telegram refuses TELEGRAM_BOT_TOKEN: get a new one from BotFather."

    @pytest.mark.parametrize("answer", ["<html>502</html>", [], BUSY])
    async def test_a_telegram_that_does_not_answer(self, answer: object, healthy: Practice) -> None:
        """Something else than an answer is not blamed on the token; the webhook stays unknown."""
        healthy.answers.update(getMe=answer, getWebhookInfo=answer)
        told = await healthy.wrong("Token")
        assert "BotFather" not in told
        assert healthy.lines["Webhook"] == "– Telegram could not be asked"

    async def test_a_proxy_that_is_not_there(self, healthy: Practice) -> None:
        """A proxy nobody runs is named by its variable."""
        healthy.set(TELEGRAM_PROXY="socks5://ada:secret@127.0.0.1:9")
        assert "TELEGRAM_PROXY" in await healthy.wrong("Token")

    async def test_a_webhook_in_the_way(self, healthy: Practice) -> None:
        """A webhook that is set while the bot polls is to be removed; its last error is told."""
        healthy.answers["getWebhookInfo"] = {
            "ok": True,
            "result": {"url": "https://old.example/hook", "last_error_message": "502 Bad Gateway"},
        }
        told = await healthy.wrong("Webhook")
        assert "/bot<TELEGRAM_BOT_TOKEN>/deleteWebhook" in told
        assert told.endswith("Its last error: 502 Bad Gateway")

    async def test_a_webhook_that_is_not_there_yet(self, healthy: Practice) -> None:
        """A webhook that is configured gets the way without it."""
        healthy.set(
            TELEGRAM_WEBHOOK_URL="https://bot.example/api/telegram/webhook",
            TELEGRAM_WEBHOOK_SECRET="abcdefgh",
        )
        assert "--polling" in await healthy.wrong("Webhook")


class TestBackend:
    """Backends that answer, and what answers in their place."""

    @pytest.mark.parametrize(
        ("kind", "says"),
        [
            ("era-b", "vibe-kanban 0.1.26 is too old for this bot; install version 0.1.44."),
            ("too-new", "vibe-kanban 1.0.0 is too new for this bot; install version 0.1.44."),
            ("html", "start vibe-kanban 0.1.44 or correct VIBE_KANBAN_URL."),
            ("refuses", "does not accept connections. Start it, or correct VIBE_KANBAN_URL."),
        ],
    )
    async def test_no_backend(self, kind: ImpostorKind, says: str, practice: Practice) -> None:
        """What cannot be used is said by name with what mends it."""
        version = "0.1.26" if kind == "era-b" else None
        async with Impostor(kind, version=version) as impostor:
            practice.set(VIBE_KANBAN_URL=impostor.url)
            assert (await practice.wrong("Backend")).endswith(says)

    @pytest.mark.parametrize(
        ("status", "mend"),
        [
            (403, "Check whether VIBE_KANBAN_URL needs a path, a user or a password."),
            (502, "See what it prints on its terminal, or restart it."),
        ],
    )
    async def test_a_backend_that_refuses(
        self, status: int, mend: str, practice: Practice, environment: pytest.MonkeyPatch
    ) -> None:
        """An address that lacks something is to be completed; a fault within is none of it."""

        async def check(_self: VibeKanban) -> Generation:
            raise RefusedByBackend(status, None)

        environment.setattr(VibeKanban, "check", check)
        told = await practice.wrong("Backend")
        assert told == f"✗ vibe-kanban refused: HTTP {status}. {mend}"

    async def test_no_port_file(self, practice: Practice) -> None:
        """Without VIBE_KANBAN_URL and without a port file both ways out are named."""
        practice.set(TMPDIR=str(practice.folder / "nowhere"))
        told = await practice.wrong("Backend")
        assert told.endswith("Start it on this machine, or set VIBE_KANBAN_URL.")

    async def test_several_backends(self, practice: Practice) -> None:
        """Each backend has its line; a login is used, never shown, and missed where it lacks."""
        async with AsyncExitStack() as stack:
            old = await stack.enter_async_context(KanbanServer(era="a"))
            login = ("ada", "pass-word")
            behind = await stack.enter_async_context(KanbanServer(prefix="/vk", basic=login))
            bare = f"http://{behind.host}:{behind.port}/vk"
            open_url = bare.replace("//", "//ada:pass-word@")
            practice.set(VIBE_KANBAN_URL=f"old={old.url},home={open_url},bare={bare}")
            told = await practice.wrong("Backend bare")
        assert practice.lines["Backend old"] == "✓ vibe-kanban ≤ 0.1.14, with projects"
        assert practice.lines["Backend home"] == "✓ vibe-kanban 0.1.44"
        assert told == (
            "✗ vibe-kanban is behind a login that refuses me; "
            "correct user and password in VIBE_KANBAN_URL."
        )
        assert "pass-word" not in str(practice.lines)


class TestDatabase:
    """What may be wrong with the database; it is left as it is."""

    async def test_before_the_first_start(self, healthy: Practice) -> None:
        """A database that is not there yet is no fault, and is not made."""
        file = healthy.folder / "new" / "bot.db"
        healthy.set(DATABASE_URL=f"sqlite+aiosqlite:///{file}")
        lines = await healthy.run(code=0)
        assert lines["Database"] == f"✓ {file}, made by the first start"
        assert not _is_there(file.parent)

    async def test_a_locked_database(self, healthy: Practice) -> None:
        """A program that keeps the database locked is to be ended."""
        healthy.environment.setattr(engine, "BUSY_TIMEOUT_MS", 50)
        other = sqlite3.connect(healthy.folder / "bot.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told = await healthy.wrong("Database")
        other.close()
        assert told.startswith(f"✗ {healthy.folder / 'bot.db'} is locked by another program")

    async def test_beside_a_running_bot(self, healthy: Practice) -> None:
        """A bot that holds its lock and its database open is no fault."""
        lock = InstanceLock(lock_file(healthy.folder / "bot.db"), lambda _file: None)
        async with lock, Database(healthy.database_url) as database:
            await healthy.run(code=0)
            await database.ping()

    async def test_a_full_disk(self, healthy: Practice) -> None:
        """A disk that takes no byte more is told with the place."""
        async with telegram(healthy.answers) as url:
            done = await asyncio.to_thread(
                bot,
                "doctor",
                cwd=healthy.folder,
                largest_file_bytes=0,
                TELEGRAM_BOT_TOKEN=TOKEN,
                TELEGRAM_API_URL=url,
                DATABASE_URL=healthy.database_url,
            )
        assert done.returncode == 1
        assert done.stderr == ""
        assert f"{healthy.folder / 'bot.db'} has no room left" in done.stdout

    async def test_a_broken_file(self, healthy: Practice) -> None:
        """A file that is no database is to be moved away."""
        _spoil(healthy.folder / "bot.db")
        assert "move the broken file away" in await healthy.wrong("Database")

    async def test_a_newer_database(self, healthy: Practice) -> None:
        """A database of a newer bot asks for a newer bot."""
        _date(healthy.folder / "bot.db", "9999")
        assert "update this one" in await healthy.wrong("Database")

    async def test_an_older_database(self, healthy: Practice) -> None:
        """A database of an older bot is no fault."""
        _date(healthy.folder / "bot.db", "0000")
        assert "the next start updates it" in (await healthy.run(code=0))["Database"]


class TestLanguages:
    """Catalogs."""

    @pytest.fixture
    def catalog(self, healthy: Practice) -> Path:
        """Put the catalogs where they may be broken; return the Russian one."""
        locales = healthy.folder / "locales"
        shutil.copytree(LOCALES, locales)
        healthy.environment.setattr(module, "LOCALES", locales)
        return locales / "ru" / "LC_MESSAGES" / "messages.po"

    async def test_a_catalog_that_cannot_be_read(self, catalog: Path, healthy: Practice) -> None:
        """A broken catalog is named."""
        _rewrite(catalog, b"\xff\xfe")
        told = await healthy.wrong("Languages")
        assert told == "✗ ru is not readable: get its messages.po anew."

    async def test_a_catalog_with_gaps(self, catalog: Path, healthy: Practice) -> None:
        """What a language does not say is counted."""
        _rewrite(catalog, 'msgid "Stop"\nmsgstr "Стоп"\n'.encode())
        told = await healthy.wrong("Languages")
        assert told.startswith("✗ ru lacks ")


async def test_the_language_of_the_terminal(healthy: Practice) -> None:
    """Doctor speaks the language of DEFAULT_LOCALE."""
    healthy.set(DEFAULT_LOCALE="ru")
    assert list(await healthy.run(code=0)) == ["Токен", "Сервер", "База данных", "Вебхук", "Языки"]


@pytest.mark.parametrize(
    ("answer", "reason"),
    [("<html>502</html>", "там отвечает кто-то другой"), ([], "там отвечает кто-то другой")],
)
async def test_reasons_are_said_in_the_same_language(
    answer: object, reason: str, healthy: Practice
) -> None:
    """A sentence within a sentence is translated, too."""
    healthy.set(DEFAULT_LOCALE="ru", DATABASE_URL="sqlite+aiosqlite:////dev/null/bot.db")
    healthy.answers.update(getMe=answer)
    lines = await healthy.run(code=1)
    assert lines["Токен"].startswith(f"✗ Telegram недоступен ({reason}): проверьте сеть")
    assert "(/dev/null не папка)" in lines["База данных"]


async def test_a_terminal_without_marks(healthy: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the marks cannot be shown, ASCII stands for them."""
    monkeypatch.setattr(module, "shows", lambda _text: False)
    lines = await healthy.run(code=0)
    assert lines["Token"] == "+ @companion_bot"


def _is_there(path: Path) -> bool:
    return path.exists()


def _spoil(file: Path) -> None:
    for leftover in file.parent.glob("bot.db*"):
        leftover.unlink()
    file.write_bytes(b"no database at all " * 100)


def _rewrite(file: Path, content: bytes) -> None:
    file.write_bytes(content)


def _date(file: Path, revision: str) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()
