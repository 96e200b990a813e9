"""Link codes (hashed) and who guessed them wrong."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from bot.linking.model import ChatToLink, Linked
from bot.storage.chats import link
from bot.storage.engine import Transactions
from bot.storage.tables import codes, guesses


class Codes:
    """The CodeStore of `bot.linking.codes`."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def add(self, digest: bytes, expires_at: datetime) -> None:
        """Store a code's hash."""
        async with self._transactions.write() as connection:
            await connection.execute(insert(codes).values(digest=digest, expires_at=expires_at))

    async def redeem(self, digest: bytes, now: datetime, chat: ChatToLink) -> Linked | None:
        """Use up an unexpired code and link the chat, in one transaction; None: no such code."""
        async with self._transactions.write() as connection:
            await connection.execute(delete(codes).where(codes.c.expires_at <= now))
            used = await connection.execute(delete(codes).where(codes.c.digest == digest))
            return await link(connection, chat, now) if used.rowcount else None

    async def guess(
        self, user_id: int, now: datetime, since: datetime
    ) -> tuple[int, tuple[datetime, ...]]:
        """Store a guess; returns its id and this person's earlier ones since then, oldest first."""
        async with self._transactions.write() as connection:
            await connection.execute(delete(guesses).where(guesses.c.at < since))
            earlier = await connection.scalars(
                select(guesses.c.at).where(guesses.c.user_id == user_id).order_by(guesses.c.id)
            )
            stored = await connection.execute(
                insert(guesses).values(user_id=user_id, at=now).returning(guesses.c.id)
            )
            return int(stored.scalar_one()), tuple(earlier.all())

    async def forget_guess(self, guess_id: int) -> None:
        """Withdraw a guess: it was right, or was not listened to."""
        async with self._transactions.write() as connection:
            await connection.execute(delete(guesses).where(guesses.c.id == guess_id))
