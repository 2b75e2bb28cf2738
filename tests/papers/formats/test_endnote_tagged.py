"""EndNote's tagged format, as EndNote, Google Scholar and repositories write it."""

from __future__ import annotations

import json

import pytest

from papers.formats import InputFile, detect, endnote_tagged, read, read_one
from papers.records import AbstractSection, PartialDate, Record, Rejected, TagLabel

ENDNOTE = """%0 Journal Article
%T Vincristine and irinotecan
%A Di Carlo, Daniela
%A Smith, J. A.
%A Children's Oncology Group,
%J The Lancet. Oncology
%V 20
%N 11
%P 1566-75
%D 2019
%8 Nov 4
%@ 1474-5488 (Electronic)
1470-2045 (Linking)
%G eng
%R 10.1016/S1470-2045(19)30617-5
%M 31562043
%2 PMC8178207
%U https://pubmed.ncbi.nlm.nih.gov/31562043/
%+ Rome, Italy.
%K Child
Models, Theoretical
RMS Review regimen: ivado (rejected)
%X BACKGROUND: First.

RESULTS: Second, after a blank line.
%Z NCT01222715
%~ Medline

"""


def entries(text: str | bytes) -> list:
    raw = text.encode() if isinstance(text, str) else text
    return list(read(InputFile.from_bytes(raw), "endnote_tagged"))


def one(text: str) -> Record:
    (record,) = entries(text)
    assert isinstance(record, Record), record
    assert read_one(record.raw, "endnote_tagged") == record
    return record


def test_every_field_of_endnote():
    record = one(ENDNOTE)

    assert record.title == "Vincristine and irinotecan"
    assert [author.name for author in record.authors] == [
        "Di Carlo, Daniela",
        "Smith, J. A.",
        "Children's Oncology Group",
    ]
    assert record.authors[0].affiliations == ("Rome, Italy.",)
    assert record.authors[2].is_collective
    assert record.journal.title == "The Lancet. Oncology"
    assert (record.journal.issn_print, record.journal.issn_electronic) == ("1470-2045", "1474-5488")
    assert (record.volume, record.issue, record.pages) == ("20", "11", "1566-1575")
    assert record.published == PartialDate(2019, 11, 4)
    assert record.languages == ("eng",)
    assert (record.doi, record.pmid, record.pmcid) == (
        "10.1016/s1470-2045(19)30617-5",
        "31562043",
        "PMC8178207",
    )
    assert record.url == "https://pubmed.ncbi.nlm.nih.gov/31562043/"
    assert record.keywords == ("Child", "Models, Theoretical")
    assert record.tags == (TagLabel(regimen="ivado", state="rejected"),)
    assert record.abstract_sections == (
        AbstractSection("BACKGROUND", "First."),
        AbstractSection("RESULTS", "Second, after a blank line."),
    )
    assert record.trial_registrations == ("NCT01222715",)
    assert record.publication_types == ("Journal Article",)
    assert record.raw == ENDNOTE.strip().encode()


def test_google_scholar_export():
    record = one(
        "%0 Journal Article\n%T Rhabdomyosarcoma\n%A Skapek, Stephen X\n%J Nature reviews\n"
        "%V 5\n%N 1\n%P 1\n%@ 2056-676X\n%D 2019\n%I Nature Publishing Group\n"
    )

    assert record.title == "Rhabdomyosarcoma"
    assert record.journal.issn_print == "2056-676X"
    assert record.journal.publisher == "Nature Publishing Group"
    assert record.pages == "1"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_records_are_parted_by_blank_lines(newline):
    text = "%0 Book\n%T A\n\n%0 Journal Article\n%T B\n\n\n%T C\n%0 Thesis\n".replace("\n", newline)

    found = entries("\ufeff" + text)

    assert [(record.title, record.line, record.position) for record in found] == [
        ("A", 1, 1),
        ("B", 4, 2),
        ("C", 8, 3),
    ]
    assert [record.publication_types for record in found] == [
        ("Book",),
        ("Journal Article",),
        ("Thesis",),
    ]


def test_second_type_begins_a_record_without_a_blank_line():
    assert [record.title for record in entries("%0 Book\n%T A\n%0 Book\n%T B")] == ["A", "B"]


