"""What the supervisor tells the hub's process: one JSON file, written before it starts."""

from __future__ import annotations

import time
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hub.settings import Settings

_LATEST_S = 60.0


class Orders(BaseModel):
    """Everything that the hub's process must know to run.

    `epj_urls` maps organisation numbers to the addresses that are to be used, simulated ones among them. `http_fd`
    is the inherited listening socket. `clock` is a `ScaledClock` in text, or None for the machine's time.
    """

    model_config = ConfigDict(frozen=True)

    settings: Settings
    data_directory: Path
    http_fd: int
    http_url: str
    broker_url: str
    is_broker_embedded: bool
    epj_urls: dict[str, str]
    clock: str | None = None
    operations_token: str | None = None
    ready_file: Path

    def save(self, path: Path) -> None:
        """Write the orders whole, readable by the owner only."""
        temporary = path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(self.model_dump_json(), encoding="utf-8")
        temporary.replace(path)

    @classmethod
    def load(cls, path: Path) -> Orders:
        """Read orders that `save` wrote, waiting a minute at the most for them. Raises FileNotFoundError after that.

        The supervisor starts the process first, so that it can wake up while the orders are made.
        """
        ends = time.monotonic() + _LATEST_S
        while not path.exists() and time.monotonic() < ends:
            time.sleep(0.01)
        return cls.model_validate_json(path.read_bytes())
