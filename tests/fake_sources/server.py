"""The server: answers as the sources do, notes who asked what when, misbehaves on demand."""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.fake_sources import pubmed, semantic_scholar
from tests.fake_sources.faults import FAULTS, Answer
from tests.fake_sources.holdings import Holding


@dataclass(frozen=True)
class Hit:
    """One request as it arrived: ``at`` is the machine's uptime in seconds."""

    at: float
    door: str
    params: dict[str, str]
    headers: dict[str, str]


@dataclass
class _Fault:
    name: str
    door: str
    times: int
    after: int


@dataclass
class FakeSources:
    """Both sources at one address. Use it as a context manager."""

    holdings: list[Holding]
    window: int = 9999
    """How many PMIDs PubMed shows of one result."""

    heeds_spans: bool = True
    """False: PubMed knows no dates and no numbers in a query, but shows any part of the list."""

    page: int = 1000
    """Papers on a page of Semantic Scholar's bulk search."""

    is_down: bool = False
    port: int = 0
    hits: list[Hit] = field(default_factory=list)
    _faults: list[_Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> FakeSources:
        fake = self

        class Handler(_Handler):
            sources = fake

        self._server = _Server(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def pubmed_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/entrez/eutils/"

    @property
    def semantic_scholar_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/graph/v1/"

    def misbehave(self, name: str, *, on: str = "", times: int = 1, after: int = 0) -> None:
        """Answer the next ``times`` requests to a door with a fault, after ``after`` good ones."""
        assert name in FAULTS, f"no fault {name}; there are {', '.join(FAULTS)}"
        self._faults.append(_Fault(name, on, times, after))

    def replace(self, holdings: Iterable[Holding]) -> None:
        """Newer records in the place of those with the same PMID; new ones are added."""
        newer = {holding.pmid: holding for holding in holdings}
        kept = [newer.pop(holding.pmid, holding) for holding in self.holdings]
        self.holdings = [*kept, *newer.values()]

    def asked(self, door: str = "") -> list[Hit]:
        return [hit for hit in self.hits if hit.door.startswith(door)]

    def most_within(self, seconds: float) -> int:
        """The most requests that arrived within any such time."""
        times = sorted(hit.at for hit in self.hits)
        return max(
            (sum(1 for at in times[i:] if at - start < seconds) for i, start in enumerate(times)),
            default=0,
        )

    def fault_for(self, door: str) -> str | None:
        with self._lock:
            for fault in self._faults:
                if not door.startswith(fault.door) or fault.times == 0:
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                return fault.name
        return None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is none of ours to report."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    sources: FakeSources

    def log_message(self, *arguments: object) -> None:
        """The hits are the log."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _answer(self, body: bytes) -> None:
        at = time.monotonic()
        address = urlsplit(self.path)
        params = dict(parse_qsl(address.query, keep_blank_values=True))
        is_form = "form-urlencoded" in (self.headers.get("Content-Type") or "")
        if is_form:
            params |= dict(parse_qsl(body.decode(), keep_blank_values=True))
        door = address.path.rpartition("/entrez/eutils/")[2] or address.path
        door = door.rpartition("/graph/v1/")[2] or door
        self.sources.hits.append(Hit(at, door, params, dict(self.headers)))
        if self.sources.is_down:
            return self._send(FAULTS["503"](Answer(), params, self.headers))
        answer = self._good(door, params, body)
        fault = self.sources.fault_for(door)
        return self._send(FAULTS[fault](answer, params, self.headers) if fault else answer)

    def _good(self, door: str, params: dict[str, str], body: bytes) -> Answer:
        if door.endswith(".fcgi"):
            return pubmed.answer(self.sources, door.removesuffix(".fcgi"), params)
        ids = json.loads(body)["ids"] if body and door == "paper/batch" else []
        return semantic_scholar.answer(self.sources, door, params, ids)

    def _drip_head(self, pause_s: float) -> None:
        self.close_connection = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for number in range(1000):
            self.wfile.write(b"X-%d: 1\r\n" % number)
            self.wfile.flush()
            time.sleep(pause_s)

    def _send(self, answer: Answer) -> None:
        if answer.hang_s:
            time.sleep(answer.hang_s)
            self.close_connection = True
            return
        content = answer.content
        if answer.drip_head_s:
            self._drip_head(answer.drip_head_s)
            return
        if answer.is_packed_twice:
            middle = len(content) // 2
            content = gzip.compress(content[:middle], 1) + gzip.compress(content[middle:], 1)
            answer.headers["Content-Encoding"] = "gzip"
        elif answer.is_packed or "gzip" in (self.headers.get("Accept-Encoding") or ""):
            content = gzip.compress(content, 1)
            answer.headers["Content-Encoding"] = "gzip"
        if answer.keep is not None:
            content = content[: int(len(content) * answer.keep)]
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + answer.promise_more))
        self.end_headers()
        if answer.drip_s:
            for start in range(0, len(content), 16):
                self.wfile.write(content[start : start + 16])
                self.wfile.flush()
                time.sleep(answer.drip_s)
        elif not answer.is_reset:
            self.wfile.write(content)
        self.wfile.flush()
        if answer.is_reset or answer.promise_more:
            self.close_connection = True
        if answer.is_reset:
            linger = struct.pack("ii", 1, 0)  # close with a reset instead of a goodbye
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
