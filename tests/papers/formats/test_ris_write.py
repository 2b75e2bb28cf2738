"""Writing RIS: our reader reads back what was written, and rispy parses it."""

from __future__ import annotations

import datetime as dt

import pytest
import rispy
from hypothesis import given, settings
from hypothesis import strategies as st

from papers.formats import InputFile, read, write
from papers.records import (
    AbstractSection,
    AuthorName,
    Book,
    Grant,
    JournalName,
    MeshHeading,
    MeshQualifier,
    PartialDate,
    Record,
    Related,
    Source,
    Substance,
    TagLabel,
)
from tests.papers.formats import any_records

FULL = Record(
    source=Source.FILE,
    doi="10.1016/s1470-2045(19)30617-5",
    pmid="31562043",
    pmcid="PMC8178207",
    semantic_scholar_id="0123456789abcdef0123456789abcdef01234567",
    other_ids=(("arxiv", "2101.00001"), ("pii", "S1470-2045(19)30617-5")),
    title="Vincristine in 106 cells",
    title_html="Vincristine in 10<sup>6</sup> cells",
    original_title="Vincristin",
    abstract_sections=(
        AbstractSection("BACKGROUND", "A 5% risk of CD34+.", "A 5% risk of CD34<sup>+</sup>."),
        AbstractSection("What it adds", "Nothing; P <0.05."),
    ),
    abstract_copyright="© 2019 Elsevier",
    authors=(
        AuthorName(
            "Di Carlo, Daniela", "Di Carlo", "Daniela", "D",
            orcid="0000-0002-1825-0097", affiliations=("Padova: Italy", "Paris"),
        ),
        AuthorName("Smith, John A.", "Smith", "John A.", "JA", "Jr"),
        AuthorName("Liu R.", "Liu", "R.", "R"),
        AuthorName("Children's Oncology Group, Soft Tissue Committee", is_collective=True),
    ),
    journal=JournalName(
        "The Lancet. Oncology", "Lancet Oncol", "1470-2046", "1470-2045", "1474-5488", "100957246",
        "Elsevier", "England",
    ),
    volume="20",
    issue="11",
    pages="1566-1575",
    published=PartialDate(2019, 11, 4),
    electronic=PartialDate(2019, 9, 24),
    revised=dt.date(2020, 1, 2),
    languages=("eng", "fre"),
    publication_types=("Journal Article", "Clinical Trial, Phase II", "Retracted Publication"),
    mesh_headings=(MeshHeading("Child", None, True, (MeshQualifier("genetics"),)),),
    keywords=("Sarcoma", "Models, Theoretical", "a; b"),
    substances=(Substance("Vincristine", "D014750", "5J49Q6B70F"),),
    trial_registrations=("NCT01222715", "ISRCTN12345678"),
    grants=(Grant("R01", "NCI", "United States"),),
    related=(Related("retraction_in", "33333333", None, "Lancet Oncol. 2020;21:e1"),),
    citation_count=12,
    url="https://example.org/a?b=1;c",
    note="In press\nTY  - JOUR\nER  - ",
    tags=(TagLabel(therapy_class="chemotherapy"), TagLabel(regimen="ivado", state="rejected"),
          TagLabel(setting="maintenance"), TagLabel(study_design="rct")),
)  # fmt: skip


def written(*found: Record) -> str:
    return b"".join(write("ris", found)).decode()


def read_back(*found: Record) -> list:
    return list(read(InputFile.from_bytes(written(*found).encode()), "ris"))


def test_everything_is_read_back():
    assert read_back(FULL) == [FULL]


