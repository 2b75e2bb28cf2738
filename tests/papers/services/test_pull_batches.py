"""Answers are read in a process of their own while others are stored, and the same comes of it."""

from __future__ import annotations

import os
import signal

import pytest

from papers.formats.parcels import Parcel
from papers.models import Paper, Pull
from papers.records import Rejected
from papers.services import pulling_pubmed
from papers.services.pull_batches import AnswerReader
from papers.services.pulls import queue_pull, run_pull
from papers.services.searches import search_for
from tests.fake_sources import invented

ANSWERS = [
    b"<PubmedArticleSet>"
    + b"".join(holding.xml for holding in invented(count))
    + b"</PubmedArticleSet>"
    for count in (3, 1)
]


ENTITIES = b"<!DOCTYPE x [<!ENTITY a 'b'>]><PubmedArticleSet/>"


def read(answers: list[bytes], *, apart: bool) -> list[list[tuple[bytes, bytes]]]:
    with AnswerReader("pubmed_xml", apart=apart) as reader:
        told = []
        for answer in answers:
            reader.begin(answer)
            entries = [entry for entry in reader.entries() if isinstance(entry, Parcel)]
            told.append([(entry.sha256, entry.raw) for entry in entries])
    return told


def test_another_process_reads_the_same() -> None:
    told = read(ANSWERS, apart=True)

    assert told == read(ANSWERS, apart=False)
    assert [len(entries) for entries in told] == [3, 1]


@pytest.mark.parametrize("apart", [True, False])
def test_an_answer_that_cannot_be_read_is_one_rejected_piece(apart: bool) -> None:
    with AnswerReader("pubmed_xml", apart=apart) as reader:
        reader.begin(ENTITIES)
        [piece] = reader.entries()
        reader.begin(ANSWERS[1])

        assert isinstance(piece, Rejected)
        assert piece.raw == ENTITIES.decode()
        assert len(reader.entries()) == 1


def test_answers_are_read_here_when_their_reader_is_killed() -> None:
    with AnswerReader("pubmed_xml", apart=True) as reader:
        assert reader._process
        os.kill(reader._process._process.pid, signal.SIGKILL)
        reader._process._process.wait()

        reader.begin(ANSWERS[0])
        assert len(reader.entries()) == 3
        reader.begin(ANSWERS[1])
        assert len(reader.entries()) == 1


def test_an_answer_is_read_here_when_its_reader_is_killed_while_it_tells_it() -> None:
    long = b"".join(holding.xml for holding in invented(600))
    with AnswerReader("pubmed_xml", apart=True) as reader:
        reader.begin(b"<PubmedArticleSet>" + long + b"</PubmedArticleSet>")
        assert reader._process
        stream = reader._process._process.stdout
        assert stream.peek(1)  # it has begun, and waits until somebody listens
        os.kill(reader._process._process.pid, signal.SIGKILL)
        reader._process._process.wait()

        assert len(reader.entries()) == 600


@pytest.mark.django_db
def test_a_pull_with_a_reader_of_its_own_brings_the_same(fake_sources, monkeypatch) -> None:
    fake_sources.holdings = invented(450)
    monkeypatch.setattr(pulling_pubmed, "OWN_PROCESS_RECORDS", 1)

    pull = run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None).pk)

    assert pull is not None
    assert (pull.state, pull.created, pull.position) == (Pull.State.DONE, 450, 3)
    assert Paper.objects.count() == 450
