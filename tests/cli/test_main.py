from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.cli import main as command_line
from bot.cli.main import main
from sandbox.telegram import Telegram, TelegramServer


async def test_link_in_words_and_as_json(
    environment: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`link` asks Telegram for the bot's name and prints a new code each time."""
    telegram = Telegram()
    environment.setenv("TELEGRAM_BOT_TOKEN", telegram.token)
    environment.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}")
    async with TelegramServer(telegram) as server:
        environment.setenv("TELEGRAM_API_URL", server.url + "/")
        assert await asyncio.to_thread(main, ["link"]) == 0
        words = capsys.readouterr().out
        assert await asyncio.to_thread(main, ["link", "--json"]) == 0
        code = json.loads(capsys.readouterr().out)["code"]
        environment.setenv("TELEGRAM_BOT_TOKEN", "1:other")
        assert await asyncio.to_thread(main, ["link"]) == 1
        assert "TELEGRAM_BOT_TOKEN" in capsys.readouterr().err
    assert "/link " in words
    assert code not in words


def test_a_telegram_that_is_not_there(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`link` says in a sentence that Telegram is not reachable."""
    environment.setenv("TELEGRAM_API_URL", "http://127.0.0.1:9")
    assert main(["link"]) == 1
    assert capsys.readouterr().err.startswith("Telegram is not reachable (")


@pytest.mark.parametrize("arguments", [[], ["--polling"], ["link"], ["doctor"]])
def test_a_wrong_configuration_ends_with_2(
    arguments: list[str], environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong variables are named together, exit code 2."""
    environment.setenv("PORT", "eighty")
    environment.setenv("LOG_FORMAT", "xml")
    assert main(arguments) == 2
    assert [line.split(":")[0] for line in capsys.readouterr().err.splitlines()] == [
        "PORT",
        "LOG_FORMAT",
    ]


@pytest.mark.parametrize("configured", [True, False])
def test_the_webhook_is_refused(
    configured: bool, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for or configured, the webhook is refused in a sentence, exit code 2."""
    if configured:
        environment.setenv("TELEGRAM_WEBHOOK_URL", "https://bot.example/api/telegram/webhook")
        environment.setenv("TELEGRAM_WEBHOOK_SECRET", "abc")
    assert main([] if configured else ["--webhook"]) == 2
    assert "--polling" in capsys.readouterr().err


def test_ctrl_c_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C before the bot listens to signals ends it quietly."""

    def interrupted(_chosen: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command_line, "_run", interrupted)
    assert main([]) == command_line.EXIT_INTERRUPTED


@pytest.mark.parametrize(
    "arguments",
    [["--polling", "--webhook"], ["nonsense"], ["link", "--qr"], ["demo", "--port", "x"]],
)
def test_wrong_arguments_end_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Arguments that mean nothing are named with the usage, exit code 2."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert "usage: python -m bot" in capsys.readouterr().err


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    """--help names every command."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])
    assert ended.value.code == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("link", "doctor", "demo", "--polling", "--webhook"))
