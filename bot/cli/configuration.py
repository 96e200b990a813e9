"""Loads the configuration for a command, or says everything that is wrong with it."""

from __future__ import annotations

import os
import sys

from bot.config import Config, ConfigErrors

EXIT_WRONG_CONFIGURATION = 2


def load() -> Config | None:
    """Return the configuration; None when it is wrong and that was printed."""
    try:
        return Config.load(os.environ)
    except ConfigErrors as errors:
        print(errors, file=sys.stderr)
        return None
