"""The tables, for SQLite and PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time; SQLite, which has no time zones, stores its UTC form."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Refuse naive times: nobody could say later which zone was meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Return an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_RowId = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts only INTEGER keys up


def _id() -> Column[int]:
    return Column("id", _RowId, primary_key=True, autoincrement=True)


def _belongs_to(table: str, name: str, **options: Any) -> Column[int]:
    return Column(name, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, **options)


chats = Table(
    "chats",
    metadata,
    _id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("type", String, nullable=False),
    Column("title", String, nullable=False),
    Column("linked_by", BigInteger),
    Column("language", String),
    Column("linked_at", UtcDateTime, nullable=False),
    Column("settings", JSON, nullable=False),
    Column("messages_sent", Integer, nullable=False),
    UniqueConstraint("chat_id", "topic"),
    sqlite_autoincrement=True,
)

lost_chats = Table(
    "lost_chats",
    metadata,
    _id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic", BigInteger, nullable=False),
    Column("title", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("lost_at", UtcDateTime, nullable=False),
    UniqueConstraint("chat_id", "topic"),
)

codes = Table(
    "codes",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False),
)

guesses = Table(
    "guesses",
    metadata,
    _id(),
    Column("user_id", BigInteger, nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    _belongs_to("chats", "chat", primary_key=True),
    Column("workspace_id", String, primary_key=True),
)

# A view's id is what buttons carry: it must never mean another view later (AUTOINCREMENT).
views = Table(
    "views",
    metadata,
    _id(),
    _belongs_to("chats", "chat"),
    Column("turn_id", String, nullable=False),
    Column("workspace_id", String, nullable=False),
    Column("session_id", String, nullable=False),
    Column("backend", String, nullable=False),
    Column("title", String, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime, index=True),
    Column("outcome", String),
    UniqueConstraint("chat", "turn_id"),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    _belongs_to("views", "view", primary_key=True),
    Column("kind", String, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("message_id", BigInteger, nullable=False, index=True),
    Column("sealed", Boolean, nullable=False),
    Column("sent_at", UtcDateTime, nullable=False),
)

shown = Table(
    "shown",
    metadata,
    _belongs_to("views", "view", primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("key", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("digest", LargeBinary(8), nullable=False),
    Column("length", Integer, nullable=False),
    Column("whole", Boolean, nullable=False),
    Column("status", String),
    Column("fence", String),
    Column("source_length", Integer),
    Column("source_digest", LargeBinary(8)),
)

late_results = Table(
    "late_results",
    metadata,
    _belongs_to("views", "view", primary_key=True),
    Column("key", String, primary_key=True),
    Column("after", String),
)

absences = Table(
    "absences",
    metadata,
    _belongs_to("chats", "chat", primary_key=True),
    Column("backend", String, primary_key=True),
    Column("message_id", BigInteger, nullable=False),
)

intents = Table(
    "intents",
    metadata,
    _id(),
    _belongs_to("views", "view", index=True),
    Column("kind", String, nullable=False),
    Column("number", Integer, nullable=False),
    Column("newest_seen", BigInteger),
    Column("covers", String),
    Column("at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

sends = Table(
    "sends",
    metadata,
    _id(),
    Column("chat_id", BigInteger, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_sends_at", "at"),
)

rests = Table(
    "rests",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("until", UtcDateTime, nullable=False),
    Column("level", Integer, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("counter", BigInteger, primary_key=True, autoincrement=False),
    Column("newest", BigInteger, nullable=False),
)
