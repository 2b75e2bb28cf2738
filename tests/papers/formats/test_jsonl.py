"""Our own JSON lines: a paper of the API back into the Record that it was."""

from __future__ import annotations

import json

import pytest

from papers.formats import InputFile, Unreadable, detect, read, read_one
from papers.records import (
    AbstractSection,
    AuthorName,
    Book,
    Grant,
    JournalMetric,
    JournalName,
    MeshHeading,
    MeshQualifier,
    OpenAccess,
    PartialDate,
    Record,
    Related,
    Source,
    Substance,
    TagLabel,
)

PAPER = {
    "id": 1, "title": "106 cells", "title_html": "10<sup>6</sup> cells", "original_title": "",
    "abstract": "Aim: x", "abstract_sections": [{"label": "Aim", "text": "x", "html": None}],
    "abstract_copyright": "© 2021", "doi": "10.1000/x", "pmid": "7", "pmid_version": 1,
    "pmcid": "PMC9", "semantic_scholar_id": "a" * 40, "other_ids": {"pii": "S1", "mid": "N2"},
    "language": ["eng"],
    "journal": {
        "id": 1, "title": "Cancer", "iso_abbreviation": "Cancer", "issn": "0959-8049",
        "issn_linking": None, "issn_print": "0959-8049", "issn_electronic": None, "nlm_id": "37",
        "publisher": "", "country": "", "metrics": [
            {"year": None, "impact_factor": 2.5, "jcr_quartile": "Q3", "jcr_category": "ONCOLOGY",
             "cas_zone": 3, "cas_category": "医学"}]},
    "book": {"title": "Sarcoma", "publisher": None, "place": None, "isbns": ["9780128"],
             "accession": None, "editors": ["Poli, Elena"], "publication_date": "2020-01"},
    "authors": [
        {"id": 1, "name": "Di Carlo, Daniela", "family": "Di Carlo", "given": "Daniela",
         "initials": "D", "suffix": "", "orcid": "0000-0002-1825-0097",
         "semantic_scholar_id": None, "is_collective": False, "affiliations": ["Padua"]},
        {"id": 2, "name": "EpSSG", "family": "", "given": "", "initials": "", "suffix": "",
         "orcid": None, "semantic_scholar_id": None, "is_collective": True, "affiliations": []}],
    "year": 2004, "publication_date": "2004", "publication_date_text": "Spring",
    "electronic_date": "2003-12-30", "volume": "1", "issue": "", "pages": "1-9",
    "publication_types": ["Journal Article"],
    "mesh_headings": [{"descriptor": "Child", "ui": "D002648", "is_major": False, "qualifiers": [
        {"name": "surgery", "ui": "Q000601", "is_major": True}]}],
    "supplementary_concepts": [], "keywords": ["sarcoma"],
    "substances": [{"name": "Vincristine", "ui": "D014750", "registry_number": "5J49Q6B70F"}],
    "trial_registrations": ["NCT00000001"],
    "grants": [{"number": "R01", "agency": "NCI", "country": None}],
    "citation_count": 0, "reference_count": None,
    "open_access": {"is_open": False, "status": None, "url": None, "license": None},
    "medline_status": "MEDLINE", "publication_status": "ppublish", "note": "one\ntwo", "tldr": "",
    "status": "published",
    "related": [{"type": "retraction_in", "pmid": "8", "doi": None, "citation": "", "paper": 3}],
    "tags": [{"therapy_class": "chemotherapy", "regimen": None, "state": "confirmed", "by": "c",
              "at": "2026-01-01T00:00:00Z", "note": ""},
             {"therapy_class": None, "regimen": "ivado", "state": "rejected", "by": "c",
              "at": "2026-01-01T00:00:00Z", "note": ""},
             {"therapy_class": None, "regimen": None, "setting": "mixed", "study_design": None,
              "state": "confirmed", "by": "c", "at": "2026-01-01T00:00:00Z", "note": ""},
             {"therapy_class": None, "regimen": None, "setting": None, "study_design": "rct",
              "state": "confirmed", "by": "c", "at": "2026-01-01T00:00:00Z", "note": ""}],
    "suggestions": [], "provenance": {}, "remarks": [], "url": "https://example.org/",
    "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z", "unheard_of": 1,
}  # fmt: skip

