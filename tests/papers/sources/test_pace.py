"""One rate for everybody."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import threading
import time
import uuid

import pytest

from papers.sources.pace import Crowded, FilePace, HeldOff, Pace, PaceUnreachable, RedisPace
from tests.running import ROOT

RATE = 20

PROGRAM = """
import sys, time
from pathlib import Path
from papers.sources.pace import FilePace
pace = FilePace(Path(sys.argv[1]), float(sys.argv[2]))
for _ in range(int(sys.argv[3])):
    turn = pace.take()
    print(time.monotonic(), flush=True)
    turn.sent()
"""


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.services)])
def pace(request, tmp_path) -> Pace:
    if request.param == "file":
        return FilePace(tmp_path / "pace", RATE)
    url = os.environ.get("REDIS_URL")
    if not url:
        pytest.skip("needs REDIS_URL")
    return RedisPace(url, f"test-{uuid.uuid4()}", RATE)


def gaps(times: list[float]) -> list[float]:
    times = sorted(times)
    return [after - before for before, after in itertools.pairwise(times)]


def test_turns_of_many_threads_are_an_interval_apart(pace):
    times: list[float] = []

    def work() -> None:
        for _ in range(4):
            turn = pace.take()
            times.append(time.monotonic())
            turn.sent()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(times) == 16
    assert min(gaps(times)) >= pace.interval_s - 0.002


def test_turns_of_many_processes_are_an_interval_apart(tmp_path):
    command = [sys.executable, "-c", PROGRAM, str(tmp_path / "pace"), str(RATE), "6"]
    processes = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]

    times = [float(line) for process in processes for line in process.communicate()[0].split()]

    assert len(times) == 18
    assert min(gaps(times)) >= 1 / RATE


def test_nobody_sends_while_another_has_the_turn(pace):
    turn = pace.take()
    waited: list[float] = []
    late = threading.Thread(target=lambda: (pace.take().sent(), waited.append(time.monotonic())))
    late.start()
    time.sleep(0.3)
    passed_on = time.monotonic()

    turn.sent()
    late.join()

    assert waited[0] - passed_on >= pace.interval_s - 0.002


def test_hold_off_holds_everybody_off(pace):
    pace.take().sent()
    begun = time.monotonic()

    pace.hold_off(0.4)
    pace.take().sent()

    assert 0.39 <= time.monotonic() - begun < 2


def test_hold_off_does_not_shorten_a_longer_one(pace):
    begun = time.monotonic()

    pace.hold_off(0.4)
    pace.hold_off(0.1)
    pace.take().sent()

    assert time.monotonic() - begun >= 0.39


def test_who_has_less_patience_than_the_source_asks_for_is_told_at_once(pace):
    pace.hold_off(30)

    with pytest.raises(HeldOff) as raised:
        pace.take(patience_s=10)

    assert 29 < raised.value.wait_s <= 30


def test_who_finds_no_turn_among_others_is_not_told_that_the_source_asked_for_it(pace):
    pace.take().sent()

    with pytest.raises(Crowded):
        pace.take(patience_s=0)


def test_who_finds_no_redis_is_told_so():
    with pytest.raises(PaceUnreachable):
        RedisPace("redis://127.0.0.1:9/0", "test", RATE).take(patience_s=0)


def test_waiting_for_a_turn_can_be_given_up(pace):
    class GivenUp(Exception):
        pass

    def sleep(seconds: float) -> None:
        raise GivenUp

    pace.hold_off(30)

    with pytest.raises(GivenUp):
        pace.take(sleep)


def test_a_mark_from_before_the_machine_was_restarted_does_not_count(tmp_path):
    path = tmp_path / "pace"
    path.write_text(f"{time.monotonic() + 1_000_000:.6f}")
    begun = time.monotonic()

    FilePace(path, RATE).take().sent()

    assert time.monotonic() - begun < 1


def test_a_file_without_sense_counts_as_none(tmp_path):
    path = tmp_path / "pace"
    path.write_text("not a number")

    FilePace(path, RATE).take().sent()

    assert float(path.read_text()) > time.monotonic() - 1


def test_redis_out_of_reach_lets_nobody_send():
    class GivenUp(Exception):
        pass

    def sleep(seconds: float) -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        RedisPace("redis://127.0.0.1:9/0", "nowhere", RATE).take(sleep)
