"""Timestamps as vibe-kanban writes them: RFC 3339 with Z and 0, 3 or 9 fractional digits."""

from __future__ import annotations

from datetime import UTC, datetime


def parse(text: str) -> float:
    """Read a timestamp as seconds since the epoch."""
    return datetime.fromisoformat(text).timestamp()


def write(seconds: float, digits: int = 9) -> str:
    """Write seconds since the epoch with so many fractional digits."""
    moment = datetime.fromtimestamp(seconds, UTC)
    fraction = f"{moment.microsecond:06d}000"[:digits]
    return f"{moment:%Y-%m-%dT%H:%M:%S}{'.' + fraction if digits else ''}Z"


def digits(text: str) -> int:
    """Count the fractional digits of a timestamp."""
    return len(text.partition(".")[2].rstrip("Z"))
