from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.handlers.commands import commands
from bot.i18n import Catalogs, untranslated

LOCALES = Path(__file__).parent.parent / "locales"
SHIPPED = sorted(file.parent.parent.name for file in LOCALES.glob("*/LC_MESSAGES/messages.po"))


def _read(locale: str) -> Catalog:
    with (LOCALES / locale / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=locale)


def _forms(value: object) -> list[str]:
    return [value] if isinstance(value, str) else [str(form) for form in value or ()]  # type: ignore[attr-defined] # Babel types a message's id and string as object


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _wrong(message: Message) -> list[str]:
    """List translations that name what the message does not."""
    wanted = set[str]().union(*map(_placeholders, _forms(message.id)))
    return [form for form in _forms(message.string) if form and _placeholders(form) != wanted]


def test_english_is_shipped() -> None:
    """English is a locale like any other."""
    assert "en" in SHIPPED


@pytest.mark.parametrize("locale", SHIPPED)
def test_placeholders(locale: str) -> None:
    """Every translation fills in the same placeholders as its message."""
    wrong = [form for message in _read(locale) if message.id for form in _wrong(message)]
    assert wrong == []


def test_complete() -> None:
    """Every message of a shipped language is translated, without a doubt (English is the id)."""
    behind = [
        (locale, message.id)
        for locale in SHIPPED
        for message in _read(locale)
        if locale != "en" and message.id and (message.fuzzy or not all(_forms(message.string)))
    ]
    assert behind == []


@pytest.mark.parametrize("locale", SHIPPED)
def test_nothing_is_missing_at_run_time(locale: str) -> None:
    """What doctor counts is nothing: every catalog can be read and says everything."""
    assert untranslated(LOCALES)[locale] == 0


@pytest.mark.parametrize("locale", SHIPPED)
def test_every_plural_form_is_there(locale: str) -> None:
    """A sentence about numbers has as many forms as the language has kinds of them."""
    catalog = _read(locale)
    short = [
        m.id for m in catalog if m.pluralizable and len(_forms(m.string)) != catalog.num_plurals
    ]
    assert short == []


@pytest.mark.parametrize("locale", SHIPPED)
def test_the_menu_fits(locale: str) -> None:
    """Telegram takes descriptions of 1 to 256 characters."""
    entries = commands(Catalogs(LOCALES).translator(locale))
    assert all(1 <= len(entry.description) <= 256 for entry in entries)


class TestRussian:
    """The first language with three kinds of numbers."""

    @pytest.mark.parametrize(
        ("one", "many", "said"),
        [
            ("{n} file", "{n} files", ("файл", "файла", "файлов")),
            ("+{n} line", "+{n} lines", ("строка", "строки", "строк")),
            ("{n} command", "{n} commands", ("команда", "команды", "команд")),
            (
                "{n} message sent",
                "{n} messages sent",
                ("сообщение отправлено", "сообщения отправлено", "сообщений отправлено"),
            ),
            (
                "{n} earlier entry, /log",
                "{n} earlier entries, /log",
                ("запись", "записи", "записей"),
            ),
        ],
    )
    def test_numbers(self, one: str, many: str, said: tuple[str, str, str]) -> None:
        """One, few and many are told apart, also beyond ten, twenty and a hundred."""
        translate = Catalogs(LOCALES).translator("ru")
        kinds = {1: 0, 2: 1, 5: 2, 11: 2, 12: 2, 21: 0, 22: 1, 25: 2, 101: 0, 111: 2, 112: 2}
        for n, kind in kinds.items():
            words = re.escape(str(n)) + " " + said[kind]
            assert re.search(rf"{words}(?!\w)", translate.plural(one, many, n)), n

    def test_what_runs(self) -> None:
        """A verb agrees with its number, too."""
        translate = Catalogs(LOCALES).translator("ru")
        told = [
            translate.plural("{n} turn is running.", "{n} turns are running.", n)
            for n in (1, 3, 5, 11, 21)
        ]
        assert told == [
            "Выполняется 1 задача.",
            "Выполняются 3 задачи.",
            "Выполняется 5 задач.",
            "Выполняется 11 задач.",
            "Выполняется 21 задача.",
        ]

    def test_it_is_russian(self) -> None:
        """Nothing but names and placeholders is left in Latin letters alone."""
        bare = [
            form
            for message in _read("ru")
            for form in _forms(message.string)
            if message.id and not re.search("[а-яё]", form.lower())
        ]
        assert bare == ["{backend}: {problem}"]

    def test_it_is_polite_without_ceremony(self) -> None:
        """People are addressed as in a conversation: вы, in lower case."""
        said = [form for message in _read("ru") for form in _forms(message.string)]
        assert not [form for form in said if re.search(r"(?<![.!?] )(?<!^)\bВ(?:ы|ас|ам|аш)", form)]
        assert not [form for form in said if re.search(r"\b[Тт](?:ы|ебя|ебе|во[йяёе])\b", form)]
