"""Reading ahead: the same entries whether in a process of its own or not."""

from __future__ import annotations

import hashlib
from contextlib import closing

import pytest

from papers.formats import InputFile, Unreadable, ahead, read
from papers.formats.ahead import batches
from papers.formats.parcels import Digests, Parcel
from papers.records import Known, Rejected

ARTICLE = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
    "<ArticleTitle>Title <i>{pmid}</i></ArticleTitle><AuthorList><Author><LastName>Müller</LastName>"
    "</Author></AuthorList></Article></MedlineCitation></PubmedArticle>\n"
)


@pytest.fixture
def file(tmp_path):
    """Seven articles, the fourth of them bad."""
    path = tmp_path / "seven"
    pieces = [ARTICLE.format(pmid=0 if number == 4 else number) for number in range(1, 8)]
    path.write_text(f"<PubmedArticleSet>{''.join(pieces)}</PubmedArticleSet>")
    return path


@pytest.fixture(params=["here", "own process"])
def place(request, monkeypatch):
    monkeypatch.setattr(
        ahead, "OWN_PROCESS_BYTES", 0 if request.param == "own process" else 1 << 30
    )


@pytest.mark.usefixtures("place")
def test_batches_hold_every_entry_in_order(file):
    found = list(batches(file, "pubmed_xml", skip=0, size=3))

    assert [len(batch.entries) for batch in found] == [3, 3, 1]
    assert found[-1].bytes_read == file.stat().st_size
    entries = [entry for batch in found for entry in batch.entries]
    assert isinstance(entries[3], Rejected)
    records = [entry.record for entry in entries if isinstance(entry, Parcel)]
    whole = [entry for entry in read(InputFile.from_path(file)) if not isinstance(entry, Rejected)]
    assert records == whole
    assert [(r.position, r.line, r.format) for r in records] == [
        (r.position, r.line, r.format) for r in whole
    ]


@pytest.mark.usefixtures("place")
def test_parcel_holds_the_exact_bytes(file):
    (batch,) = batches(file, "pubmed_xml", skip=0, size=1000)

    first = batch.entries[0]
    assert first.raw.decode() == ARTICLE.format(pmid=1).strip()
    assert first.sha256 == hashlib.sha256(first.raw).digest()


@pytest.mark.usefixtures("place")
def test_batches_go_on_after_what_was_stored(file):
    found = list(batches(file, "pubmed_xml", skip=5, size=10))

    assert [entry.record.pmid for batch in found for entry in batch.entries] == ["6", "7"]


@pytest.mark.usefixtures("place")
def test_unreadable_file_says_why(tmp_path):
    path = tmp_path / "bomb"
    path.write_text('<!DOCTYPE a [<!ENTITY b "c">]><PubmedArticleSet></PubmedArticleSet>')

    with pytest.raises(Unreadable, match="declares entities"):
        list(batches(path, "pubmed_xml", skip=0, size=10))


def test_known_records_are_not_read_again_in_a_large_file(file, monkeypatch):
    monkeypatch.setattr(ahead, "OWN_PROCESS_BYTES", 0)
    raws = [ARTICLE.format(pmid=number).strip().encode() for number in (6, 1, 4)]
    known = Digests.of(hashlib.sha256(raw).digest() for raw in raws)

    (batch,) = batches(file, "pubmed_xml", skip=0, size=10, known=lambda: known)

    kinds = [type(entry) for entry in batch.entries]
    assert kinds == [Known, Parcel, Parcel, Rejected, Parcel, Known, Parcel]
    assert [entry.position for entry in batch.entries if isinstance(entry, Known)] == [1, 6]


def test_digests_hold_what_was_put_in():
    digests = [hashlib.sha256(bytes([number])).digest() for number in range(50)]
    held = Digests.of(digests[:25])

    assert [digest in held for digest in digests] == [True] * 25 + [False] * 25
    assert digests[0] not in Digests()
    assert (len(held), len(held.packed)) == (25, 25 * 32)


def test_process_that_crashes_is_an_error_and_no_end_of_file(file, monkeypatch):
    monkeypatch.setattr(ahead, "OWN_PROCESS_BYTES", 0)
    monkeypatch.setattr(ahead, "_PROGRAM", "import os; os._exit(139)")

    with pytest.raises(ChildProcessError):
        list(batches(file, "pubmed_xml", skip=0, size=10))


def test_process_ends_with_whoever_asked(file, monkeypatch):
    monkeypatch.setattr(ahead, "OWN_PROCESS_BYTES", 0)
    started = []
    popen = ahead.subprocess.Popen

    def remembered(*arguments, **options):
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr(ahead.subprocess, "Popen", remembered)
    with closing(batches(file, "pubmed_xml", skip=0, size=1)) as reading:
        next(reading)

    assert started[0].poll() is not None
