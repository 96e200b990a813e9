"""The composition root: every object is built once, here, and closed in reverse."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from pathlib import Path

import structlog
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import TelegramUnauthorizedError

from bot.backend.adapter import VibeKanban
from bot.config import Config
from bot.delivery.gate import Gate
from bot.delivery.hearing import HearsAnswers, HearsUpdates
from bot.delivery.lanes import PACE_KEPT, Lanes, Slowed
from bot.delivery.outcomes import FAILURES
from bot.delivery.scrub import Scrub
from bot.delivery.surface import TIMEOUT_S, TelegramSurface
from bot.delivery.token import TokenWatch
from bot.handlers.commands import register_menu
from bot.handlers.in_hand import InHand
from bot.handlers.link import live_chat
from bot.handlers.moved import Moves
from bot.handlers.ports import About
from bot.handlers.setup import Surroundings, setup
from bot.i18n import Catalogs
from bot.linking.codes import Linking
from bot.live.clock import Clock, SystemClock
from bot.live.doubts import Doubts
from bot.live.ending import Ended, Ending
from bot.live.followers import Followers
from bot.live.ports import Gauges, LinkedChat
from bot.live.seen import Seen
from bot.live.tasks import Tasks
from bot.live.wiring import Wiring
from bot.redaction import Redactor
from bot.rendering.options import RenderOptions
from bot.settings.model import ChatSettings
from bot.settings.service import SettingsService
from bot.storage.database import Database
from bot.storage.engine import parse_url, sqlite_file
from bot.storage.journal import RETRY_S, Journal
from bot.storage.lock import InstanceLock, lock_file
from bot.storage.patient import PatientAbsences, PatientMutes, PatientViews
from bot.storage.trouble import DatabaseSick, DatabaseUnusable

log = structlog.get_logger(__name__)

LOCALES = Path(__file__).parent.parent / "locales"

SENT_WINDOW = timedelta(seconds=61)
"""How far back calls still count for the lanes."""

KEPT = timedelta(days=30)
"""How long ended turns, what was shown of them, and lost chats are remembered."""

PRUNE_EVERY_S = 3600.0

STOP_S = 8.0
"""How long what is being sent or answered may take when the bot is told to end: what runs it may
kill it ten seconds after it asked."""

TELEGRAM_RETRY_S = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)

STORE_S = 1.5
"""How long storing the last state may take then."""

MOST_UPDATES = 500
"""So many updates are handled at once; others wait at Telegram, which keeps them for a day."""

EXIT_TOKEN_REFUSED = 1
EXIT_DATABASE_UNUSABLE = 2


async def run(config: Config, ending: Ending | None = None) -> int:
    """Run the bot by polling until it is told to end; returns the process's exit code."""
    ending = ending or Ending()
    ending.listen()
    async with AsyncExitStack() as stack:
        try:
            app = await ending.unless_begun(build(config, stack, ending))
            await ending.unless_begun(_first_contact(app))
        except DatabaseUnusable as error:
            log.error("database.unusable", variable="DATABASE_URL", why=str(error), mend=error.mend)
            return EXIT_DATABASE_UNUSABLE
        except Ended:
            log.info("bot.stopped", before="it was ready")
        else:
            await _serve(app, ending)
    return ending.code


@dataclass(frozen=True, slots=True)
class App:
    """Everything that runs."""

    bot: Bot
    dispatcher: Dispatcher
    in_hand: InHand
    database: Database
    journal: Journal
    catalogs: Catalogs
    lanes: Lanes
    seen: Seen
    doubts: Doubts
    followers: Followers
    tasks: Tasks
    gauges: Gauges
    clock: Clock


