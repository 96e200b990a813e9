"""What the commands say to the person at the terminal, in the language of DEFAULT_LOCALE."""

from __future__ import annotations

from bot.config import LOCALES, Config
from bot.i18n import Catalogs, Translator


def translator(config: Config) -> Translator:
    """Return the translator for DEFAULT_LOCALE; English where the catalogs are broken."""
    try:
        return Catalogs(LOCALES, config.default_locale).translator()
    except (OSError, ValueError, LookupError):
        return Translator("en")
