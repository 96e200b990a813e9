from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest

from bot.linking.codes import CODE_LIFETIME, Linking, digest, refused_until
from bot.linking.model import ChatToLink, Linked, TooManyGuesses, WrongCode
from bot.storage.database import Database
from tests.fakes.clock import FakeClock

ADA, BOB = 7, 8
CHAT = ChatToLink(ADA, 0, "private", "Ada", ADA, "en")
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def linking(database: Database, clock: FakeClock) -> Linking:
    return Linking(database.codes, clock.wall)


async def test_code_fits_a_deep_link(linking: Linking) -> None:
    """A code is at most 64 characters of a deep link's alphabet, and never the same again."""
    codes = {(await linking.issue()).code for _ in range(5)}
    assert len(codes) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,64}", code) for code in codes)


async def test_redeem(linking: Linking, clock: FakeClock) -> None:
    """A code links the chat in which it is sent."""
    code = await linking.issue()
    redeemed = await linking.redeem(code.code, ADA, CHAT)
    assert isinstance(redeemed, Linked)
    assert not redeemed.again
    assert (redeemed.chat.chat_id, redeemed.chat.linked_by) == (ADA, ADA)
    assert redeemed.chat.linked_at == clock.wall()


async def test_linking_again(linking: Linking) -> None:
    """A second code for the same chat says that it was linked before."""
    for again in (False, True):
        redeemed = await linking.redeem((await linking.issue()).code, ADA, CHAT)
        assert isinstance(redeemed, Linked)
        assert redeemed.again is again


async def test_code_works_once(linking: Linking) -> None:
    """A used code is wrong, also for two people at the same moment."""
    code = (await linking.issue()).code
    redeemed = await asyncio.gather(*(linking.redeem(code, user, CHAT) for user in (ADA, BOB)))
    assert sorted(type(result).__name__ for result in redeemed) == ["Linked", "WrongCode"]


async def test_code_expires(linking: Linking, clock: FakeClock) -> None:
    """A code lives 15 minutes."""
    first, second = await linking.issue(), await linking.issue()
    assert first.expires_at == clock.wall() + CODE_LIFETIME
    await clock.advance(CODE_LIFETIME.total_seconds() - 1)
    assert isinstance(await linking.redeem(first.code, ADA, CHAT), Linked)
    await clock.advance(1)
    assert await linking.redeem(second.code, ADA, CHAT) == WrongCode()


async def test_five_wrong_guesses(linking: Linking, clock: FakeClock) -> None:
    """After five wrong guesses that person is refused for ten minutes, with any code."""
    code = (await linking.issue()).code
    for _ in range(5):
        assert await linking.redeem("wrong", ADA, CHAT) == WrongCode()
    until = clock.wall() + 10 * MINUTE
    assert await linking.redeem(code, ADA, CHAT) == TooManyGuesses(until)
    await clock.advance(599)
    assert await linking.redeem(code, ADA, CHAT) == TooManyGuesses(until)
    await clock.advance(1)
    assert isinstance(await linking.redeem(code, ADA, CHAT), Linked)


async def test_codes_stay_valid_for_others(linking: Linking) -> None:
    """Somebody else's guesses spoil neither a code nor anybody's tries."""
    code = (await linking.issue()).code
    for _ in range(6):
        await linking.redeem("wrong", BOB, CHAT)
    assert isinstance(await linking.redeem(code, ADA, CHAT), Linked)


async def test_guesses_at_the_same_moment(linking: Linking) -> None:
    """Guesses that arrive together count each other."""
    redeemed = await asyncio.gather(*(linking.redeem("wrong", ADA, CHAT) for _ in range(12)))
    assert sum(isinstance(result, WrongCode) for result in redeemed) == 5


async def test_right_codes_are_no_guesses(linking: Linking) -> None:
    """Linking many chats with right codes never leads to a refusal."""
    for _ in range(7):
        code = (await linking.issue()).code
        assert isinstance(await linking.redeem(code, ADA, CHAT), Linked)


async def test_only_the_hash_is_stored(linking: Linking, database: Database) -> None:
    """The database holds nothing from which a code could be read."""
    code = (await linking.issue()).code
    assert await database.codes.redeem(code.encode(), NOON, CHAT) is None
    assert await database.codes.redeem(digest(code), NOON, CHAT) is not None


def test_blanks_around_a_code() -> None:
    """A code copied with blanks is the same code, and any text has a digest."""
    assert digest(" abc\n") == digest("abc")
    assert len(digest("\ud800")) == 32


@pytest.mark.parametrize(
    ("minutes", "now", "refused"),
    [
        ([], 0, None),
        ([0, 1, 2, 3], 3, None),
        ([0, 1, 2, 3, 4], 4, 14),
        ([0, 1, 2, 3, 4], 13, 14),
        ([0, 1, 2, 3, 4], 14, None),
        ([0, 3, 6, 9, 10], 10, None),
        ([0, 3, 6, 9, 9.5], 12, 19.5),
        ([0, 1, 2, 3, 4, 15], 15, None),
    ],
)
def test_refused_until(minutes: list[float], now: float, refused: float | None) -> None:
    """Five guesses within ten minutes refuse for ten minutes from the fifth; no others do."""
    times = [NOON + minute * MINUTE for minute in minutes]
    until = None if refused is None else NOON + refused * MINUTE
    assert refused_until(times, NOON + now * MINUTE) == until
