"""The first tables: links, codes, mutes, views, and the times of calls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create everything."""
    _create_linking()
    _create_pace()
    _create_views()
    _create_contents_of_views()


def downgrade() -> None:
    """Drop everything, what refers before what is referred to."""
    for table in (
        "shown",
        "messages",
        "intents",
        "views",
        "mutes",
        "sends",
        "rests",
        "guesses",
        "codes",
        "lost_chats",
        "chats",
    ):
        op.drop_table(table)


def _create_linking() -> None:
    op.create_table(
        "chats",
        _id(),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.BigInteger, nullable=False),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("linked_by", sa.BigInteger),
        sa.Column("language", sa.String),
        _time("linked_at"),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("messages_sent", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
        sa.UniqueConstraint("chat_id", "topic", name="uq_chats_chat_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "lost_chats",
        _id(),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        sa.Column("topic", sa.BigInteger, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        _time("lost_at"),
        sa.PrimaryKeyConstraint("id", name="pk_lost_chats"),
        sa.UniqueConstraint("chat_id", "topic", name="uq_lost_chats_chat_id"),
    )
    op.create_table(
        "codes",
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        _time("expires_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_codes"),
    )


def _create_pace() -> None:
    op.create_table(
        "guesses",
        _id(),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_guesses"),
    )
    op.create_index("ix_guesses_user_id", "guesses", ["user_id"])
    op.create_table(
        "sends",
        _id(),
        sa.Column("chat_id", sa.BigInteger, nullable=False),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_sends"),
    )
    op.create_index("ix_sends_at", "sends", ["at"])
    op.create_table(
        "rests",
        sa.Column("chat_id", sa.BigInteger, autoincrement=False, nullable=False),
        _time("until"),
        sa.PrimaryKeyConstraint("chat_id", name="pk_rests"),
    )


def _create_views() -> None:
    op.create_table(
        "mutes",
        *_belongs_to("chats", "chat", "mutes"),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("chat", "workspace_id", name="pk_mutes"),
    )
    op.create_table(
        "views",
        _id(),
        *_belongs_to("chats", "chat", "views"),
        sa.Column("turn_id", sa.String, nullable=False),
        sa.Column("workspace_id", sa.String, nullable=False),
        sa.Column("session_id", sa.String, nullable=False),
        sa.Column("backend", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        _time("started_at"),
        _time("ended_at", nullable=True),
        sa.Column("outcome", sa.String),
        sa.PrimaryKeyConstraint("id", name="pk_views"),
        sa.UniqueConstraint("chat", "turn_id", name="uq_views_chat"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_views_ended_at", "views", ["ended_at"])


def _create_contents_of_views() -> None:
    op.create_table(
        "intents",
        _id(),
        *_belongs_to("views", "view", "intents"),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("newest_seen", sa.BigInteger),
        _time("at"),
        sa.PrimaryKeyConstraint("id", name="pk_intents"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_intents_view", "intents", ["view"])
    op.create_table(
        "messages",
        *_belongs_to("views", "view", "messages"),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("sealed", sa.Boolean, nullable=False),
        _time("sent_at"),
        sa.PrimaryKeyConstraint("view", "kind", "number", name="pk_messages"),
    )
    op.create_index("ix_messages_message_id", "messages", ["message_id"])
    op.create_table(
        "shown",
        *_belongs_to("views", "view", "shown"),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("digest", sa.LargeBinary(8), nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("status", sa.String),
        sa.Column("fence", sa.String),
        sa.PrimaryKeyConstraint("view", "number", "place", name="pk_shown"),
    )


def _row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", _row_id(), autoincrement=True, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _belongs_to(
    parent: str, name: str, table: str
) -> tuple[sa.Column[int], sa.ForeignKeyConstraint]:
    return sa.Column(name, _row_id(), nullable=False), sa.ForeignKeyConstraint(
        [name], [f"{parent}.id"], name=f"fk_{table}_{name}", ondelete="CASCADE"
    )
