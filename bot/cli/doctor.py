"""Looks at everything the bot needs and says in a line each what is wrong and how to mend it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from bot.backend.adapter import VibeKanban
from bot.backend.errors import NotReachable, RefusedByBackend
from bot.cli import database_trouble
from bot.cli.configuration import EXIT_WRONG_CONFIGURATION, load
from bot.cli.telegram import CannotAsk, ask, base_url, bot_username
from bot.cli.terminal import shows
from bot.cli.translating import translator
from bot.config import LOCALES, Config
from bot.i18n import Translator, untranslated
from bot.live.ports import BackendError
from bot.redaction import Redactor
from bot.storage.examination import Found, examine, place
from bot.storage.trouble import DatabaseSick, DatabaseUnusable

EXIT_SOMETHING_WRONG = 1
UNAUTHORIZED, SERVER_ERROR = 401, 500


class Verdict(Enum):
    """How something is."""

    FINE = "fine"
    WRONG = "wrong"
    UNKNOWN = "unknown"
    """It could not be asked, for a reason that another line names."""


MARKS = {Verdict.FINE: "✓", Verdict.WRONG: "✗", Verdict.UNKNOWN: "–"}
ASCII_MARKS = {Verdict.FINE: "+", Verdict.WRONG: "!", Verdict.UNKNOWN: "-"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look found."""

    verdict: Verdict
    told: str


@dataclass(frozen=True, slots=True)
class Look:
    """One thing to look at, and how."""

    subject: str
    examine: Callable[[], Awaitable[Finding]]


def doctor() -> int:
    """Print a line for everything; 1 if anything is wrong."""
    config = load()
    if config is None:
        return EXIT_WRONG_CONFIGURATION
    return asyncio.run(_look_at(config))


async def _look_at(config: Config) -> int:
    looks = tuple(_looks(config, translator(config)))
    redact = Redactor(config.secrets())
    width = max(len(look.subject) for look in looks)
    marks = MARKS if shows("".join(MARKS.values())) else ASCII_MARKS
    code = 0
    for look in looks:
        found = await look.examine()
        line = f"{marks[found.verdict]} {look.subject:{width}}  {found.told}"
        print(redact(line, True), flush=True)
        if found.verdict is Verdict.WRONG:
            code = EXIT_SOMETHING_WRONG
    return code


def _looks(config: Config, _: Translator) -> Iterator[Look]:
    yield Look(_("Token"), lambda: token(config, _))
    for name, url in config.backends().items():
        subject = _("Backend {name}", name=name) if name else _("Backend")
        yield Look(subject, _of_backend(name, url, _))
    yield Look(_("Database"), lambda: database(config.database_url, _))
    yield Look(_("Webhook"), lambda: webhook(config, _))
    yield Look(_("Languages"), lambda: languages(_))


def _of_backend(name: str, url: str | None, _: Translator) -> Callable[[], Awaitable[Finding]]:
    return lambda: backend(name, url, _)


def _fine(told: str) -> Finding:
    return Finding(Verdict.FINE, told)


def _wrong(told: str) -> Finding:
    return Finding(Verdict.WRONG, told)


async def token(config: Config, _: Translator) -> Finding:
    """Let Telegram say whose token it is."""
    try:
        return _fine("@" + await bot_username(config))
    except CannotAsk as reason:
        return _wrong(_.say(reason.told))


async def backend(name: str, url: str | None, _: Translator) -> Finding:
    """Ask a backend what it is; one without a URL is where its port file says."""
    async with VibeKanban(name, url) as kanban:
        try:
            generation = await kanban.check()
        except BackendError as error:
            return _wrong(_mended(_.say(error.told), _backend_mend(error, url, _)))
    if generation.era.tasks:
        return _fine(_("vibe-kanban {version}, with projects", version=generation.version))
    return _fine(f"vibe-kanban {generation.version}")


def _backend_mend(error: BackendError, url: str | None, _: Translator) -> str:
    """Say what helps; empty where the error says it itself."""
    if isinstance(error, NotReachable):
        if url is None:
            return _("Start it on this machine, or set VIBE_KANBAN_URL.")
        return _("Start it, or correct VIBE_KANBAN_URL.")
    if not isinstance(error, RefusedByBackend) or error.status == UNAUTHORIZED:
        return ""
    if error.status < SERVER_ERROR:
        return _("Check whether VIBE_KANBAN_URL needs a path, a user or a password.")
    return _("See what it prints on its terminal, or restart it.")


def _mended(problem: str, mend: str) -> str:
    return f"{problem} {mend}".rstrip()


async def database(url: str, _: Translator) -> Finding:
    """Look whether the database can be used, and say where it lies."""
    where = place(url)
    try:
        found = await examine(url)
    except (DatabaseSick, DatabaseUnusable) as error:
        return _wrong(_.say(database_trouble.told(error, where)))
    match found:
        case Found.CURRENT:
            return _fine(where)
        case Found.OLDER:
            return _fine(_("{place}, of an older version: the next start updates it", place=where))
        case Found.NOTHING:
            return _fine(_("{place}, made by the first start", place=where))
        case Found.NEWER:
            return _wrong(
                _(
                    "{place} was written by a newer bot: update this one, or let DATABASE_URL "
                    "name another.",
                    place=where,
                )
            )


async def webhook(config: Config, _: Translator) -> Finding:
    """Look whether Telegram brings updates in the way that the bot expects."""
    if config.telegram_webhook_url is not None:
        return _wrong(
            _(
                "TELEGRAM_WEBHOOK_URL is set, but the webhook is not part of this version yet: "
                "remove it, or run “python -m bot --polling”."
            )
        )
    try:
        info = await ask(config, "getWebhookInfo")
    except CannotAsk:
        return Finding(Verdict.UNKNOWN, _("Telegram could not be asked"))
    if not info.get("url"):
        return _fine(_("none, the bot asks for updates itself"))
    removed = _(
        "Telegram sends updates to a webhook, so the bot gets none. Open {address} once, "
        "with your token in it.",
        address=f"{base_url(config)}/bot<TELEGRAM_BOT_TOKEN>/deleteWebhook",
    )
    trouble = info.get("last_error_message")
    if not trouble:
        return _wrong(removed)
    return _wrong(_mended(removed, _("Its last error: {error}", error=trouble)))


async def languages(_: Translator) -> Finding:
    """Look whether every shipped catalog is readable and whole."""
    counts = untranslated(LOCALES)
    wrong = [_lacking(locale, count, _) for locale, count in counts.items() if count != 0]
    return _wrong(" ".join(wrong)) if wrong else _fine(", ".join(counts))


def _lacking(locale: str, count: int | None, _: Translator) -> str:
    if count is None:
        return _("{locale} is not readable: get its messages.po anew.", locale=locale)
    return _.plural(
        "{locale} lacks {n} sentence: get its messages.po anew.",
        "{locale} lacks {n} sentences: get its messages.po anew.",
        count,
        locale=locale,
    )
