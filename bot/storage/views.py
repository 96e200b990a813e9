"""Live views: their messages, what sealed pages show, and sends whose outcome is not known yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, exists, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.live.chain import NOWHERE
from bot.live.stores import Intent, NewView, StoredMessage, StoredView
from bot.rendering.transcript import Cover
from bot.storage.covers import covers_of, stored_covers
from bot.storage.engine import Transactions, upsert
from bot.storage.tables import chats, intents, late_results, messages, shown, views

NOTICE = "notice"
"""The kind of messages that are no links."""

_VIEW = (
    views.c.id,
    views.c.chat,
    views.c.turn_id,
    views.c.workspace_id,
    views.c.session_id,
    views.c.started_at,
    views.c.backend,
    views.c.title,
    views.c.ended_at,
)


class Forgotten(LookupError):  # noqa: N818 - named by its outcome
    """The chat or the view is gone: somebody unlinked the chat meanwhile."""


class Views:
    """The ViewStore of `bot.live.ports`, and what a restart asks."""

    def __init__(self, transactions: Transactions, clock: Callable[[], datetime]) -> None:
        self._transactions = transactions
        self._clock = clock

    async def begin(self, view: NewView) -> StoredView:
        """Create the view of this chat and turn, or return the one that is there (idempotent).

        Raises Forgotten when the chat is not linked any more.
        """
        this = (views.c.chat == view.chat) & (views.c.turn_id == view.turn_id)
        async with self._transactions.write() as connection:
            if not await _is_there(connection, chats.c.id == view.chat):
                raise Forgotten(f"chat {view.chat}")
            new = upsert(connection, views).values(
                chat=view.chat,
                turn_id=view.turn_id,
                workspace_id=view.workspace_id,
                session_id=view.session_id,
                backend=view.backend,
                title=view.title,
                started_at=view.started_at,
            )
            await connection.execute(new.on_conflict_do_nothing())
            (stored,) = await _load(connection, this)
            return stored

    async def intend(
        self,
        view_id: int,
        kind: str,
        number: int,
        newest_seen: int | None = None,
        covers: Sequence[Cover] | None = None,
    ) -> int:
        """Remember that a send is about to leave; returns the intent's id.

        Raises Forgotten when the chat is not linked any more.
        """
        new = insert(intents).values(
            view=view_id,
            kind=kind,
            number=number,
            newest_seen=newest_seen,
            covers=None if covers is None else stored_covers(covers),
            at=self._clock(),
        )
        try:
            async with self._transactions.write() as connection:
                return int((await connection.execute(new.returning(intents.c.id))).scalar_one())
        except IntegrityError:
            raise Forgotten(f"view {view_id}") from None

    async def settle(
        self,
        intent_id: int,
        view_id: int,
        kind: str,
        number: int,
        message_id: int | None,
        covers: Sequence[Cover] | None = None,
    ) -> None:
        """Store a send's result and forget its intent, in one transaction (None: not sent).

        A link that was sent again takes the place of the lost one; with `covers` it is sealed.
        Nothing is stored of a view that was forgotten meanwhile.
        """
        async with self._transactions.write() as connection:
            await connection.execute(delete(intents).where(intents.c.id == intent_id))
            if message_id is None or not await _is_there(connection, views.c.id == view_id):
                return
            sealed = covers is not None
            sent = {"message_id": message_id, "sealed": sealed, "sent_at": self._clock()}
            if kind != NOTICE:
                await connection.execute(delete(messages).where(_link(view_id, number)))
            if covers is not None:
                await _show(connection, view_id, number, covers)
            message = upsert(connection, messages).values(
                view=view_id, kind=kind, number=number, **sent
            )
            await connection.execute(
                message.on_conflict_do_update(index_elements=["view", "kind", "number"], set_=sent)
            )
            of_view = select(views.c.chat).where(views.c.id == view_id).scalar_subquery()
            await connection.execute(
                update(chats)
                .where(chats.c.id == of_view)
                .values(messages_sent=chats.c.messages_sent + 1)
            )

    async def seal(self, view_id: int, number: int, covers: Sequence[Cover]) -> None:
        """Store that a page is sealed and what it shows, in one transaction; idempotent."""
        async with self._transactions.write() as connection:
            if not await _is_there(connection, views.c.id == view_id):
                return
            link = update(messages).where(_link(view_id, number))
            await connection.execute(link.values(sealed=True))
            await _show(connection, view_id, number, covers)

    async def leave(self, view_id: int) -> None:
        """Store that the pages are in a chat or topic that the link left: sealed, without an id."""
        pages = (messages.c.view == view_id) & (messages.c.kind != NOTICE)
        left = {"message_id": NOWHERE, "sealed": True}
        async with self._transactions.write() as connection:
            await connection.execute(update(messages).where(pages).values(left))

    async def anchor(self, view_id: int, anchors: Mapping[str, str | None]) -> None:
        """Store below which entries late results stand; what is known of one stays."""
        async with self._transactions.write() as connection:
            if not await _is_there(connection, views.c.id == view_id):
                return
            for key, after in anchors.items():
                new = upsert(connection, late_results).values(view=view_id, key=key, after=after)
                await connection.execute(new.on_conflict_do_nothing())

    async def end(self, view_id: int, outcome: str, title: str) -> None:
        """Mark the view as ended."""
        ended = {"outcome": outcome, "title": title, "ended_at": self._clock()}
        async with self._transactions.write() as connection:
            await connection.execute(update(views).where(views.c.id == view_id).values(ended))
            await connection.execute(delete(intents).where(intents.c.view == view_id))

    async def get(self, view_id: int) -> StoredView | None:
        """Return a view by its id."""
        async with self._transactions.read() as connection:
            return next(iter(await _load(connection, views.c.id == view_id)), None)

    async def open(self) -> tuple[StoredView, ...]:
        """Return every view that has not ended, oldest first."""
        async with self._transactions.read() as connection:
            return await _load(connection, views.c.ended_at.is_(None))

    async def newest_begin(self, backend: str) -> datetime | None:
        """Return when the newest turn of a backend began that has a view."""
        query = select(func.max(views.c.started_at)).where(views.c.backend == backend)
        async with self._transactions.read() as connection:
            newest: datetime | None = await connection.scalar(query)
        return newest

    async def turns_of(self, session_id: str) -> frozenset[str]:
        """Return the turns of a session that have a view."""
        query = select(views.c.turn_id).where(views.c.session_id == session_id)
        async with self._transactions.read() as connection:
            return frozenset(await connection.scalars(query))

    async def active_since(self, moment: datetime) -> frozenset[int]:
        """Return the linked chats in which a view wrote since then."""
        query = select(views.c.chat).join(messages, messages.c.view == views.c.id)
        async with self._transactions.read() as connection:
            return frozenset(
                await connection.scalars(query.where(messages.c.sent_at >= moment).distinct())
            )

    async def of_message(self, chat_id: int, message_id: int) -> int | None:
        """Return the id of the view that a message of a Telegram chat belongs to.

        Newest first, since a chat may start its message ids again (a group that is upgraded).
        """
        query = (
            select(views.c.id)
            .join(messages, messages.c.view == views.c.id)
            .join(chats, chats.c.id == views.c.chat)
            .where((chats.c.chat_id == chat_id) & (messages.c.message_id == message_id))
            .order_by(views.c.id.desc())
            .limit(1)
        )
        async with self._transactions.read() as connection:
            return await connection.scalar(query)

    async def in_doubt(self) -> tuple[tuple[int, int], ...]:
        """Return the views with a send whose outcome is not known, as (Telegram chat, view)."""
        query = (
            select(chats.c.chat_id, views.c.id)
            .join(views, views.c.chat == chats.c.id)
            .join(intents, intents.c.view == views.c.id)
            .distinct()
            .order_by(views.c.id)
        )
        async with self._transactions.read() as connection:
            return tuple((row.chat_id, row.id) for row in await connection.execute(query))

    async def prune(self, before: datetime) -> int:
        """Forget views that ended before then, or began and never ended; returns how many."""
        last = func.coalesce(views.c.ended_at, views.c.started_at)
        async with self._transactions.write() as connection:
            done = await connection.execute(delete(views).where(last < before))
            return done.rowcount


def _link(view_id: int, number: int) -> ColumnElement[bool]:
    """The message of a view that is its link of this number, of whatever kind."""
    return (
        (messages.c.view == view_id) & (messages.c.number == number) & (messages.c.kind != NOTICE)
    )


async def _show(
    connection: AsyncConnection, view_id: int, number: int, covers: Sequence[Cover]
) -> None:
    """Replace what a link shows."""
    page = (shown.c.view == view_id) & (shown.c.number == number)
    await connection.execute(delete(shown).where(page))
    rows = [
        {
            "view": view_id,
            "number": number,
            "place": place,
            "key": cover.key,
            "kind": cover.kind,
            "digest": cover.digest,
            "length": cover.length,
            "whole": cover.whole,
            "status": cover.status,
            "fence": cover.fence,
            "source_length": cover.source[0] if cover.source is not None else None,
            "source_digest": cover.source[1] if cover.source is not None else None,
        }
        for place, cover in enumerate(covers)
    ]
    if rows:
        await connection.execute(insert(shown), rows)


async def _is_there(connection: AsyncConnection, condition: ColumnElement[bool]) -> bool:
    return bool(await connection.scalar(select(exists().where(condition))))


async def _load(
    connection: AsyncConnection, condition: ColumnElement[bool]
) -> tuple[StoredView, ...]:
    query = select(*_VIEW).where(condition).order_by(views.c.id)
    found = (await connection.execute(query)).mappings().all()
    wanted = select(views.c.id).where(condition)
    sent: dict[int, list[StoredMessage]] = defaultdict(list)
    for row in await connection.execute(
        select(messages)
        .where(messages.c.view.in_(wanted))
        .order_by(messages.c.view, messages.c.kind, messages.c.number)
    ):
        sent[row.view].append(
            StoredMessage(row.kind, row.number, row.message_id, row.sealed, row.sent_at)
        )
    covers: dict[int, list[Cover]] = defaultdict(list)
    for row in await connection.execute(
        select(shown)
        .where(shown.c.view.in_(wanted))
        .order_by(shown.c.view, shown.c.number, shown.c.place)
    ):
        source = None if row.source_length is None else (row.source_length, row.source_digest)
        covers[row.view].append(
            Cover(
                row.key,
                row.kind,
                row.digest,
                row.length,
                row.whole,
                row.status,
                row.fence,
                source,
            )
        )
    late: dict[int, dict[str, str | None]] = defaultdict(dict)
    for row in await connection.execute(
        select(late_results).where(late_results.c.view.in_(wanted))
    ):
        late[row.view][row.key] = row.after
    doubtful = await _unsettled(connection, intents.c.view.in_(wanted))
    return tuple(
        StoredView(
            **{name: value for name, value in row.items() if name != "ended_at"},
            messages=tuple(sent[row["id"]]),
            shown=tuple(covers[row["id"]]),
            late_after=late[row["id"]],
            ended=row["ended_at"] is not None,
            unsettled=tuple(doubtful[row["id"]]),
        )
        for row in found
    )


async def _unsettled(
    connection: AsyncConnection, condition: ColumnElement[bool]
) -> Mapping[int, list[Intent]]:
    found: dict[int, list[Intent]] = defaultdict(list)
    query = select(intents).where(condition).order_by(intents.c.id)
    for row in await connection.execute(query):
        covers = None if row.covers is None else covers_of(row.covers)
        found[row.view].append(Intent(row.id, row.kind, row.number, row.newest_seen, covers))
    return found