def test_what_ris_has_tags_for_stands_in_them():
    lines = written(FULL).split("\r\n")

    assert lines[0] == "TY  - JOUR"
    assert set(lines) >= {
        "TI  - Vincristine in 106 cells", "AU  - Di Carlo, Daniela", "AU  - Smith, John A., Jr",
        "AU  - Children's Oncology Group, Soft Tissue Committee,", "JF  - The Lancet. Oncology",
        "T2  - The Lancet. Oncology", "JA  - Lancet Oncol", "SN  - 1470-2045 (Print)", "PY  - 2019",
        "DA  - 2019/11/04/", "VL  - 20", "IS  - 11", "SP  - 1566", "EP  - 1575", "AN  - 31562043",
        "DO  - 10.1016/s1470-2045(19)30617-5", "DB  - PubMed", "C2  - PMC8178207", "LA  - eng; fre",
        "KW  - Sarcoma", "KW  - RMS Review: chemotherapy (confirmed)",
        "KW  - RMS Review regimen: ivado (rejected)",
        "KW  - RMS Review setting: maintenance (confirmed)",
        "KW  - RMS Review design: rct (confirmed)", "UR  - https://example.org/a?b=1;c",
        "AD  - Di Carlo, Daniela: Paris", "N1  - Trial registration: NCT01222715, ISRCTN12345678",
    }  # fmt: skip
    assert lines[-3:] == ["ER  - ", "", ""]


def test_value_never_begins_a_line_of_its_own():
    record = Record(source=Source.FILE, title="One\nTY  - BOOK", note="a\nER  - \nTY  - JOUR")

    (back,) = read_back(record)

    assert (back.title, back.note) == ("One TY - BOOK", "a\nER  - \nTY  - JOUR")


@pytest.mark.parametrize(
    "retracted",
    [
        Record(source=Source.FILE, title="A", publication_types=("Retracted Publication",)),
        Record(source=Source.FILE, title="A", related=(Related("retraction_in", "1"),)),
    ],
    ids=["type", "notice"],
)
def test_retracted_paper_says_so_to_people(retracted):
    assert "N1  - RETRACTED: this publication has been retracted." in written(retracted)
    assert read_back(retracted) == [retracted]


def test_other_paper_says_nothing_of_retraction():
    assert "RETRACTED" not in written(Record(source=Source.FILE, title="A"))


def test_chapter_is_written_with_its_book():
    chapter = Record(
        source=Source.FILE,
        title="Sarcoma",
        publication_types=("Book Chapter",),
        book=Book("Textbook", "Elsevier", "New York", ("9781860163593",), None, (AuthorName("Adam, Ann", "Adam", "Ann", "A"),)),
    )  # fmt: skip

    assert written(chapter).startswith(
        "TY  - CHAP\r\nTI  - Sarcoma\r\nT2  - Textbook\r\nA2  - Adam"
    )
    assert "RMS Review" not in written(chapter)
    assert read_back(chapter) == [chapter]


def test_plain_paper_needs_no_lines_of_ours():
    record = Record(
        source=Source.FILE,
        title="Sarcoma",
        publication_types=("Journal Article",),
        authors=(AuthorName("Adam, Ann", "Adam", "Ann", "A"),),
        journal=JournalName("Cancer", issn_print="0008-543X"),
        published=PartialDate(2004),
        keywords=("sarcoma",),
    )

    assert "RMS Review" not in written(record)
    assert read_back(record) == [record]


def test_every_script_survives():
    record = Record(
        source=Source.FILE, title="שלום 𝔘𝔫𝔦", keywords=("👩‍🔬",), note="a  - b", pages="12–15"
    )

    assert read_back(record) == [record]


def test_other_readers_see_the_fields_that_they_know():
    (entry,) = rispy.loads(written(FULL))

    assert (entry["title"], entry["doi"], entry["year"]) == (FULL.title, FULL.doi, "2019")
    assert entry["authors"][1] == "Smith, John A., Jr"
    assert entry["keywords"][-4] == "RMS Review: chemotherapy (confirmed)"
    assert entry["type_of_reference"] == "JOUR"


@settings(max_examples=60, deadline=None)
@given(st.lists(any_records.records(), max_size=3))
def test_any_records_are_read_back_and_parsed_by_others(found):
    assert read_back(*found) == found
    assert len(rispy.loads(written(*found))) == len(found)


def test_real_exports_are_read_back(shared):
    for path in sorted((shared / "payloads/ris").glob("*/*.ris")):
        found = list(read(InputFile.from_path(path)))
        assert read_back(*found) == found
