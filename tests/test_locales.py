from __future__ import annotations

from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

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
