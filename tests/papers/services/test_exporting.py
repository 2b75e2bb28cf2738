"""Papers as Records, and what of them reaches a file."""

from __future__ import annotations

import dataclasses
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from papers.formats import InputFile, read
from papers.models import Paper
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
from papers.services.acquire import acquire_records
from papers.services.exporting import CHUNK, EXPORT_FORMATS, records_of, write_export
from papers.services.tagging import Statement, tag_papers
from regimens.models import Regimen, Setting, StudyDesign, TherapyClass

pytestmark = pytest.mark.django_db

FULL = Record(
    source=Source.FILE,
    doi="10.1000/full.1",
    pmid="31000001",
    pmid_version=2,
    pmcid="PMC310",
    semantic_scholar_id="a" * 40,
    other_ids=(("pii", "S1"), ("wos", "W1")),
    title="A title",
    title_html="A <i>title</i>",
    original_title="Un titre",
    abstract_sections=(AbstractSection("AIM", "Why", "<b>Why</b>"), AbstractSection(None, "How")),
    abstract_copyright="Copyright",
    authors=(
        AuthorName("Ferrari, Andrea", "Ferrari", "Andrea", "A", "Jr", orcid="0000-0002-1825-0097",
                   affiliations=("Milan", "Padua")),
        AuthorName("EpSSG", is_collective=True),
    ),
    journal=JournalName(
        "Journal", "J", "0360-3016", "0360-3016", "1879-355X", "7603616", "Publisher", "Italy",
        metrics=(JournalMetric(2024, 2.5, "Q3", "ONCOLOGY", 3, "医学"),),
    ),
    book=Book("Book", "Press", "Rome", ("9780000000002",), "NBK1", (AuthorName("Editor, Ed"),),
              PartialDate(2001)),
    volume="11",
    issue="2",
    pages="10-19",
    published=PartialDate(2011, text="Spring"),
    electronic=PartialDate(2010, 12, 3),
    languages=("eng", "fre"),
    publication_types=("Journal Article",),
    mesh_headings=(
        MeshHeading("Rhabdomyosarcoma", "D012208", True, (MeshQualifier("surgery", "Q1", True),)),
    ),
    supplementary_concepts=(Substance("VAC protocol", "C1"),),
    keywords=("sarcoma",),
    substances=(Substance("Vincristine", "D014750", "5J49Q6B70F"),),
    trial_registrations=("NCT00379457",),
    grants=(Grant("CA1", "NCI", "US"),),
    related=(Related("comment_in", "31000002", "10.1000/c", "J 2012"),),
    open_access=OpenAccess(True, "gold", "https://example.org/a.pdf", "CCBY"),
    citation_count=5,
    reference_count=7,
    medline_status="MEDLINE",
    publication_status="ppublish",
    url="https://example.org/a",
    note="A note",
    tldr="Short",
)  # fmt: skip


@pytest.fixture
def store(db, monkeypatch):
    """Store Records as they are, without a format around them."""

    def bring(*records: Record) -> list[Paper]:
        for position, record in enumerate(records, start=1):
            object.__setattr__(record, "raw", f"{record!r}".encode())
            object.__setattr__(record, "format", "csl_json")
            object.__setattr__(record, "position", position)
        acquire_records(list(records), at=timezone.now())
        return list(Paper.objects.order_by("id"))

    return bring


def test_record_of_a_paper_is_the_record_it_came_from(store):
    [paper] = store(dataclasses.replace(FULL))

    [record] = records_of(Paper.objects.all())

    assert record == dataclasses.replace(FULL, source_id=str(paper.pk))


def test_record_of_a_bare_paper_says_nothing_more(store):
    [paper] = store(Record(source=Source.FILE, title="Bare"))

    [record] = records_of(Paper.objects.all())

    assert record == Record(source=Source.FILE, source_id=str(paper.pk), title="Bare")


