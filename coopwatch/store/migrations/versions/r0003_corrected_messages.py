"""Messages that were corrected while they were on their way."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("outbox", sa.Column("is_stale", sa.Boolean, nullable=False, server_default=sa.false()))
