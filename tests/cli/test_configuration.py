from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import bot

WRONG = {
    "TELEGRAM_BOT_TOKEN": "secret-but-no-token",
    "VIBE_KANBAN_URL": "ftp://somewhere",
    "PORT": "eighty",
    "LOG_FORMAT": "xml",
}


def test_all_wrong_variables_are_named_together(tmp_path: Path) -> None:
    """Every wrong variable is named at once, without its value, exit code 2."""
    for arguments in ((), ("link",)):
        done = bot(*arguments, cwd=tmp_path, largest_file_bytes=None, **WRONG)
        assert done.returncode == 2
        assert all(name in done.stderr for name in WRONG)
        assert "secret" not in done.stderr
        assert "Traceback" not in done.stderr
        assert done.stdout == ""


def test_the_webhook_is_refused_in_a_sentence(tmp_path: Path) -> None:
    """--webhook says that it is not there yet, exit code 2."""
    done = bot("--webhook", cwd=tmp_path, TELEGRAM_BOT_TOKEN="1:abcdef")
    assert done.returncode == 2
    assert "--polling" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", ["link", "doctor"])
def test_link_and_doctor_do_not_import_aiogram(command: str, tmp_path: Path) -> None:
    """`link` and `doctor` run without aiogram."""
    (tmp_path / "aiogram.py").write_text("raise SystemExit('aiogram was imported')")
    done = bot(
        command,
        cwd=tmp_path,
        TELEGRAM_BOT_TOKEN="1:abcdef",
        TELEGRAM_API_URL="http://127.0.0.1:9",
        DATABASE_URL=f"sqlite+aiosqlite:///{tmp_path / 'bot.db'}",
    )
    assert done.returncode == 1
    assert "Telegram is not reachable" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "abcdef" not in done.stdout + done.stderr
