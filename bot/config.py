"""The only reader of the environment: every variable, checked together, with its mend."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import SplitResult, unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

PROJECT_ROOT = Path(__file__).resolve().parent.parent
LOCALES = PROJECT_ROOT / "locales"
WEBHOOK_PATH = "/api/telegram/webhook"

_TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{3,100}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_BACKEND_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")


@dataclass(frozen=True, slots=True)
class ConfigProblem:
    """A variable that is wrong; `mend` says what it should be and never repeats its value."""

    variable: str
    mend: str

    def __str__(self) -> str:
        return f"{self.variable}: {self.mend}"


class ConfigErrors(ValueError):  # noqa: N818 - it holds several
    """Everything that is wrong with the configuration, in the order of the documentation."""

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def _token(value: SecretStr) -> SecretStr:
    _require(_TOKEN.fullmatch(value.get_secret_value()) is not None)
    return value


def _http_url(value: str) -> str:
    _split(value, "http", "https")
    return value.rstrip("/")


def _proxy(value: SecretStr) -> SecretStr:
    _split(value.get_secret_value(), "http", "https", "socks4", "socks5", "socks5h")
    return value


def _webhook_url(value: str) -> str:
    url = _split(value, "http", "https")
    _require(_reachable_by_web(url) and url.path == WEBHOOK_PATH)
    return value


def _webhook_secret(value: SecretStr) -> SecretStr:
    _require(_WEBHOOK_SECRET.fullmatch(value.get_secret_value()) is not None)
    return value


def _public_url(value: str) -> str:
    _require(_reachable_by_web(_split(value, "http", "https")))
    return value.rstrip("/")


def _backends(value: SecretStr) -> SecretStr:
    named = _named_urls(value.get_secret_value())
    names = [name for name, _ in named]
    _require(len(set(names)) == len(names))
    for name, url in named:
        _require(len(named) == 1 or _BACKEND_NAME.fullmatch(name) is not None)
        _split(url, "http", "https")
    return value


def _database(value: str) -> str:
    scheme, _, place = value.partition("://")
    driver = scheme.partition("+")[0]
    if driver in {"postgres", "postgresql"}:
        _require(importlib.util.find_spec("psycopg") is not None and bool(place))
    else:
        _require(scheme in {"sqlite", "sqlite+aiosqlite"} and len(place) > 1)
    return value


def _locale(value: str) -> str:
    _require(value in shipped_locales())
    return value


def _level(value: str) -> str:
    _require(value.upper() in {"DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"})
    return value.upper()


class Config(BaseSettings):
    """What the environment says, checked; secrets never show in its repr."""

    model_config = SettingsConfigDict(
        extra="ignore", frozen=True, env_ignore_empty=True, env_file_encoding="utf-8"
    )

    telegram_bot_token: Annotated[SecretStr, AfterValidator(_token)]
    telegram_api_url: Annotated[str, AfterValidator(_http_url)] | None = None
    telegram_proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None
    telegram_webhook_url: Annotated[str, AfterValidator(_webhook_url)] | None = None
    telegram_webhook_secret: Annotated[SecretStr, AfterValidator(_webhook_secret)] | None = None
    vibe_kanban_url: Annotated[SecretStr, AfterValidator(_backends)] | None = None
    database_url: Annotated[str, AfterValidator(_database)] = Field(
        default=f"sqlite+aiosqlite:///{PROJECT_ROOT / 'data' / 'bot.db'}", repr=False
    )
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65_535)
    api_token: SecretStr | None = None
    public_url: Annotated[str, AfterValidator(_public_url)] | None = None
    default_locale: Annotated[str, AfterValidator(_locale)] = "en"
    log_level: Annotated[str, AfterValidator(_level)] = "INFO"
    log_format: Literal["console", "json"] = "console"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the library's signature
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take only what `load` passes in: a test's environment is an argument, too."""
        return (init_settings,)

    @classmethod
    def load(cls, env: Mapping[str, str], env_file: Path | None = PROJECT_ROOT / ".env") -> Self:
        """Read variables from `env`, then from the file; raises ConfigErrors with all problems.

        An empty variable counts as unset.
        """
        given = DotEnvSettingsSource(cls, env_file=env_file)() if env_file else {}
        for name in cls.model_fields:
            if value := env.get(name.upper()):
                given[name] = value
        contradictions = tuple(_contradictions(given))
        try:
            config = cls.model_validate(given)
        except ValidationError as error:
            raise ConfigErrors(_problems(error) + contradictions) from None
        if contradictions:
            raise ConfigErrors(contradictions)
        return config

    def backends(self) -> dict[str, str | None]:
        """Return each backend's URL by name; None: look into the port file.

        A single backend has an empty name. URLs may hold credentials.
        """
        if self.vibe_kanban_url is None:
            return {"": None}
        named = _named_urls(self.vibe_kanban_url.get_secret_value())
        return dict(named) if len(named) > 1 else {"": named[0][1]}

    def telegram_proxy_url(self) -> str | None:
        """Return the proxy with its credentials."""
        return self.telegram_proxy.get_secret_value() if self.telegram_proxy else None

    def secrets(self) -> tuple[str, ...]:
        """Return every value that must never be shown: tokens, and passwords in URLs."""
        tokens = (self.telegram_bot_token, self.telegram_webhook_secret, self.api_token)
        urls = (self.telegram_proxy_url(), self.database_url, *self.backends().values())
        passwords = (urlsplit(url).password for url in urls if url)
        return (
            *(token.get_secret_value() for token in tokens if token),
            *(form for password in passwords if password for form in _forms(password)),
        )


