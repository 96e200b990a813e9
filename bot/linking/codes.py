"""One-time link codes: made, stored as hashes, redeemed once, guessed at most five times."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from bot.linking.model import (
    ChatToLink,
    LinkCode,
    Linked,
    Redemption,
    TooManyGuesses,
    WrongCode,
)

CODE_LIFETIME = timedelta(minutes=15)
GUESSES = 5
GUESS_WINDOW = timedelta(minutes=10)
REFUSAL = timedelta(minutes=10)

_CODE_BYTES = 24  # 192 bits; 32 characters of the alphabet a deep link's payload allows


class CodeStore(Protocol):
    """Where codes and guesses are kept."""

    async def add(self, digest: bytes, expires_at: datetime) -> None:
        """Store a code's hash."""

    async def redeem(self, digest: bytes, now: datetime, chat: ChatToLink) -> Linked | None:
        """Use up an unexpired code and link the chat, in one transaction; None: no such code."""

    async def guess(
        self, user_id: int, now: datetime, since: datetime
    ) -> tuple[int, tuple[datetime, ...]]:
        """Store a guess; returns its id and this person's earlier ones since then, oldest first."""

    async def forget_guess(self, guess_id: int) -> None:
        """Withdraw a guess: it was right, or was not listened to."""


class Linking:
    """Issues and redeems codes; `clock` returns aware UTC times."""

    def __init__(self, store: CodeStore, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    async def issue(self) -> LinkCode:
        """Make a code that links one chat within CODE_LIFETIME."""
        code = LinkCode(secrets.token_urlsafe(_CODE_BYTES), self._clock() + CODE_LIFETIME)
        await self._store.add(digest(code.code), code.expires_at)
        return code

    async def redeem(self, code: str, user_id: int, chat: ChatToLink) -> Redemption:
        """Link a chat by a code.

        The guess is stored before the code is looked at, so that guesses sent at the same time
        count each other.
        """
        now = self._clock()
        guess_id, earlier = await self._store.guess(user_id, now, now - GUESS_WINDOW - REFUSAL)
        until = refused_until(earlier, now)
        if until is not None:
            await self._store.forget_guess(guess_id)
            return TooManyGuesses(until)
        linked = await self._store.redeem(digest(code), now, chat)
        if linked is None:
            return WrongCode()
        await self._store.forget_guess(guess_id)
        return linked


def digest(code: str) -> bytes:
    """Hash a code for storage; a code has too many bits to be found from it."""
    return hashlib.sha256(code.strip().encode("utf-8", "replace")).digest()


def refused_until(guesses: Sequence[datetime], now: datetime) -> datetime | None:
    """Say until when somebody with these wrong guesses (oldest first) is refused."""
    latest = guesses[-GUESSES:]
    if len(latest) < GUESSES or latest[-1] - latest[0] >= GUESS_WINDOW:
        return None
    until = latest[-1] + REFUSAL
    return until if now < until else None
