"""Records into the library: identity, precedence over time, and nothing twice."""

from __future__ import annotations

import pytest
from django.utils import timezone

from papers.models import Author, Change, Journal, Paper, SourceRecord
from papers.records import AuthorName, Deleted, JournalName, Record, Source
from papers.search.engine import find
from papers.services.acquire import acquire_records, withdraw_records
from tests.papers.services.conftest import csl_records

pytestmark = pytest.mark.django_db

FIRST = {"title": "Maintenance in rhabdomyosarcoma", "DOI": "10.1000/one", "PMID": "101"}


def test_acquire_makes_a_paper_with_everything_the_record_says(acquire):
    result = acquire({**FIRST, "author": [{"family": "Poli", "given": "Elena"}], "volume": "7"})

    paper = Paper.objects.get()
    assert (result.created, result.matched, result.updated) == (1, 0, 0)
    assert (paper.title, paper.doi, paper.pmid, paper.volume) == (
        "Maintenance in rhabdomyosarcoma", "10.1000/one", "101", "7",
    )  # fmt: skip
    assert [row.name for row in paper.authorships.all()] == ["Poli, Elena"]
    assert paper.provenance["title"] == SourceRecord.objects.get().pk
    assert [change.kind for change in paper.changes.all()] == [Change.Kind.CREATED]


def test_acquire_stores_the_raw_bytes_of_each_record(acquire):
    acquire(FIRST)

    assert csl_records(FIRST)[0].raw == SourceRecord.objects.get().raw


def test_acquire_the_same_again_changes_nothing_not_even_a_timestamp(acquire):
    acquire(FIRST, {"title": "No identifier at all"})
    before = list(Paper.objects.order_by("id").values())

    result = acquire(FIRST, {"title": "No identifier at all"})

    assert (result.created, result.matched, result.updated) == (0, 2, 0)
    assert list(Paper.objects.order_by("id").values()) == before
    assert SourceRecord.objects.count() == 2
    assert Change.objects.count() == 2


@pytest.mark.parametrize(
    "second", [{"DOI": "10.1000/ONE"}, {"PMID": "101"}, {"DOI": "https://doi.org/10.1000/one."}]
)
def test_acquire_knows_a_paper_by_any_identifier(acquire, second):
    acquire(FIRST)

    result = acquire({"title": "Another wording", "volume": "9", **second})

    assert (result.created, result.matched, result.updated) == (0, 1, 1)
    assert Paper.objects.get().volume == "9"


def test_acquire_joins_records_of_one_paper_within_a_batch(acquire):
    acquire({**FIRST, "volume": "1"}, {"DOI": "10.1000/one", "issue": "4", "title": "x"})

    paper = Paper.objects.get()
    assert (paper.volume, paper.issue) == ("1", "4")
    assert paper.source_records.count() == 2


def test_acquire_never_joins_records_whose_pmids_differ_on_a_shared_doi(acquire):
    acquire(FIRST)

    acquire({"title": "Somebody else's", "DOI": "10.1000/one", "PMID": "202"})

    first, second = Paper.objects.order_by("id")
    assert (first.pmid, first.doi) == ("101", "10.1000/one")
    assert (second.pmid, second.doi) == ("202", None)
    assert second.remarks == [
        "DOI 10.1000/one was left off: it stands on another paper, whose other identifiers differ. "
        "Search the library for it and compare the two."
    ]


def test_acquire_never_joins_such_records_within_a_batch_either(acquire):
    acquire(FIRST, {"title": "Somebody else's", "DOI": "10.1000/one", "PMID": "202"})

    assert list(Paper.objects.order_by("id").values_list("pmid", "doi")) == [
        ("101", "10.1000/one"),
        ("202", None),
    ]


def test_acquire_finds_the_second_paper_of_a_conflict_again(acquire):
    acquire(FIRST)
    acquire({"title": "Somebody else's", "DOI": "10.1000/one", "PMID": "202"})

    acquire({"title": "Somebody else's, again", "DOI": "10.1000/one", "PMID": "202", "issue": "3"})

    assert list(Paper.objects.order_by("id").values_list("pmid", "issue")) == [
        ("101", ""),
        ("202", "3"),
    ]


def test_acquire_keeps_titles_apart_that_have_no_identifier(acquire):
    acquire({"title": "Editorial"}, {"title": "Editorial", "volume": "2"})

    assert Paper.objects.count() == 2


def record(source: Source, **fields) -> Record:
    raw = repr((source, sorted(fields.items()))).encode()
    return Record(source=source, format="test", raw=raw, **fields)


def test_acquire_is_one_person_where_an_orcid_says_so():
    orcid = "0000-0002-1825-0097"
    named = AuthorName("Carberry, Josiah", "Carberry", "Josiah", orcid=orcid)
    short = AuthorName("Carberry, J", "Carberry", "J", orcid=orcid)

    acquire_records(
        [record(Source.PUBMED, title="a", pmid="1", authors=(named,)),
         record(Source.PUBMED, title="b", pmid="2", authors=(short,))],
        at=timezone.now(),
    )  # fmt: skip

    author = Author.objects.get()
    assert list(author.authorships.order_by("id").values_list("name", flat=True)) == [
        "Carberry, Josiah",
        "Carberry, J",
    ]


def test_acquire_never_merges_people_on_a_name_alone():
    name = AuthorName("Wang, Y", "Wang", "Y")

    acquire_records(
        [record(Source.PUBMED, title="a", pmid="1", authors=(name,)),
         record(Source.PUBMED, title="b", pmid="2", authors=(name,))],
        at=timezone.now(),
    )  # fmt: skip

    assert Author.objects.count() == 2


