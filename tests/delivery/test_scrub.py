"""The bot's token is in the address of every call, and in no failure of one."""

from __future__ import annotations

import traceback

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMe, Response, TelegramMethod
from aiogram.types import User

from bot.delivery.scrub import Scrub

TOKEN = "123456:" + "s" * 35


@pytest.mark.parametrize("cause", [OSError(f"no route to /bot{TOKEN}/getMe"), OSError("no route")])
async def test_a_failure_has_no_token(cause: OSError) -> None:
    """Neither its words nor its traceback; a cause without the token stays."""

    async def fail(bot: Bot, method: TelegramMethod[User]) -> Response[User]:
        raise TelegramNetworkError(method, f"ClientError: {cause} /bot{TOKEN}/getMe") from cause

    with pytest.raises(TelegramNetworkError) as caught:
        await Scrub()(fail, Bot(TOKEN), GetMe())
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert "no route" in told
    assert TOKEN not in told
    assert (caught.value.__cause__ is cause) is (TOKEN not in str(cause))
