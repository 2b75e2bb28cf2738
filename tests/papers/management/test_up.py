"""``manage.py up`` as ``make run`` starts it: real web server, worker and scheduler."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

import pytest
import requests

from tests.running import (
    House,
    children,
    first_password,
    import_page,
    is_alive,
    sign_in,
    wait_until,
)

pytestmark = pytest.mark.long

CSV = b"Title,PMID,Year\nVincristine in stage IV,7,2020\n,,2001\n"
UP = [sys.executable, "manage.py", "up"]


@pytest.mark.skipif(sys.platform != "linux", reason="reads the process table of Linux")
def test_up_serves_imports_and_ends_every_child(tmp_path):
    house = House(tmp_path)

    with house.started(UP) as process:
        wait_until(house.is_ready, "the first start serves", 60)
        assert f"RMS Review: {house.address}" in house.said()
        assert requests.get(f"{house.address}/healthz", timeout=20).json() == {"status": "ok"}
        password = first_password(house.said())
        browser = sign_in(house.address, "admin", password)
        page = import_page(browser, house.address, "two.csv", CSV)
        assert "2 records read: 1 new paper, 0 known already, 1 rejected." in page

        family = children(process.pid)
        assert len(family) >= 3
        process.send_signal(signal.SIGINT)
        process.wait(20)
        wait_until(lambda: not any(map(is_alive, family)), "every child ends", 10)

    began = time.monotonic()
    with house.started(UP, log="second"):
        wait_until(house.is_ready, "the second start serves", 60)
        took = time.monotonic() - began
        sign_in(house.address, "admin", password)
    # Ten seconds are promised to a machine with nothing else to do.
    busy = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
    assert took < 10 * busy
    assert "password" not in house.said("second")


def test_up_says_that_the_port_is_taken(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        house = House(tmp_path, port=other.getsockname()[1])

        ended = house.manage("up", "--no-prepare")

    assert ended.returncode == 1
    assert f"Port {house.port} is taken or not allowed" in ended.stderr
    assert "PORT=" in ended.stderr
