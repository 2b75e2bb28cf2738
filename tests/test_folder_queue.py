"""The embedded queue: a message is seen whole or not at all."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

MESSAGES = 300


@pytest.fixture
def connect(tmp_path):
    """A call that opens a channel of its own on one folder, as another process would."""
    opened = []

    def opens():
        folders = ("data_folder_in", "data_folder_out")
        options = dict.fromkeys(folders, str(tmp_path)) | {"control_folder": str(tmp_path / "ctl")}
        opened.append(Connection("folder://localhost//", transport_options=options))
        return opened[-1].channel()

    yield opens
    for connection in opened:
        connection.release()


def test_messages_come_out_as_they_went_in(connect):
    connect()._put("celery", {"body": "first"})

    reader = connect()
    assert reader._get("celery") == {"body": "first"}
    with pytest.raises(Empty):
        reader._get("celery")


def test_message_that_is_still_being_written_is_not_there(connect, monkeypatch):
    seen = []
    reader = connect()
    replace = Path.replace

    def look_then_replace(part, path):
        with pytest.raises(Empty):
            reader._get("celery")
        seen.append(part.read_bytes())
        return replace(part, path)

    monkeypatch.setattr(Path, "replace", look_then_replace)
    connect()._put("celery", {"body": "whole"})

    assert seen == [b'{"body": "whole"}']
    assert reader._get("celery") == {"body": "whole"}


def test_reader_beside_a_busy_writer_gets_every_message(connect):
    writer, reader = connect(), connect()
    sending = threading.Thread(
        target=lambda: [writer._put("celery", {"n": n}) for n in range(MESSAGES)]
    )
    got = []

    sending.start()
    while sending.is_alive():
        with suppress(Empty):
            got.append(reader._get("celery")["n"])
    while len(got) < MESSAGES:
        got.append(reader._get("celery")["n"])

    assert sorted(got) == list(range(MESSAGES))


def test_queues_of_an_exchange_are_kept_beside_each_other(connect):
    channel = connect()

    channel._queue_bind("house", "a", "", "one")
    channel._queue_bind("house", "b", "", "two")
    channel._queue_bind("house", "a", "", "one")

    assert [place.queue for place in connect().get_table("house")] == ["two", "one"]
