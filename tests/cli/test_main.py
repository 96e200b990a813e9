from __future__ import annotations

import pytest

from bot.cli.main import main


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
    assert all(word in told for word in ("link", "demo", "--polling", "--webhook"))
