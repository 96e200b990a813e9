"""The one table of commands: the menu, /help and every usage line come from it."""

from __future__ import annotations

from dataclasses import dataclass

from aiogram import Bot
from aiogram.types import BotCommand

from bot.i18n import Catalogs, Translator

LINK_ARGUMENT = "CODE"
STREAM_ARGUMENT = "[realtime|chunked [60s|2000]|summary|off]"


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """One command: `arguments` as the usage line names them; who only reads may not use `acts`."""

    name: str
    description: str
    arguments: str = ""
    acts: bool = False

    @property
    def usage(self) -> str:
        """The command with its arguments, as a person types it."""
        return f"/{self.name} {self.arguments}".rstrip()


def commands(_: Translator) -> tuple[CommandEntry, ...]:
    """List every command in the order of the menu, described in the translator's language."""
    return (
        CommandEntry("active", _("What is running now")),
        CommandEntry("stop", _("Stop a running turn"), acts=True),
        CommandEntry("mute", _("Silence a running turn here"), acts=True),
        CommandEntry("unmute", _("Show a muted turn again"), acts=True),
        CommandEntry("stream", _("How live the updates are"), STREAM_ARGUMENT, acts=True),
        CommandEntry("settings", _("Everything this chat can set"), acts=True),
        CommandEntry("language", _("In which language I write here"), acts=True),
        CommandEntry("log", _("The whole transcript as a file")),
        CommandEntry("status", _("How everything is doing")),
        CommandEntry("link", _("Link this chat with a code"), LINK_ARGUMENT),
        CommandEntry("unlink", _("Unlink this chat"), acts=True),
        CommandEntry("help", _("What this bot does")),
        CommandEntry("start", _("Say hello, or link with a code"), f"[{LINK_ARGUMENT}]"),
    )


WITHOUT_ARGUMENTS = (
    "active", "stop", "mute", "unmute", "settings", "language", "log", "status", "unlink", "help",
)  # fmt: skip
"""Commands that take no argument; one that comes with an argument gets its usage line."""


def usage(name: str, _: Translator) -> str:
    """Say how a command is typed."""
    entry = next(entry for entry in commands(_) if entry.name == name)
    return _("Usage: {usage}", usage=entry.usage)


def help_lines(_: Translator, *, mark: str = "") -> tuple[str, ...]:
    """List the commands as /help shows them, a line each; `mark` follows those that act."""
    return tuple(
        f"{entry.usage} – {entry.description}{mark if entry.acts else ''}" for entry in commands(_)
    )


async def register_menu(bot: Bot, catalogs: Catalogs) -> None:
    """Set the command menu for every shipped locale, and the default locale's for everybody else.

    Telegram knows two-letter codes only: the likeliest locale answers for a language.
    """
    await bot.set_my_commands(_menu(catalogs.translator()))
    for language in sorted({locale.partition("_")[0] for locale in catalogs.locales()}):
        translator = catalogs.translator(catalogs.negotiate(language))
        await bot.set_my_commands(_menu(translator), language_code=language)


def _menu(_: Translator) -> list[BotCommand]:
    return [BotCommand(command=entry.name, description=entry.description) for entry in commands(_)]