def test_abstract_and_keywords_go_on_after_blank_lines():
    record = one("%0 Journal Article\n%T A\n%X One.\n\nTwo.\n\n%K x; y\n\n%U https://x.org\n")

    assert record.abstract == "One. Two."
    assert record.keywords == ("x", "y")
    assert record.url == "https://x.org"


def test_chapter_has_its_book():
    record = one(
        "%0 Book Section\n%T A\n%B Tumours\n%E Doe, Jane\n%I Wiley\n%C Rome\n%@ 9780123456786"
    )

    assert record.book.title == "Tumours"
    assert (record.book.publisher, record.book.place) == ("Wiley", "Rome")
    assert record.book.isbns == ("9780123456786",)
    assert [editor.name for editor in record.book.editors] == ["Doe, Jane"]


def test_bad_values_are_left_out_and_said():
    record = one("%0 Journal Article\n%T A\n%M 0\n%D 20225\n%R none")

    assert (record.pmid, record.published, record.doi) == (None, None, None)
    assert record.remarks == (
        "DOI 'none' is not valid and was left out.",
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
    )


def test_lines_before_the_first_tag_are_rejected():
    bad, record = entries("Exported on Monday\n\n%0 Book\n%T A\n")

    assert isinstance(bad, Rejected)
    assert (bad.line, bad.raw) == (1, "Exported on Monday")
    assert bad.reason == "No line here begins with a tag such as %T. Export the file again."
    assert (record.title, record.line) == ("A", 3)


def test_record_that_names_nothing_is_rejected():
    (bad,) = entries("%0 Book\n%D 2020\n")

    assert bad.reason == "The record has neither a title, nor authors, nor a valid identifier."


def test_markup_percent_and_unknown_tags():
    record = one(
        "%0 Journal Article\n%T 10<sup>6</sup> at 5%\n%L call\n%X <script>x</script>50% of A\n%"
    )

    assert record.title_html == "10<sup>6</sup> at 5%"
    assert record.title == "106 at 5%"
    assert record.abstract == "50% of A %"


def test_windows_1252_file_is_decoded():
    (record,) = entries("%0 Book\n%T Müller’s\n".encode("cp1252"))

    assert record.title == "Müller’s"


def test_long_title_and_3000_authors_are_kept():
    people = "".join(f"%A Family{number}, A.\n" for number in range(3000))

    record = one(f"%0 Book\n%T {'x' * 10_000}\n{people}")

    assert len(record.title) == 10_000
    assert len(record.authors) == 3000


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_empty_file_holds_nothing(text):
    assert entries(text) == []


@pytest.mark.parametrize(
    ("head", "sureness"),
    [
        (ENDNOTE, 85),
        ("%A testA", 40),
        ("% Encoding: UTF-8\n@article{a,", 0),
        ("%PDF-1.4", 0),
        ("", 0),
    ],
)
def test_detect(head, sureness):
    assert endnote_tagged.detect(head) == sureness


def test_file_is_recognised_by_its_content():
    assert detect(InputFile.from_bytes(ENDNOTE.encode())).name == "endnote_tagged"


def test_answer_key_of_a_lone_author_holds(shared):
    folder = shared / "payloads/endnote/jabref"
    key = json.loads((folder / "expected.json").read_text())["Endnote.pattern.A.enw"]

    (record,) = read(InputFile.from_path(folder / "Endnote.pattern.A.enw"))

    assert key == {
        "encoding": "utf-8-sig",
        "n_records": 1,
        "records": [
            {"type": None, "title": record.title, "n_authors": len(record.authors)},
        ],
    }
    assert record.publication_types == ()
    assert read_one(record.raw, record.format) == record


def test_repository_export_with_the_type_behind_the_title(shared):
    """The key cuts this file at each "%0", which stands second here, so it has the authors and
    types of each record one record late; the blank lines and the titles say what is right."""
    folder = shared / "payloads/endnote/colrev"
    key = json.loads((folder / "expected.json").read_text())["enl_data.enl"]

    records = list(read(InputFile.from_path(folder / "enl_data.enl")))

    assert [record.title for record in records] == [facts["title"] for facts in key["records"]]
    assert [len(record.authors) for record in records] == [4, 1, 0]
    assert [record.publication_types for record in records] == [
        ("Journal Article",),
        ("Journal Article",),
        (),
    ]
    assert all(read_one(record.raw, record.format) == record for record in records)
