"""The short form of a proof: no fault of the network, of the Bot API or of ourselves loses or doubles a message."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from peers.bot_api import bot_api
from proofs.bot_storm import Storm, run

SHORT = Storm(
    people=20,
    groups=2,
    events=90,
    gap_seconds=0.5,
    outage_seconds=3,
    kills=2,
    answer_seconds=2,
    pause_seconds=0.3,
    drain_seconds=150,
)


@pytest.mark.parametrize("seed", range(1, 6))
async def test_in_a_storm_no_message_is_lost_or_doubled_and_no_group_is_flooded(tmp_path: Path, seed: int) -> None:
    async with bot_api() as api:
        outcome = await asyncio.wait_for(run(api, tmp_path / "data", replace(SHORT, seed=seed)), 240)
    print(outcome.table())  # noqa: T201 (a person runs this)
    assert not outcome.lost, outcome.table()
    assert len(outcome.doubled) <= outcome.expected / 1000, (outcome.table(), outcome.doubled)
    assert outcome.most_a_minute <= 20, outcome.table()