async def build(
    config: Config, stack: AsyncExitStack, ending: Ending, clock: Clock | None = None
) -> App:
    """Build every object; what has to be closed is pushed onto the stack."""
    clock = clock or SystemClock()
    catalogs = Catalogs(LOCALES, config.default_locale)
    redact = Redactor(config.secrets())
    file = sqlite_file(parse_url(config.database_url))
    if file is not None:
        await stack.enter_async_context(InstanceLock(lock_file(file), _say_waiting))
    database = await _database(config, stack, clock)
    journal = Journal(clock)
    bot = await stack.enter_async_context(_bot(config))
    lanes = Lanes(
        clock,
        database.sends,
        sent=await database.sends.recent(clock.wall() - SENT_WINDOW),
        rests=[Slowed(*rest) for rest in await database.sends.rests()],
    )
    seen, doubts = Seen(await database.sends.newest()), Doubts()
    doubts.expect(await database.views.in_doubt())
    bot.session.middleware(TokenWatch(lambda: _refuse_token(ending)))
    bot.session.middleware(Gate(lanes, seen, doubts, clock))
    bot.session.middleware(HearsAnswers(seen))
    bot.session.middleware(Scrub())
    gauges = Gauges()
    wiring = Wiring(
        surface=TelegramSurface(bot, lanes),
        lanes=lanes,
        store=PatientViews(database.views, journal, clock.wall()),
        clock=clock,
        gauges=gauges,
        options=lambda chat: _options(chat, catalogs, redact),
        chat_gone=lambda chat, why: _spawn(tasks, "lose", chat, partial(moves.lost, chat, why)),
        chat_moved=lambda chat, to: _spawn(
            tasks, "move", chat, partial(moves.upgraded, chat.chat_id, to)
        ),
        thread_gone=lambda chat: _spawn(tasks, "move", chat, partial(moves.topic_gone, chat)),
        seen=seen,
        doubts=doubts,
    )
    backends = {
        # The first one's ids stay as they are: a chat keeps its choices when a second comes.
        name: await stack.enter_async_context(
            VibeKanban(name, url, mark=f"{name}/" if n else "", clock=clock)
        )
        for n, (name, url) in enumerate(config.backends().items())
    }
    tasks = Tasks(clock)
    mutes = PatientMutes(database.mutes, journal)
    absences = PatientAbsences(database.absences, journal)
    followers = Followers(backends, wiring, mutes, tasks, database.views, absences)
    moves = Moves(bot, database.chats, followers, catalogs)
    settings = SettingsService(database.chats, catalogs.locales())
    settings.listen(lambda chat, _: _act_on(chat, database, catalogs, followers, tasks))
    dispatcher = Dispatcher()
    in_hand = InHand()
    dispatcher.update.outer_middleware(in_hand)
    dispatcher.update.outer_middleware(HearsUpdates(seen))
    setup(
        dispatcher,
        Surroundings(
            chats=database.chats,
            linking=Linking(database.codes, clock.wall),
            followers=followers,
            lanes=lanes,
            settings=settings,
            catalogs=catalogs,
            about=About(
                version("vibe-kanban-telegram"), lambda: (*journal.problems, *tasks.problems())
            ),
            redact=redact,
            moves=moves,
            clock=clock.now,
        ),
    )
    return App(
        bot,
        dispatcher,
        in_hand,
        database,
        journal,
        catalogs,
        lanes,
        seen,
        doubts,
        followers,
        tasks,
        gauges,
        clock,
    )


async def _database(config: Config, stack: AsyncExitStack, clock: Clock) -> Database:
    """Open the database, however long it is locked, full or away."""
    said: str | None = None
    while True:
        try:
            return await stack.enter_async_context(Database(config.database_url, clock.wall))
        except DatabaseSick as sick:
            if str(sick) != said:
                said = str(sick)
                log.error("database.waiting", variable="DATABASE_URL", why=said, again_in_s=RETRY_S)
            await clock.sleep(RETRY_S)


def _refuse_token(ending: Ending) -> None:
    if not ending.begun.is_set():
        log.error("telegram.token_refused", mend="get a new token from BotFather")
    ending.fail(EXIT_TOKEN_REFUSED)


def _say_waiting(file: Path) -> None:
    log.warning("database.in_use", lock=str(file), what="another bot runs on it; waiting")


def _bot(config: Config) -> Bot:
    server = (
        TelegramAPIServer.from_base(config.telegram_api_url)
        if config.telegram_api_url
        else PRODUCTION
    )
    session = AiohttpSession(proxy=config.telegram_proxy_url(), api=server, timeout=TIMEOUT_S)
    return Bot(config.telegram_bot_token.get_secret_value(), session=session)