def test_record_carries_the_tags_that_hold(store, curator):
    [paper] = store(Record(source=Source.FILE, title="Tagged"))
    car_t = TherapyClass.objects.create(slug="car_t", name="CAR-T")
    targeted = TherapyClass.objects.create(slug="targeted", name="Targeted")
    ivado = Regimen.objects.create(slug="ivado", name="IVADo")
    mixed = Setting.objects.create(slug="mixed", name="Mixed")
    rct = StudyDesign.objects.create(slug="rct", name="Randomised trial")
    said = [
        Statement(mixed, "confirmed"),
        Statement(rct, "rejected"),
        Statement(car_t, "confirmed"),
        Statement(ivado, "rejected"),
        Statement(targeted, "confirmed"),
    ]
    tag_papers(papers=[paper.pk], statements=said, by=curator)
    tag_papers(papers=[paper.pk], statements=[Statement(targeted, "withdrawn")], by=curator)

    [record] = records_of(Paper.objects.all())

    assert set(record.tags) == {
        TagLabel(therapy_class="car_t", state="confirmed"),
        TagLabel(regimen="ivado", state="rejected"),
        TagLabel(setting="mixed", state="confirmed"),
        TagLabel(study_design="rct", state="rejected"),
    }


def test_retraction_known_by_a_link_travels_as_a_publication_type(store):
    link = Related("retraction_in", "31000002")
    store(Record(source=Source.FILE, title="R", publication_types=("Review",), related=(link,)))

    [record] = records_of(Paper.objects.all())

    assert record.publication_types == ("Review", "Retracted Publication")


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_every_format_writes_every_paper(store, name):
    store(
        Record(source=Source.FILE, title="First of two", pmid="1"),
        Record(source=Source.FILE, title="Second of two", pmid="2"),
    )

    written = b"".join(write_export(name, Paper.objects.order_by("-id")))

    if name == "jsonl":
        titles = [json.loads(line)["title"] for line in written.splitlines()]
    else:
        titles = [entry.title for entry in read(InputFile.from_bytes(written), name)]
    assert titles == ["Second of two", "First of two"]


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_every_format_carries_setting_and_design_and_reads_them_back(store, curator, name):
    [paper] = store(Record(source=Source.FILE, title="Tagged", pmid="1"))
    said = [
        Statement(Setting.objects.create(slug="mixed", name="Mixed"), "confirmed"),
        Statement(Setting.objects.create(slug="first_relapse", name="Relapse"), "rejected"),
        Statement(StudyDesign.objects.create(slug="rct", name="Randomised trial"), "confirmed"),
        Statement(StudyDesign.objects.create(slug="cohort", name="Cohort"), "rejected"),
    ]
    tag_papers(papers=[paper.pk], statements=said, by=curator)

    written = b"".join(write_export(name, Paper.objects.all()))

    [record] = read(InputFile.from_bytes(written), name)
    assert set(record.tags) == {
        TagLabel(setting="mixed"),
        TagLabel(setting="first_relapse", state="rejected"),
        TagLabel(study_design="rct"),
        TagLabel(study_design="cohort", state="rejected"),
    }


def test_export_asks_the_same_questions_of_each_chunk(store):
    store(*(Record(source=Source.FILE, title=f"Paper {n}") for n in range(CHUNK)))
    one_chunk = queries()
    store(*(Record(source=Source.FILE, title=f"More {n}") for n in range(CHUNK)))

    two_chunks = queries()

    prefetches = one_chunk - 1  # the papers themselves are one query, read on
    assert two_chunks == 1 + 2 * prefetches


def queries() -> int:
    with CaptureQueriesContext(connection) as captured:
        for _piece in write_export("jsonl", Paper.objects.all()):
            pass
    return len(captured)


@pytest.mark.parametrize("format_name", EXPORT_FORMATS)
def test_paper_of_one_identifier_and_no_title_comes_back(format_name):
    record = Record(source=Source.SEMANTIC_SCHOLAR, semantic_scholar_id="b" * 40)
    acquire_records([record], at=timezone.now())

    content = b"".join(write_export(format_name, Paper.objects.all()))
    [back] = read(InputFile.from_bytes(content), format_name)

    assert isinstance(back, Record)
    assert back.semantic_scholar_id == "b" * 40
