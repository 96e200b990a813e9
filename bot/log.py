"""Structured logging to standard error, with every record redacted, whoever wrote it."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_URL_CREDENTIALS = re.compile(r"(?<=://)[^\s\"'<>]{1,300}@")

_QUIET = {"aiogram.event": logging.WARNING, "aiosqlite": logging.WARNING}
"""Libraries that tell every update or statement."""


def configure(
    level: str,
    fmt: Literal["console", "json"],
    redact: Callable[[str, bool], str],
    stream: TextIO | None = None,
) -> None:
    """Send structlog's and the standard library's records through one redacted handler.

    Replaces what was configured before; `redact(text, True)` masks what it knows, and the
    credentials of URLs are masked besides.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_rendering(fmt, handler.stream.isatty(), redact),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(True)
    for name, quiet in _QUIET.items():
        logging.getLogger(name).setLevel(quiet)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _rendering(
    fmt: Literal["console", "json"], colors: bool, redact: Callable[[str, bool], str]
) -> list[Processor]:
    if fmt == "console":
        # Plain tracebacks: the pretty ones print local variables, and with them their secrets.
        console = structlog.dev.ConsoleRenderer(
            colors=colors, exception_formatter=structlog.dev.plain_traceback
        )
        return [_redacted(console, redact)]
    return [
        structlog.processors.format_exc_info,
        _redacted(structlog.processors.JSONRenderer(ensure_ascii=False), redact),
    ]


def _redacted(renderer: Processor, redact: Callable[[str, bool], str]) -> Processor:
    """Mask the finished line, so that no field, message or traceback is forgotten."""

    def render(logger: WrappedLogger, name: str, event: EventDict) -> str:
        line = str(renderer(logger, name, event))
        return redact(_URL_CREDENTIALS.sub("••••@", line), True)

    return render
