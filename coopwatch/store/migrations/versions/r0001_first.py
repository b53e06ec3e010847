"""The first tables: events, outbox, subscribers, what is remembered of nests and cameras."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# A step never imports the tables of the package: those go on to change, and a step must do for ever what it did.
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("camera", sa.String(40)),
        sa.Column("nest", sa.String(40)),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=False),
        sa.Column("hens", sa.JSON, nullable=False),
        sa.Column("certainty", sa.Float, nullable=False),
        sa.Column("photo", sa.String(200)),
        sa.Column("began", MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
    )
    nobody_is_somebody = [sa.text("coalesce(camera, '')"), sa.text("coalesce(nest, '')")]  # two NULLs never are equal
    op.create_index("events_told_once", "events", ["kind", *nobody_is_somebody, "at"], unique=True)
    op.create_index("events_by_time", "events", ["at"])
    op.create_table(
        "subscribers",
        sa.Column("chat", sa.String(100), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("event_id", sa.Integer, sa.ForeignKey("events.id"), nullable=False),
        sa.Column("chat", sa.String(100), sa.ForeignKey("subscribers.chat"), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due_at", MOMENT),
        sa.Column("sent_at", MOMENT),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("outbox_by_state", "outbox", ["state", "number"])
    for owner in ("nest", "camera"):
        op.create_table(
            f"{owner}_memory",
            sa.Column(owner, sa.String(40), primary_key=True),
            sa.Column("memory", sa.Text, nullable=False),
        )