def _options(chat: LinkedChat, catalogs: Catalogs, redact: Redactor) -> RenderOptions:
    settings: ChatSettings = chat.settings
    return RenderOptions(
        translate=catalogs.translator(chat.locale),
        redact=redact,
        limit=settings.stream_max_message_length,
        verbosity=settings.verbosity,
        show_thinking=settings.show_thinking,
    )


def _act_on(
    chat: int, database: Database, catalogs: Catalogs, followers: Followers, tasks: Tasks
) -> None:
    async def act() -> None:
        record = await database.chats.get(chat)
        if record is not None:
            followers.chat_changed(live_chat(record, catalogs))

    tasks.spawn(f"settings {chat}", act)


def _spawn(tasks: Tasks, what: str, chat: LinkedChat, work: Callable[[], Awaitable[None]]) -> None:
    """Do what Telegram said of a chat beside its writers: they may end by that."""
    tasks.spawn(f"{what} {chat.id}", work)


async def _prune(app: App) -> None:
    """Forget what is old, once an hour; a sick database is asked again in the next."""
    while True:
        now = app.clock.wall()
        with suppress(DatabaseSick):
            await app.database.sends.prune(now - SENT_WINDOW, now - PACE_KEPT)
            await app.database.views.prune(now - KEPT)
            await app.database.chats.forget_lost(now - KEPT)
        await app.clock.sleep(PRUNE_EVERY_S)


async def _first_contact(app: App) -> None:
    """Learn who the bot is, however long Telegram is away; a refused token ends the bot."""
    failures = 0
    while True:
        try:
            me = await app.bot.me()
        except TelegramUnauthorizedError:
            await asyncio.Event().wait()
        except FAILURES as error:
            pause_s = TELEGRAM_RETRY_S[min(failures, len(TELEGRAM_RETRY_S) - 1)]
            failures += 1
            log.warning("telegram.not_reachable", error=type(error).__name__, again_in_s=pause_s)
            await app.clock.sleep(pause_s)
        else:
            log.info("telegram.connected", username=me.username)
            return


async def _serve(app: App, ending: Ending) -> None:
    """Run everything until the bot is told to end."""
    async with app.tasks:
        app.tasks.spawn("lanes", app.lanes.run, forever=True)
        app.tasks.spawn("send times", app.lanes.remember, forever=True)
        remember = partial(app.seen.remember, app.database.sends, app.clock)
        app.tasks.spawn("message ids", remember, forever=True)
        app.tasks.spawn("doubts", partial(app.doubts.give_up, app.clock))
        app.tasks.spawn("journal", app.journal.run, forever=True)
        app.tasks.spawn("pruning", lambda: _prune(app), forever=True)
        app.tasks.spawn("commands", lambda: register_menu(app.bot, app.catalogs))
        records = await app.database.chats.all()
        await app.followers.start(live_chat(record, app.catalogs) for record in records)
        polling = app.tasks.spawn("polling", lambda: _poll(app), forever=True)
        gc.collect()
        gc.freeze()  # aiogram's many models stay for good: do not look through them again and again
        log.info("bot.ready")
        await ending.begun.wait()
        log.info("bot.stopping", renders=app.gauges.renders, writes=app.gauges.writes)
        if not await ending.unless_hurried(_finish(app, polling), STOP_S):
            log.warning("bot.cut_short", what="what was being sent may be sent again")
        await app.in_hand.give_up()
        await app.journal.flush(STORE_S)
        app.tasks.cancel_all()
        await app.lanes.flush()


async def _poll(app: App) -> None:
    """Take updates until cancelled; the framework's own tasks end with this one."""
    polling = asyncio.ensure_future(
        app.dispatcher.start_polling(
            app.bot,
            handle_signals=False,
            close_bot_session=False,
            allowed_updates=app.dispatcher.resolve_used_update_types(),
            tasks_concurrency_limit=MOST_UPDATES,
        )
    )
    try:
        await asyncio.shield(polling)
    finally:
        try:
            await app.dispatcher.stop_polling()
        except RuntimeError:  # it has not begun, or has ended
            polling.cancel()
        await asyncio.wait({polling})


async def _finish(app: App, polling: asyncio.Task[None]) -> None:
    """Take no update any more, finish those that were taken, and what is being sent."""
    polling.cancel()
    await asyncio.wait({polling})
    await app.in_hand.finished()
    await app.lanes.drain(STOP_S)
