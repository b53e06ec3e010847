"""How a chat wants its messages, who was invited, what people corrected, and where each message arrived."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add the columns and tables. Whoever subscribed before roles existed is a keeper."""
    _add_to_subscribers()
    op.add_column("events", sa.Column("visit", sa.Integer))
    op.create_index("events_by_visit", "events", ["visit"])
    _add_to_outbox()
    op.create_table(
        "corrections",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Integer, sa.ForeignKey("events.id"), nullable=False),
        sa.Column("label", sa.String(64), nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("superseded", sa.Boolean, nullable=False),
    )
    op.create_index("corrections_by_event", "corrections", ["event_id", "superseded"])
    op.create_table(
        "invitations",
        sa.Column("code_hash", sa.String(64), primary_key=True),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_by", sa.String(100)),
    )
    op.create_table(
        "uploads",
        sa.Column("photo", sa.String(200), primary_key=True),
        sa.Column("file_id", sa.Text, nullable=False),
    )


def _add_to_subscribers() -> None:
    for column in (
        sa.Column("role", sa.String(10), nullable=False, server_default="viewer"),
        sa.Column("thread", sa.Integer),
        sa.Column("language", sa.String(10), nullable=False, server_default="en"),
        sa.Column("muted_until", MOMENT),
        sa.Column("muted_kinds", sa.JSON, nullable=False, server_default="[]"),
        sa.Column("quiet_from", sa.Time),
        sa.Column("quiet_to", sa.Time),
    ):
        op.add_column("subscribers", column)
    op.execute("UPDATE subscribers SET role = 'keeper'")


def _add_to_outbox() -> None:
    for column in (
        sa.Column("is_held", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("sent_after", sa.Integer),
        sa.Column("message_id", sa.Integer),
        sa.Column("has_photo", sa.Boolean),
    ):
        op.add_column("outbox", column)
    op.create_index("outbox_by_chat", "outbox", ["state", "chat", "number"])
    op.create_index("outbox_by_event", "outbox", ["event_id", "chat"])
