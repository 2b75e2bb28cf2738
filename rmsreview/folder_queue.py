"""The queue of an installation without Redis: kombu's folder of files, safe to read while written.

kombu's own writes a message into the file that readers already see. A worker that takes it a
moment too early reads nothing, and ends. The same holds for the table of queues at the first start.
Here both come to their names only when they are whole.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps

SCHEME = "folder"


class Channel(filesystem.Channel):
    """Names of messages sort by the time they were sent, as kombu's do."""

    def _put(  # type: ignore[override]
        self, queue: str, payload: dict[str, Any], **kwargs: Any
    ) -> None:
        name = f"{time.monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, dumps(payload))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        place = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        known = self.get_table(exchange)
        if place in known:
            return
        self.control_folder.mkdir(exist_ok=True)
        _write_whole(self._exchange_file(exchange), dumps([place, *known]))


class Transport(filesystem.Transport):
    Channel = Channel


def _write_whole(path: Path, text: str) -> None:
    """Under a name that no reader looks for, then moved: a reader sees all of it or none."""
    part = path.with_name(f".{uuid.uuid4()}.part")
    part.write_bytes(text.encode())
    part.replace(path)


TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"
