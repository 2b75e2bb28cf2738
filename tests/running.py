"""The product as its users run it: real processes, reached over HTTP. For tests that need that."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds: Callable[[], object], what: str, seconds: float = 30) -> object:
    """What ``holds`` returns as soon as it is true. Fails the test with ``what`` otherwise."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.1)
    raise AssertionError(f"{what}: not within {seconds} s")


@dataclass
class House:
    """A data folder, a port and the environment that processes get."""

    folder: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        ours = ("DATABASE_URL", "REDIS_URL")
        kept = {name: value for name, value in os.environ.items() if name not in ours}
        return kept | {
            "RMSREVIEW_DATA_DIR": str(self.folder / "var"),
            "PORT": str(self.port),
            "DJANGO_SETTINGS_MODULE": "rmsreview.settings",
            "WEB_WORKERS": "1",
            **self.settings,
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One ``manage.py`` command to its end."""
        return self._run("manage.py", *arguments)

    def python(self, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A script of the house, without the test's own Django."""
        return self._run("-c", script, *arguments)

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120,
        )  # fmt: skip

    @contextlib.contextmanager
    def started(self, command: Sequence[str], log: str = "up") -> Iterator[subprocess.Popen]:
        """A process that lives as long as the block; what it says is in ``log``."""
        with (self.folder / f"{log}.log").open("ab") as output:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=subprocess.STDOUT,
                start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        except BaseException:
            print(self.said(log)[-4000:])  # what a failed test shows of it
            raise
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(15)
            if process.poll() is None:
                process.kill()
                process.wait()

    def said(self, log: str = "up") -> str:
        return (self.folder / f"{log}.log").read_text(errors="replace")

    def is_ready(self) -> bool:
        with contextlib.suppress(requests.RequestException):
            return requests.get(f"{self.address}/readyz", timeout=5).status_code == 200
        return False


def first_password(output: str) -> str:
    """The administrator's password as ``prepare`` prints it."""
    return re.search(r"password\s+(\S+)", output).group(1)


def sign_in(address: str, username: str, password: str) -> requests.Session:
    browser = requests.Session()
    browser.get(f"{address}/account/login/", timeout=20)
    answer = post(
        browser, f"{address}/account/login/", data={"login": username, "password": password}
    )
    assert answer.url == f"{address}/", f"sign-in led to {answer.url}"
    return browser


def post(browser: requests.Session, url: str, **options: object) -> requests.Response:
    """A form sent as a browser does: with the CSRF token of its cookie."""
    token = browser.cookies["csrftoken"]
    headers = {"X-CSRFToken": token, "Referer": url}
    return browser.post(url, headers=headers, timeout=30, **options)


def import_page(browser: requests.Session, address: str, name: str, content: bytes) -> str:
    """Upload a file through the page and wait for its import to end; the page's text then."""
    sent = post(browser, f"{address}/imports/upload/", files={"files": (name, content)})
    assert "/imports/" in sent.url, sent.text[:2000]

    def ended() -> str | None:
        page = browser.get(sent.url, timeout=20).text
        return None if "hx-trigger" in page else page

    return str(wait_until(ended, f"the import of {name} ends"))


def children(pid: int) -> set[int]:
    """All processes below ``pid``."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
    found: set[int] = set()
    while more := {p for p, parent in parents.items() if parent in found | {pid}} - found:
        found |= more
    return found


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
