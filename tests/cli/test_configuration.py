from __future__ import annotations

from pathlib import Path

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
        done = bot(*arguments, cwd=tmp_path, **WRONG)
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


def test_link_and_help_do_not_import_aiogram(tmp_path: Path) -> None:
    """`link` runs without aiogram, and `--help` without anything heavy."""
    (tmp_path / "aiogram.py").write_text("raise SystemExit('aiogram was imported')")
    done = bot(
        "link", cwd=tmp_path, TELEGRAM_BOT_TOKEN="1:abcdef", TELEGRAM_API_URL="http://127.0.0.1:9"
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Telegram is not reachable")
    assert "abcdef" not in done.stderr
