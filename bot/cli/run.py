"""Runs the bot."""

from __future__ import annotations

import asyncio
import sys

from bot import log
from bot.cli.configuration import EXIT_WRONG_CONFIGURATION, load
from bot.cli.leaving import leave_undisturbed
from bot.cli.translating import translator
from bot.config import Config
from bot.redaction import Redactor


def run(mode: str | None) -> int:
    """Run until told to stop; `mode` is "polling", "webhook" or None for what is configured."""
    config = load()
    if config is None:
        return EXIT_WRONG_CONFIGURATION
    if mode == "webhook" or (mode is None and config.telegram_webhook_url is not None):
        _ = translator(config)
        no_webhook = _(
            "The webhook is not part of this version yet: run “python -m bot --polling”, "
            "which needs no public address."
        )
        print(no_webhook, file=sys.stderr)
        return EXIT_WRONG_CONFIGURATION
    return asyncio.run(_serve_and_leave(config))


async def _serve_and_leave(config: Config) -> int:
    try:
        return await serve(config)
    finally:
        leave_undisturbed()


async def serve(config: Config) -> int:
    """Run the bot with this configuration in the running loop."""
    from bot import app

    log.configure(config.log_level, config.log_format, Redactor(config.secrets()))
    return await app.run(config)