def shipped_locales() -> tuple[str, ...]:
    """Name the locales that are shipped."""
    return tuple(sorted(file.parent.parent.name for file in LOCALES.glob("*/LC_MESSAGES/*.po")))


def mend(field: str) -> str:
    """Say what a variable should be."""
    if field == "default_locale":
        return "must be one of " + ", ".join(shipped_locales())
    return _MENDS[field]


_MENDS = {
    "telegram_bot_token": "must be the token that @BotFather gave you, like 123456:ABC-DEF",
    "telegram_api_url": "must be an http or https URL without a query",
    "telegram_proxy": "must be an http, https, socks4 or socks5 URL",
    "telegram_webhook_url": f"must be an https URL whose path is {WEBHOOK_PATH}",
    "telegram_webhook_secret": "must be 1 to 256 letters, digits, _ and -",
    "vibe_kanban_url": "must be an http or https URL, or several as name=url,name=url with"
    " different names",
    "database_url": "must begin with sqlite+aiosqlite:/// (or with postgres:// where psycopg is"
    " installed) and name a database",
    "host": "must be an address to listen on",
    "port": "must be a number from 0 to 65535",
    "api_token": "must be a text",
    "public_url": "must be an https URL (http is accepted for loopback)",
    "log_level": "must be one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
    "log_format": "must be console or json",
}


def _problems(error: ValidationError) -> tuple[ConfigProblem, ...]:
    found: dict[str, ConfigProblem] = {}
    for detail in error.errors(include_input=False, include_context=False):
        field = str(detail["loc"][0])
        unset = "is not set; it " if detail["type"] == "missing" else ""
        found[field] = ConfigProblem(field.upper(), unset + mend(field))
    return tuple(found.values())


def _contradictions(given: Mapping[str, object]) -> Iterator[ConfigProblem]:
    if given.get("telegram_webhook_url") and not given.get("telegram_webhook_secret"):
        yield ConfigProblem("TELEGRAM_WEBHOOK_SECRET", "is not set; TELEGRAM_WEBHOOK_URL needs it")


def _named_urls(value: str) -> list[tuple[str, str]]:
    """Split `name=url,name=url`; a single URL gets the empty name."""
    if re.match(r"https?://", value):
        return [("", value)]
    pairs = (part.partition("=") for part in value.split(","))
    return [(name.strip(), url.strip()) for name, _, url in pairs]


def _split(value: str, *schemes: str) -> SplitResult:
    url = urlsplit(value)
    _require(url.scheme in schemes and bool(url.hostname) and not url.query and not url.fragment)
    _require(url.port is None or url.port > 0)
    return url


def _reachable_by_web(url: SplitResult) -> bool:
    return url.scheme == "https" or _is_loopback(url.hostname or "")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _forms(password: str) -> set[str]:
    return {password, unquote(password)}


def _require(condition: bool) -> None:
    # The reason is not said here: `mend` names what is right, and never what was given.
    if not condition:
        raise ValueError
