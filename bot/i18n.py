"""Translations, read into memory at start and passed as an argument, never ambient."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from babel.core import get_global, parse_locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po


def _english_plural(n: int) -> int:
    return int(n != 1)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence for a person, to be said by whoever knows the language; English as a `str`."""

    message: str
    values: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        return _filled(self.message, self.message, dict(self.values))


def sentence(message: str, /, **values: object) -> Sentence:
    """Make a sentence where no translator is at hand; the catalogs collect its message."""
    return Sentence(message, tuple(values.items()))


@dataclass(frozen=True, slots=True)
class Translator:
    """Says the product's sentences in one language; equal and hashed by its locale.

    Messages are English. One that has no translation, or whose translation has a broken
    placeholder, is said in English.
    """

    locale: str
    _messages: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict, compare=False, repr=False
    )
    _plural: Callable[[int], int] = field(default=_english_plural, compare=False, repr=False)

    def __call__(self, message: str, /, **values: object) -> str:
        """Translate, then fill in `{name}` placeholders (braces are plain without values)."""
        translated = self._messages.get(message, ())
        return _filled(translated[0] if translated else message, message, values)

    def say(self, told: Sentence) -> str:
        """Say a sentence that was made elsewhere, and the sentences in it."""
        return self(told.message, **{name: self._value(value) for name, value in told.values})

    def _value(self, value: object) -> object:
        return self.say(value) if isinstance(value, Sentence) else value

    def plural(self, one: str, many: str, n: int, /, **values: object) -> str:
        """Translate a sentence about `n` things; `{n}` is filled in."""
        english = many if _english_plural(n) else one
        forms = self._messages.get(one, ())
        form = self._plural(n)
        translated = forms[form] if form < len(forms) else english
        return _filled(translated or english, english, {"n": n, **values})


class Catalogs:
    """Every language that is shipped: `<path>/<locale>/LC_MESSAGES/messages.po`."""

    def __init__(self, path: Path, default_locale: str = "en") -> None:
        self._translators = {
            file.parent.parent.name: _read(file)
            for file in sorted(path.glob("*/LC_MESSAGES/messages.po"))
        }
        self._translators.setdefault("en", Translator("en"))
        if default_locale not in self._translators:
            raise LookupError(f"no such locale: {default_locale}")
        self._default = default_locale

    def locales(self) -> tuple[str, ...]:
        """Name the shipped locales, in the order of their codes."""
        return tuple(sorted(self._translators))

    def negotiate(self, code: str | None) -> str:
        """Choose the shipped locale for a language code as Telegram sends it (`pt-br`).

        Language and script must agree; among several the same territory wins.
        """
        wanted = _maximised(code) if code else None
        if wanted is None:
            return self._default
        readable = {
            locale: known
            for locale in self.locales()
            if (known := _maximised(locale)) is not None and known[:2] == wanted[:2]
        }
        exact = [locale for locale, known in readable.items() if known == wanted]
        return next(iter(exact or readable), self._default)

    def translator(self, locale: str | None = None) -> Translator:
        """Return the translator of a shipped locale; anything else gets the default's."""
        return self._translators.get(locale or "", self._translators[self._default])


def untranslated(path: Path) -> dict[str, int | None]:
    """Count per shipped locale the messages it does not say; None: its catalog is not readable.

    English has them all, as it says them by themselves.
    """
    catalogs = {
        file.parent.parent.name: _parsed(file)
        for file in sorted(path.glob("*/LC_MESSAGES/messages.po"))
    }
    english = catalogs.get("en")
    all_messages = {_key(message) for message in english or () if message.id}
    return {
        locale: None if catalog is None else len(all_messages - _said(locale, catalog))
        for locale, catalog in catalogs.items()
    }


def _parsed(file: Path) -> Catalog | None:
    try:
        with file.open("rb") as source:
            return read_po(source, locale=file.parent.parent.name, abort_invalid=True)
    except (OSError, ValueError, PoFileError):
        return None


def _said(locale: str, catalog: Catalog) -> set[str]:
    """Name the messages with a translation in every form; all, in English."""
    return {
        _key(message)
        for message in catalog
        if message.id and (locale == "en" or (not message.fuzzy and all(_forms(message))))
    }


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else str(message.id[0])


def _forms(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


def _read(file: Path) -> Translator:
    locale = file.parent.parent.name
    with file.open("rb") as source:
        catalog = read_po(source, locale=locale)
    return Translator(locale, MappingProxyType(_messages(catalog)), _plural_function(catalog))


def _messages(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalog:
        key, forms = _key(message), _forms(message)
        if key and not message.fuzzy and any(forms):
            messages[key] = forms
    return messages


def _plural_function(catalog: Catalog) -> Callable[[int], int]:
    return gettext.c2py(catalog.plural_expr)


def _filled(template: str, english: str, values: Mapping[str, object]) -> str:
    if not values:
        return template
    try:
        return template.format(**values)
    except (LookupError, ValueError, AttributeError):
        return english.format(**values)


def _maximised(code: str) -> tuple[str, str | None, str | None] | None:
    """Complete a code to (language, script, territory) by CLDR's likely subtags."""
    try:
        language, territory, script, *_ = parse_locale(code.replace("-", "_"))
    except ValueError:
        return None
    likely = get_global("likely_subtags")
    for known in (
        (language, script, territory),
        (language, territory),
        (language, script),
        (language,),
    ):
        completed = likely.get("_".join(part for part in known if part)) if all(known) else None
        if completed:
            _, likely_territory, likely_script, *_ = parse_locale(completed)
            return language, script or likely_script, territory or likely_territory
    return language, script, territory
