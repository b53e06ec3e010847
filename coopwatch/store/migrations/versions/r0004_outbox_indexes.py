"""What a start asks of an outbox of years: the newest messages, and those of the last minute."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the indexes."""
    op.create_index("outbox_by_message", "outbox", ["message_id", "chat"])
    op.create_index("outbox_by_time", "outbox", ["sent_at"])
