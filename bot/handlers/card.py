"""The settings card: its pages as words and buttons; pure."""

from __future__ import annotations

from collections.abc import Iterable

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from babel import Locale, UnknownLocaleError

from bot.handlers.callbacks import (
    AskSetting,
    ChangeSetting,
    ChooseLocale,
    CloseSettings,
    OpenRepositories,
    OpenUnlink,
    ShowSettings,
)
from bot.handlers.fields import (
    INTERVALS_MS,
    MORE,
    PRESETS,
    SWITCHES,
    as_set,
    expected,
    in_words,
    title,
    word,
)
from bot.handlers.keyboards import button, marked, rows
from bot.handlers.modes import caption, current
from bot.i18n import Catalogs, Translator
from bot.settings.model import AUTO_LOCALE, ChatSettings, StreamMode, Verbosity, values

MAIN = "main"
MORE_PAGE = "more"
LANGUAGE = "language"

Row = list[InlineKeyboardButton]


def card(
    settings: ChatSettings, page: str, catalogs: Catalogs, _: Translator
) -> tuple[str, InlineKeyboardMarkup]:
    """Make a page of the card; an unknown one is the first."""
    if page == MORE_PAGE:
        return _more_words(settings, _), rows(_more(settings, _))
    if page == LANGUAGE:
        return "🌐 " + _("Language"), languages(settings, catalogs, _, back=True)
    if page in PRESETS or page == "overflow":
        return _field_words(settings, page, _), rows(_field(settings, page, _))
    return _main_words(settings, _), rows(_main(settings, _))


# --- the first page -------------------------------------------------------------------------------


def _main_words(settings: ChatSettings, _: Translator) -> str:
    lines = [
        "⚙️ " + _("Settings of this chat"),
        _("Mode: {mode}", mode=current(settings, _)),
        _(
            "Interval: at most every {interval}; Telegram's limits come first.",
            interval=as_set("stream_flush_interval_ms", settings, _),
        ),
    ]
    return "\n".join(lines)


def _main(settings: ChatSettings, _: Translator) -> Iterable[Row]:
    for field in SWITCHES:
        yield [_switch(settings, field, MAIN, _)]
    for mode in StreamMode:
        label = marked(caption(mode, settings, _), mark=mode is settings.stream_mode)
        yield [_sets(label, MAIN, "stream_mode", mode)]
    yield [_interval(settings, interval, _) for interval in INTERVALS_MS[:3]]
    yield [_interval(settings, interval, _) for interval in INTERVALS_MS[3:]]
    yield [
        _sets(
            marked(word(level, _), mark=level is settings.verbosity),
            MAIN,
            "verbosity",
            level,
        )
        for level in Verbosity
    ]
    yield [
        button("🌐 " + _("Language"), ShowSettings(page=LANGUAGE)),
        button("📁 " + _("Repositories"), OpenRepositories()),
    ]
    yield [
        button(_("More…"), ShowSettings(page=MORE_PAGE)),
        button(_("Unlink"), OpenUnlink()),
        button(_("Close"), CloseSettings()),
    ]


def _interval(settings: ChatSettings, interval: int, _: Translator) -> InlineKeyboardButton:
    field = "stream_flush_interval_ms"
    chosen = interval == settings.stream_flush_interval_ms
    return _sets(marked(in_words(field, interval, _), mark=chosen), MAIN, field, str(interval))


# --- more -----------------------------------------------------------------------------------------


def _more_words(settings: ChatSettings, _: Translator) -> str:
    lines = [f"{title(f, _)}: {as_set(f, settings, _)}" for f in MORE]
    return "\n".join(["⚙️ " + _("More settings"), *lines])


def _more(settings: ChatSettings, _: Translator) -> Iterable[Row]:
    yield [_switch(settings, "show_thinking", MORE_PAGE, _)]
    for field in MORE[1:]:
        yield [button(title(field, _) + "…", ShowSettings(page=field))]
    yield [_back(MAIN, _)]


# --- one setting ----------------------------------------------------------------------------------


def _field_words(settings: ChatSettings, field: str, _: Translator) -> str:
    now = as_set(field, settings, _)
    words = f"⚙️ {title(field, _)}: {now}"
    if field not in PRESETS:
        return words
    return words + "\n" + _("It takes {expected}.", expected=expected(field, _))


def _field(settings: ChatSettings, field: str, _: Translator) -> Iterable[Row]:
    now = getattr(settings, field)
    if field not in PRESETS:
        for value in values(field):
            yield [_sets(marked(word(value, _), mark=value == now), field, field, value)]
    else:
        yield [
            _sets(marked(str(number), mark=number == now), field, field, str(number))
            for number in PRESETS[field]
        ]
        yield [button(_("Other…"), AskSetting(field=field))]
    yield [_back(MORE_PAGE, _)]


# --- language -------------------------------------------------------------------------------------


def languages(
    settings: ChatSettings, catalogs: Catalogs, _: Translator, *, back: bool = False
) -> InlineKeyboardMarkup:
    """Offer the shipped languages by their own names, and the reader's own."""
    shipped = [(code, own_name(code)) for code in catalogs.locales()]
    found = [
        [button(marked(name, mark=code == settings.locale), ChooseLocale(locale=code))]
        for code, name in [(AUTO_LOCALE, _("Automatic")), *shipped]
    ]
    return rows([*found, *([[_back(MAIN, _)]] if back else [])])


def own_name(locale: str) -> str:
    """A language as those who speak it write it."""
    try:
        name = Locale.parse(locale).get_display_name()
    except (UnknownLocaleError, ValueError):
        return locale
    return name[:1].upper() + name[1:] if name else locale


# --- buttons --------------------------------------------------------------------------------------


def _switch(settings: ChatSettings, field: str, page: str, _: Translator) -> InlineKeyboardButton:
    on = bool(getattr(settings, field))
    label = f"{'✅' if on else '⬜'} {title(field, _)}"
    return _sets(label, page, field, "off" if on else "on")


def _sets(label: str, page: str, field: str, value: str) -> InlineKeyboardButton:
    return button(label, ChangeSetting(page=page, field=field, value=value))


def _back(page: str, _: Translator) -> InlineKeyboardButton:
    return button("‹ " + _("Back"), ShowSettings(page=page))
