from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import PROJECT_ROOT, Config, ConfigErrors

TOKEN = "123456:ABC-DEF_ghi"
ENV = {"TELEGRAM_BOT_TOKEN": TOKEN}


def _problems(env: dict[str, str]) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        Config.load(env, None)
    return [problem.variable for problem in caught.value.problems]


def test_defaults() -> None:
    """With the token alone the bot polls, on loopback, with a database under the project."""
    config = Config.load(ENV, None)
    assert config.telegram_bot_token.get_secret_value() == TOKEN
    assert config.database_url == f"sqlite+aiosqlite:///{PROJECT_ROOT}/data/bot.db"
    assert (config.host, config.port) == ("127.0.0.1", 8080)
    assert (config.default_locale, config.log_level, config.log_format) == ("en", "INFO", "console")
    assert config.backends() == {"": None}
    assert config.telegram_proxy_url() is None
    assert config.secrets() == (TOKEN,)


def test_all_problems_together() -> None:
    """Every wrong variable is named at once, with what it should be and without its value."""
    wrong = {
        "TELEGRAM_BOT_TOKEN": "nonsense",
        "TELEGRAM_API_URL": "api.telegram.org",
        "TELEGRAM_PROXY": "ftp://proxy",
        "TELEGRAM_WEBHOOK_URL": "https://bot.example.org/elsewhere",
        "TELEGRAM_WEBHOOK_SECRET": "nonsense!",
        "VIBE_KANBAN_URL": "a=http://one,a=http://two",
        "DATABASE_URL": "mysql://nonsense",
        "PORT": "70000",
        "PUBLIC_URL": "http://bot.example.org",
        "DEFAULT_LOCALE": "nonsense",
        "LOG_LEVEL": "nonsense",
        "LOG_FORMAT": "nonsense",
    }
    with pytest.raises(ConfigErrors) as caught:
        Config.load(wrong, None)
    assert [problem.variable for problem in caught.value.problems] == list(wrong)
    assert "nonsense" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == len(wrong)


def test_missing_token() -> None:
    """The token is required."""
    with pytest.raises(ConfigErrors, match="TELEGRAM_BOT_TOKEN: is not set"):
        Config.load({}, None)


def test_webhook_needs_its_secret() -> None:
    """A webhook without a secret is refused, also beside another problem."""
    webhook = {"TELEGRAM_WEBHOOK_URL": "https://bot.example.org/api/telegram/webhook"}
    assert _problems(ENV | webhook) == ["TELEGRAM_WEBHOOK_SECRET"]
    assert _problems(webhook) == ["TELEGRAM_BOT_TOKEN", "TELEGRAM_WEBHOOK_SECRET"]
    Config.load(ENV | webhook | {"TELEGRAM_WEBHOOK_SECRET": "s3cret"}, None)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TELEGRAM_BOT_TOKEN", "123456"),
        ("TELEGRAM_BOT_TOKEN", "123456:ABC DEF"),
        ("TELEGRAM_API_URL", "http://host:port"),
        ("TELEGRAM_API_URL", "http://"),
        ("VIBE_KANBAN_URL", "a=http://one,http://two"),
        ("VIBE_KANBAN_URL", "http://one?x=1"),
        ("DATABASE_URL", "sqlite+aiosqlite://"),
        ("DATABASE_URL", "bot.db"),
        ("PORT", "-1"),
        ("PUBLIC_URL", "https://"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_refused(variable: str, value: str) -> None:
    """A value that cannot work is refused at the start."""
    assert _problems({**ENV, variable: value}) == [variable]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("TELEGRAM_API_URL", "http://127.0.0.1:8081/"),
        ("TELEGRAM_PROXY", "socks5://user:password@proxy:1080"),
        ("VIBE_KANBAN_URL", "https://user:password@kanban.example.org/prefix"),
        ("DATABASE_URL", "sqlite+aiosqlite:////var/lib/bot.db"),
        ("PUBLIC_URL", "http://127.0.0.1:8080"),
        ("PUBLIC_URL", "http://localhost"),
        ("LOG_LEVEL", "debug"),
        ("PORT", ""),
    ],
)
def test_accepted(variable: str, value: str) -> None:
    """A value in a documented form is taken; an empty one counts as unset."""
    Config.load({**ENV, variable: value}, None)


def test_several_backends() -> None:
    """Several backends are told apart by their names."""
    config = Config.load(
        ENV | {"VIBE_KANBAN_URL": "home=http://127.0.0.1:3000, work=https://kanban.example.org/x"},
        None,
    )
    assert config.backends() == {
        "home": "http://127.0.0.1:3000",
        "work": "https://kanban.example.org/x",
    }


def test_a_single_backend_needs_no_name() -> None:
    """A name is for telling several apart; one alone goes without."""
    config = Config.load(ENV | {"VIBE_KANBAN_URL": "home=http://127.0.0.1:3000"}, None)
    assert config.backends() == {"": "http://127.0.0.1:3000"}


def test_secrets_stay_secret() -> None:
    """Tokens and passwords are listed for redaction and absent from the repr."""
    config = Config.load(
        ENV
        | {
            "VIBE_KANBAN_URL": "https://ada:l%40velace@kanban.example.org",
            "TELEGRAM_PROXY": "http://ada:proxyword@proxy:3128",
            "DATABASE_URL": "sqlite+aiosqlite:///x",
            "API_TOKEN": "apitoken",
        },
        None,
    )
    assert set(config.secrets()) == {TOKEN, "apitoken", "proxyword", "l@velace", "l%40velace"}
    assert [secret for secret in config.secrets() if secret in repr(config)] == []


def test_file(tmp_path: Path) -> None:
    """The environment wins over the file, and a missing file is none."""
    file = tmp_path / ".env"
    file.write_text(f"TELEGRAM_BOT_TOKEN={TOKEN}\nPORT=1\nLOG_FORMAT=json\nOTHER=x\n")
    config = Config.load({"PORT": "2"}, file)
    assert (config.port, config.log_format) == (2, "json")
    assert Config.load(ENV, tmp_path / "absent").port == 8080


def test_example_lists_every_variable(tmp_path: Path) -> None:
    """.env.example names every variable with a comment, and works once the token is filled in."""
    lines = (PROJECT_ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    listed = [line.partition("=")[0] for line in lines if re.match(r"[A-Z_]+=", line)]
    assert listed == [name.upper() for name in Config.model_fields]
    uncommented = [
        line
        for block in "\n".join(lines).split("\n\n")[1:]
        for line in block.splitlines()[:1]
        if not line.startswith("# ")
    ]
    assert uncommented == []

    file = tmp_path / ".env"
    file.write_text("\n".join(lines).replace("BOT_TOKEN=", f"BOT_TOKEN={TOKEN}"), encoding="utf-8")
    assert Config.load({}, file) == Config.load(ENV, None)