def test_acquire_does_not_trust_an_orcid_that_stands_twice_on_one_paper():
    orcid = "0000-0002-1825-0097"
    pair = (AuthorName("A, A", "A", "A", orcid=orcid), AuthorName("B, B", "B", "B", orcid=orcid))

    acquire_records([record(Source.PUBMED, title="a", pmid="1", authors=pair)], at=timezone.now())

    assert list(Author.objects.order_by("id").values_list("name", "orcid")) == [
        ("A, A", None),
        ("B, B", None),
    ]


def test_acquire_recognises_a_journal_by_issn_and_by_title():
    named = JournalName(title="Cancer research", issn_print="0008-5472")
    shouted = JournalName(title="CANCER RESEARCH")
    electronic = JournalName(title="Cancer Res", issn_print="0008-5472", nlm_id="2984705R")
    other = JournalName(title="Cancer Research", issn_print="1234-5679")

    acquire_records(
        [record(Source.FILE, title=title, journal=name)
         for title, name in zip("abcd", (named, shouted, electronic, other), strict=True)],
        at=timezone.now(),
    )  # fmt: skip

    journals = [paper.journal for paper in Paper.objects.order_by("id").select_related("journal")]
    assert journals[0] == journals[1] == journals[2] != journals[3]
    assert journals[2].nlm_id == "2984705R"


def test_withdraw_marks_the_record_and_keeps_the_paper():
    acquire_records([record(Source.PUBMED, title="a", pmid="7", source_id="7")], at=timezone.now())

    marked = withdraw_records([Deleted(Source.PUBMED, "7", 1)], at=timezone.now())

    assert marked == 1
    assert Paper.objects.get().source_records.get().withdrawn_at is not None
    assert Paper.objects.get().changes.first().kind == Change.Kind.WITHDRAWN


ORCID = "0000-0002-1825-0097"


def name(orcid: str | None = None, s2_id: str | None = None, **more: object) -> AuthorName:
    return AuthorName("Rosi, Anna", "Rosi", "Anna", orcid=orcid, semantic_scholar_id=s2_id, **more)


def bring(*authors: AuthorName) -> None:
    """A paper for each name, in one batch."""
    start = Paper.objects.count()
    acquire_records(
        [
            record(Source.PUBMED, title=str(n), pmid=str(1 + start + n), authors=(author,))
            for n, author in enumerate(authors)
        ],
        at=timezone.now(),
    )


def people() -> list[tuple[str | None, str | None, int]]:
    rows = Author.objects.order_by("id")
    return [(row.orcid, row.semantic_scholar_id, row.authorships.count()) for row in rows]


def test_a_person_known_by_one_identifier_gains_the_other():
    bring(name(s2_id="17"))
    bring(name(ORCID, "17"))
    bring(name(ORCID))

    assert people() == [(ORCID, "17", 3)]


def test_the_other_way_round_it_is_the_same_person():
    bring(name(ORCID))
    bring(name(ORCID, "17"))
    bring(name(s2_id="17"))

    assert people() == [(ORCID, "17", 3)]


def test_in_one_batch_too():
    bring(name(s2_id="17"), name(ORCID, "17"), name(ORCID))

    assert people() == [(ORCID, "17", 3)]


def test_an_identifier_that_is_somebodys_stays_theirs():
    bring(name(ORCID))
    bring(name(s2_id="17"))

    bring(name(ORCID, "17"))

    assert people() == [(ORCID, None, 2), (None, "17", 1)]


def journals_found(words: str) -> set[str]:
    return set(find(Paper.objects.all(), f'journal:"{words}"').values_list("pmid", flat=True))


def test_papers_are_found_by_what_their_journal_is_called_whichever_record_said_so():
    bare = JournalName(title="Pediatric Blood & Cancer", issn_print="1545-5009")
    short = JournalName(
        title="PBC", iso_abbreviation="Pediatr Blood Cancer", issn_print="1545-5009"
    )

    for number, journal in enumerate((bare, short), start=1):
        acquire_records(
            [record(Source.FILE, title="t", pmid=str(number), journal=journal)], at=timezone.now()
        )

    assert journals_found("Pediatr Blood Cancer") == {"1", "2"}
    assert journals_found("Pediatric Blood & Cancer") == {"1", "2"}
    assert journals_found("PBC") == set(), "the journal has one title"


FULL = JournalName(
    title="Pediatric blood & cancer",
    iso_abbreviation="Pediatr Blood Cancer",
    issn_print="1545-5009",
    nlm_id="101186624",
)
SHORT = JournalName(title="Pediatr. Blood Cancer")


@pytest.mark.parametrize("names", [(FULL, SHORT), (SHORT, FULL)], ids=["full first", "short first"])
def test_a_journal_is_known_by_its_abbreviation(names):
    for number, journal in enumerate(names, start=1):
        acquire_records(
            [record(Source.FILE, title="t", pmid=str(number), journal=journal)], at=timezone.now()
        )

    journal = Journal.objects.get()
    assert (journal.title, journal.iso_abbreviation) == (FULL.title, FULL.iso_abbreviation)
    assert journal.papers.count() == 2


def test_an_abbreviation_does_not_make_one_of_two_journals():
    other = JournalName(title="Pediatr Blood Cancer", issn_print="1234-5679")

    acquire_records(
        [
            record(Source.FILE, title=str(n), pmid=str(n), journal=journal)
            for n, journal in enumerate((FULL, other), start=1)
        ],
        at=timezone.now(),
    )

    assert Journal.objects.count() == 2
