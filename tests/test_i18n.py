from __future__ import annotations

from pathlib import Path

import pytest

from bot.i18n import Catalogs, Translator, sentence, untranslated

POLISH = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 ? 1 : 2);\\n"

msgid "Muted"
msgstr "Wyciszono"

msgid "Hello {name}"
msgstr "Cześć {nazwa}"

msgid "Broken {name}"
msgstr "Zepsute {name"

msgid "Not yet"
msgstr ""

#, fuzzy
msgid "Guessed"
msgstr "Zgadnięte"

msgid "{n} file"
msgid_plural "{n} files"
msgstr[0] "{n} plik"
msgstr[1] "{n} pliki"
msgstr[2] "{n} plików"

msgid "{n} line"
msgid_plural "{n} lines"
msgstr[0] "{n} linia"
msgstr[1] ""
msgstr[2] "{count} linii"
"""


@pytest.fixture
def catalogs(tmp_path: Path) -> Catalogs:
    for locale in ("en", "pl", "pt_BR", "zh_CN"):
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(POLISH if locale == "pl" else "", encoding="utf-8")
    return Catalogs(tmp_path)


@pytest.fixture
def polish(catalogs: Catalogs) -> Translator:
    return catalogs.translator("pl")


def test_locales(catalogs: Catalogs) -> None:
    """Every folder with a catalog is a locale."""
    assert catalogs.locales() == ("en", "pl", "pt_BR", "zh_CN")


def test_translates(polish: Translator) -> None:
    """A message with a translation is said in the translator's language."""
    assert polish("Muted") == "Wyciszono"


@pytest.mark.parametrize("message", ["Not yet", "Guessed", "Nobody knows this"])
def test_falls_back_to_english(polish: Translator, message: str) -> None:
    """An empty, fuzzy or missing translation leaves the English message."""
    assert polish(message) == message


@pytest.mark.parametrize("message", ["Hello {name}", "Broken {name}"])
def test_broken_placeholder(polish: Translator, message: str) -> None:
    """A translation whose placeholders do not fit is not used."""
    assert polish(message, name="Ada") == message.replace("{name}", "Ada")


@pytest.mark.parametrize(("n", "said"), [(1, "1 plik"), (2, "2 pliki"), (5, "5 plików")])
def test_plural(polish: Translator, n: int, said: str) -> None:
    """The form for a number follows the catalog's own rule."""
    assert polish.plural("{n} file", "{n} files", n) == said


@pytest.mark.parametrize(("n", "said"), [(1, "1 linia"), (2, "2 lines"), (5, "5 lines")])
def test_incomplete_plural(polish: Translator, n: int, said: str) -> None:
    """A missing or broken plural form is said in English."""
    assert polish.plural("{n} line", "{n} lines", n) == said


@pytest.mark.parametrize(("n", "said"), [(0, "0 cats of Ada"), (1, "1 cat of Ada")])
def test_english_plural(catalogs: Catalogs, n: int, said: str) -> None:
    """English needs no catalog, and further values are filled in."""
    english = catalogs.translator("en")
    assert english.plural("{n} cat of {who}", "{n} cats of {who}", n, who="Ada") == said


def test_sentence(polish: Translator) -> None:
    """A sentence made without a translator is English in a log and translated when it is said."""
    made = sentence("Muted")
    assert (str(made), polish.say(made)) == ("Muted", "Wyciszono")


def test_sentence_with_values(polish: Translator) -> None:
    """Values are filled in when it is said; a broken translation is said in English."""
    made = sentence("Broken {name}", name="Ada")
    assert str(made) == polish.say(made) == "Broken Ada"
    assert made == sentence("Broken {name}", name="Ada")
    assert {made} != {sentence("Broken {name}", name="Bob")}


def test_braces_without_values(polish: Translator) -> None:
    """Without values braces are plain characters."""
    assert polish("Use {braces}") == "Use {braces}"


@pytest.mark.parametrize(
    ("code", "locale"),
    [
        ("pt-br", "pt_BR"),
        ("pt", "pt_BR"),
        ("pt-pt", "pt_BR"),
        ("zh-hans", "zh_CN"),
        ("zh", "zh_CN"),
        ("zh-hant", "en"),
        ("PL", "pl"),
        ("pl_PL", "pl"),
        ("tlh", "en"),
        ("no language", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_negotiate(catalogs: Catalogs, code: str | None, locale: str) -> None:
    """A Telegram language code finds the locale whose language and script agree."""
    assert catalogs.negotiate(code) == locale


def test_default_locale(tmp_path: Path) -> None:
    """English is always there; a default that is not shipped is refused."""
    assert Catalogs(tmp_path).locales() == ("en",)
    with pytest.raises(LookupError):
        Catalogs(tmp_path, "xx")


def test_translator_of_unknown_locale(catalogs: Catalogs) -> None:
    """An unknown locale gets the default's translator, and equal locales are equal keys."""
    assert catalogs.translator("xx").locale == "en"
    assert {catalogs.translator("pl"), catalogs.translator("pl")} == {catalogs.translator("pl")}


def test_what_a_catalog_lacks(tmp_path: Path) -> None:
    """Messages without a whole, certain translation are counted; a broken catalog is told apart."""
    english = (
        'msgid "Stop"\nmsgstr ""\n\nmsgid "{n} line"\nmsgid_plural "{n} lines"\nmsgstr[0] ""\n'
    )
    half = '#, fuzzy\nmsgid "Stop"\nmsgstr "Stój"\n\nmsgid "Old"\nmsgstr "Stare"\n'
    whole = (
        'msgid "Stop"\nmsgstr "Стоп"\n\n'
        'msgid "{n} line"\nmsgid_plural "{n} lines"\nmsgstr[0] "a"\nmsgstr[1] "b"\nmsgstr[2] "c"\n'
    )
    for locale, text in {"en": english, "pl": half, "ru": whole, "uk": "no catalog"}.items():
        folder = tmp_path / locale / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / "messages.po").write_text(text, encoding="utf-8")

    assert untranslated(tmp_path) == {"en": 0, "pl": 2, "ru": 0, "uk": None}