RECORD = Record(
    source=Source.FILE,
    doi="10.1000/x",
    pmid="7",
    pmid_version=1,
    pmcid="PMC9",
    semantic_scholar_id="a" * 40,
    other_ids=(("pii", "S1"), ("mid", "N2")),
    title="106 cells",
    title_html="10<sup>6</sup> cells",
    abstract_sections=(AbstractSection("Aim", "x"),),
    abstract_copyright="© 2021",
    authors=(
        AuthorName(
            "Di Carlo, Daniela", "Di Carlo", "Daniela", "D",
            orcid="0000-0002-1825-0097", affiliations=("Padua",),
        ),
        AuthorName("EpSSG", is_collective=True),
    ),
    journal=JournalName(
        "Cancer", "Cancer", issn_print="0959-8049", nlm_id="37",
        metrics=(JournalMetric(None, 2.5, "Q3", "ONCOLOGY", 3, "医学"),),
    ),
    book=Book(
        "Sarcoma", isbns=("9780128",), editors=(AuthorName("Poli, Elena", "Poli", "Elena", "E"),),
        published=PartialDate(2020, 1),
    ),
    volume="1",
    pages="1-9",
    published=PartialDate(2004, text="Spring"),
    electronic=PartialDate(2003, 12, 30),
    languages=("eng",),
    publication_types=("Journal Article",),
    mesh_headings=(
        MeshHeading("Child", "D002648", qualifiers=(MeshQualifier("surgery", "Q000601", True),)),
    ),
    keywords=("sarcoma",),
    substances=(Substance("Vincristine", "D014750", "5J49Q6B70F"),),
    trial_registrations=("NCT00000001",),
    grants=(Grant("R01", "NCI"),),
    related=(Related("retraction_in", "8"),),
    open_access=OpenAccess(is_open=False),
    citation_count=0,
    medline_status="MEDLINE",
    publication_status="ppublish",
    url="https://example.org/",
    note="one\ntwo",
    tags=(
        TagLabel("chemotherapy"),
        TagLabel(regimen="ivado", state="rejected"),
        TagLabel(setting="mixed"),
        TagLabel(study_design="rct"),
    ),
)  # fmt: skip


def entries(content: str) -> list:
    return list(read(InputFile.from_bytes(content.encode()), "jsonl"))


def test_paper_is_read_without_loss():
    (record,) = entries(json.dumps(PAPER))

    assert record == RECORD
    assert read_one(record.raw, record.format) == RECORD


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(PAPER) + "\n\n" + json.dumps(PAPER) + "\n",
        json.dumps([PAPER, PAPER]),
        json.dumps({"count": 2, "next": None, "results": [PAPER, PAPER]}),
        json.dumps({"count": 2, "results": [PAPER, PAPER]}, indent=1),
    ],
    ids=["lines", "list", "page", "indented"],
)
def test_every_frame_of_the_api_is_known(content):
    file = InputFile.from_bytes(content.encode())

    assert detect(file).name == "jsonl"
    assert list(read(file)) == [RECORD, RECORD]


def test_broken_line_costs_itself_only():
    cut, number, empty, good = entries(f'{{"title": "A\n5\n{{}}\n{json.dumps(PAPER)}\n')

    assert (cut.line, cut.raw) == (1, '{"title": "A')
    assert cut.reason.startswith("Line 1 holds no paper. The JSON is broken at line 1, column 11")
    assert number.reason == "This is a number; expected an object that is a paper."
    assert empty.reason == "The paper has neither a title, nor a valid identifier, nor authors."
    assert (good, good.line) == (RECORD, 4)


def test_abstract_of_a_paper_without_sections_is_taken():
    (record,) = entries('{"abstract": "METHODS: x. RESULTS: y.", "pmid": "7"}')

    assert [(part.label, part.text) for part in record.abstract_sections] == [
        ("METHODS", "x."), ("RESULTS", "y."),
    ]  # fmt: skip


def test_impossible_values_are_left_out_with_a_remark():
    (record,) = entries('{"title": "A", "pmid": 0, "year": 20225, "authors": "x", "tags": [1]}')

    assert (record.pmid, record.published, record.authors, record.tags) == (None, None, (), ())
    assert record.remarks == (
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
    )


def test_script_in_markup_is_not_taken():
    (record,) = entries('{"title": "A", "title_html": "A<script>alert(1)</script>"}')

    assert (record.title, record.title_html) == ("A", None)


def test_empty_file_is_unreadable():
    with pytest.raises(Unreadable, match="The file is empty"):
        entries("\n")
