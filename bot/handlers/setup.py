"""Puts the handlers into a dispatcher, with all they need."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from aiogram import Dispatcher, F, Router

from bot.handlers import (
    active,
    dismiss,
    errors,
    fallback,
    language,
    link,
    log,
    moved,
    repositories,
    settings,
    start,
    status,
    stream,
    usage,
    view,
)
from bot.handlers.administrators import Administrators
from bot.handlers.link import LinkDesk
from bot.handlers.middlewares import Access, Origin
from bot.handlers.moved import Moves
from bot.handlers.once import OncePerMinute
from bot.handlers.pace import Paced
from bot.handlers.ports import About, Chats, FollowersWithRoster, Lanes, Redact, Settings
from bot.handlers.roster import MaskedRoster
from bot.handlers.second_tap import SecondTap
from bot.handlers.suspects import Suspects
from bot.handlers.taps import Taps
from bot.i18n import Catalogs
from bot.linking.codes import Linking


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything the handlers call; `clock` is monotonic seconds."""

    chats: Chats
    linking: Linking
    followers: FollowersWithRoster
    lanes: Lanes
    settings: Settings
    catalogs: Catalogs
    about: About
    redact: Redact
    moves: Moves
    clock: Callable[[], float]


def setup(dispatcher: Dispatcher, around: Surroundings) -> None:
    """Make a dispatcher answer people; the handlers' arguments come by name."""
    roster = MaskedRoster(around.followers, around.redact)
    once, suspects = OncePerMinute(around.clock), Suspects(around.clock)
    dispatcher.workflow_data.update(
        chats=around.chats,
        roster=roster,
        followers=around.followers,
        lanes=around.lanes,
        settings=around.settings,
        catalogs=around.catalogs,
        about=around.about,
        redact=around.redact,
        moves=around.moves,
        once=once,
        suspects=suspects,
        taps=Taps(roster, suspects),
        second_tap=SecondTap(around.clock),
        desk=LinkDesk(around.linking, roster, around.followers, around.catalogs, once, suspects),
    )
    origin = Origin(around.chats, around.catalogs, suspects)
    access = Access(Administrators(around.clock), once, suspects)
    paced = Paced(around.clock, suspects)
    for observer in (dispatcher.message, dispatcher.callback_query):
        observer.outer_middleware(origin)
        observer.middleware(paced)
        observer.middleware(access)
    dispatcher.include_routers(*build_routers())


def build_routers() -> tuple[Router, ...]:
    """Make every router, in the order in which they are asked."""
    subjects = (
        usage.build(),
        start.build(),
        link.build(),
        repositories.build(),
        stream.build(),
        settings.build(),
        language.build(),
        active.build(),
        view.build(),
        status.build(),
        log.build(),
        dismiss.build(),
    )
    for router in subjects:
        router.message.filter(F.text)  # what looks like a command in a file's caption is none
    return (errors.build(), moved.build(), *subjects, fallback.build())
