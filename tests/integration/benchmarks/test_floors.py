"""A comparison with programs that do less would be worth nothing."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.agreement import Conversation
from benchmarks.dataset import Dataset
from benchmarks.servers import SECRET, all_servers

from taskhub.users.infrastructure.access_tokens import JwtAccessTokens


def test_floors_answer_as_taskhub_does_and_leave_the_same_rows(loaded_url: str, dataset: Dataset, tmp_path: Path) -> None:
    seat = next(iter(dataset.seats.values()))[0]
    token = JwtAccessTokens((SECRET.encode(),)).issue(seat.user_id, seat.session_id, now=datetime.now(UTC))
    with all_servers(loaded_url, tmp_path) as servers:
        asyncio.run(Conversation(loaded_url, dataset, token).agree(servers))
