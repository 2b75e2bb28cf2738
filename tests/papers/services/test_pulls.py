"""A pull brings everything, once, whatever happens on the way."""

from __future__ import annotations

import datetime as dt
import json
import zlib
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from papers import formats
from papers.models import (
    Author,
    Change,
    Exchange,
    Finding,
    Import,
    Journal,
    Paper,
    Pull,
    Search,
    SourceRecord,
)
from papers.services import pull_batches
from papers.services.imports import run_import, store_upload
from papers.services.jobs import cancel, requeue_abandoned, resume
from papers.services.pulls import (
    next_off_peak,
    queue_enrichment,
    queue_pull,
    run_pull,
    wake_waiting,
)
from papers.services.rebuild import find_faults, rebuild_library
from papers.services.searches import search_for
from tests.fake_sources import invented
from tests.fake_sources.holdings import Holding

pytestmark = pytest.mark.django_db

QUERY = "rhabdomyosarcoma"


def pulled(source: str = "pubmed", query: str = QUERY, **options: Any) -> Pull:
    pull = queue_pull(search=search_for(source, query), by=None, **options)
    done = run_pull(pull.pk)
    assert done is not None
    return done


def counts(pull: Pull) -> dict[str, int]:
    names = ("found", "read", "created", "matched", "updated", "rejected", "missing")
    return {name: getattr(pull, name) for name in names}


def library() -> list[tuple[Any, ...]]:
    """What the library says, without the numbers and times that depend on the order of events."""
    sources = dict(SourceRecord.objects.values_list("pk", "source"))
    told = []
    for paper in Paper.objects.order_by("pmid", "doi", "semantic_scholar_id"):
        columns = {
            field.attname: getattr(paper, field.attname)
            for field in Paper._meta.concrete_fields
            if field.name not in ("id", "created_at", "updated_at", "provenance", "journal")
        }
        provenance = {name: sources.get(by, by) for name, by in paper.provenance.items()}
        people = [
            (row.name, row.affiliations, row.author.orcid, row.author.semantic_scholar_id)
            for row in paper.authorships.select_related("author")
        ]
        kinds = sorted(paper.publication_types.values_list("name", flat=True))
        journal = Journal.objects.filter(pk=paper.journal_id).values(
            "title", "iso_abbreviation", "issn_linking", "issn_print", "issn_electronic", "nlm_id"
        )
        told.append((columns, provenance, people, kinds, list(journal)))
    return told


def people() -> list[tuple[Any, ...]]:
    return sorted(Author.objects.values_list("name", "orcid", "semantic_scholar_id"), key=str)


def periodicals() -> list[tuple[Any, ...]]:
    fields = (
        "title",
        "iso_abbreviation",
        "issn_linking",
        "issn_print",
        "issn_electronic",
        "nlm_id",
    )
    return sorted(Journal.objects.values_list(*fields))


def forget_everything() -> None:
    for table in (Finding, Change, SourceRecord, Paper, Author, Journal, Pull, Search):
        table.objects.all().delete()


@pytest.mark.parametrize("source", ["pubmed", "semantic_scholar"])
def test_pull_brings_exactly_what_the_source_holds(fake_sources, source):
    pull = pulled(source)

    assert (pull.state, pull.error, pull.warnings) == ("done", "", [])
    assert counts(pull) == {
        "found": 30, "read": 30, "created": 30, "matched": 0, "updated": 0, "rejected": 0, "missing": 0,
    }  # fmt: skip
    assert set(Paper.objects.values_list("pmid", flat=True)) == {
        holding.pmid for holding in fake_sources.holdings
    }


def test_pull_beyond_the_window(fake_sources):
    fake_sources.holdings = invented(300)
    fake_sources.window = 50

    pull = pulled()

    assert (pull.state, pull.created, pull.missing) == ("done", 300, 0)
    assert pull.windows > 6


@pytest.mark.parametrize("source", ["pubmed", "semantic_scholar"])
def test_the_same_pull_again_creates_and_changes_nothing(fake_sources, source):
    pulled(source)
    before = list(Paper.objects.order_by("pk").values())

    again = pulled(source)

    assert (again.state, again.created, again.updated, again.matched) == ("done", 0, 0, 30)
    assert list(Paper.objects.order_by("pk").values()) == before
    assert Change.objects.count() == 30


@pytest.mark.parametrize("source", ["pubmed", "semantic_scholar"])
def test_a_full_pull_again_fetches_everything_and_changes_nothing(fake_sources, source):
    pulled(source)
    before = library()

    again = pulled(source, is_full=True)

    assert (again.read, again.created, again.updated) == (30, 0, 0)
    assert library() == before


def test_the_order_of_the_sources_does_not_matter(fake_sources):
    pulled("pubmed")
    pulled("semantic_scholar")
    first = library()
    authors = people()
    forget_everything()

    pulled("semantic_scholar")
    pulled("pubmed")

    assert library() == first
    assert people() == authors


def test_the_order_does_not_matter_where_the_sources_name_things_differently(fake_sources):
    """Another spelling of the journal, an ISSN of its own, people in another order, one missing."""
    for number, holding in enumerate(fake_sources.holdings):
        paper = holding.paper
        paper["journal"]["name"] = ["PEDIATRIC BLOOD & CANCER", "JCO", "Lancet Oncology"][
            number % 3
        ]
        paper["publicationVenue"] = {
            "name": "x",
            "issn": ["1545-5017", None, "1474-5488"][number % 3],
        }
        paper["authors"] = list(reversed(paper["authors"]))[: 3 - number % 2]
    pulled("pubmed")
    pulled("semantic_scholar")
    first, authors, journals = library(), people(), periodicals()
    forget_everything()

    pulled("semantic_scholar")
    pulled("pubmed")

    assert library() == first
    assert people() == authors
    assert periodicals() == journals


def test_the_order_does_not_matter_where_identifiers_contradict_each_other(fake_sources):
    """Semantic Scholar gives some papers the DOI, the PMID or both of others, in a ring."""
    dois = [holding.paper["externalIds"]["DOI"] for holding in fake_sources.holdings]
    for number, holding in enumerate(fake_sources.holdings[:12]):
        ids = holding.paper["externalIds"]
        if number % 3 == 0:
            ids["DOI"] = dois[number + 1]
        elif number % 3 == 1:
            ids["DOI"] = f"10.9999/nowhere-{number}"
        else:
            ids["PubMed"] = fake_sources.holdings[number + 1].pmid
    pulled("pubmed")
    pulled("semantic_scholar")
    first = library()
    rebuild_library()
    rebuilt = library()
    forget_everything()

    pulled("semantic_scholar")
    pulled("pubmed")

    assert rebuilt == first
    assert library() == first


@pytest.mark.parametrize("first", ["pubmed", "semantic_scholar"])
def test_a_page_about_papers_with_thousands_of_authors_is_merged(fake_sources, first):
    """SQLite takes no query with a thousand terms; 450 papers have 1,125 authors."""
    fake_sources.holdings = invented(450)

    pulled(first)
    second = pulled("semantic_scholar" if first == "pubmed" else "pubmed")

    assert (second.state, second.created, second.updated) == ("done", 0, 450)


def test_authors_gain_semantic_scholar_s_ids_by_their_place_on_the_paper(fake_sources):
    pulled("pubmed")
    assert not Author.objects.exclude(semantic_scholar_id=None).exists()

    pulled("semantic_scholar")

    bisogno = Author.objects.get(semantic_scholar_id="30000")
    assert bisogno.name == "Bisogno, A"
    assert bisogno.authorships.count() > 1
    assert bisogno.authorships.first().affiliations == ["Children's Hospital, Ward A."]


def test_semantic_scholar_adds_what_pubmed_does_not_say(fake_sources):
    pulled("pubmed")
    pulled("semantic_scholar")

    paper = Paper.objects.get(pmid=fake_sources.holdings[1].pmid)
    assert paper.citation_count == 1
    assert paper.open_access["is_open"] is True
    assert paper.abstract_sections[0]["label"] == "BACKGROUND"
    assert Paper.objects.count() == 30


FAULTS = [
    "429", "429 at 200", "502", "page at 200", "error at 200", "cut", "cut, packed", "cut connection",
    "reset", "counts too many", "counts too few", "fewer", "doubled", "redirect", "empty set",
    "packed twice", "remark at the end", "202", "429 until no such day",
    "entities",
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("door", ["esearch", "efetch"])
def test_pull_from_pubmed_is_complete_in_spite_of_a_fault(fake_sources, fault, door):
    if door == "esearch" and fault == "empty set":
        pytest.skip("an empty set is a reply of efetch")
    fake_sources.misbehave(fault, on=door)

    pull = pulled()

    assert (pull.state, pull.created, pull.rejected, pull.missing) == ("done", 30, 0, 0)
    assert Paper.objects.count() == 30


@pytest.mark.parametrize(
    "fault",
    [
        "429", "502", "page at 200", "cut", "cut, packed", "reset", "no data", "redirect", "202",
        "no data, a token", "half a page", "no token", "a negative total", "nested",
    ],
)  # fmt: skip
def test_pull_from_semantic_scholar_is_complete_in_spite_of_a_fault(fake_sources, fault):
    fake_sources.page = 10
    fake_sources.misbehave(fault, after=1)

    pull = pulled("semantic_scholar")

    assert (pull.state, pull.created, pull.missing) == ("done", 30, 0)


def test_pull_ends_where_a_token_leads_back(fake_sources):
    fake_sources.page = 10
    fake_sources.misbehave("same token", after=1, times=50)

    pull = pulled("semantic_scholar")

    assert pull.state == "done"
    assert (pull.created, pull.missing) == (20, 10)
    assert any("led back to a page" in warning for warning in pull.warnings)
    assert any("up to 10 may be missing" in warning for warning in pull.warnings)


def test_pull_ends_where_tokens_lead_on_for_ever(fake_sources):
    fake_sources.page = 10
    fake_sources.misbehave("tokens for ever", times=10_000)

    pull = pulled("semantic_scholar")

    assert (pull.state, pull.created, pull.missing) == ("done", 10, 20)
    assert any("led back to a page" in warning for warning in pull.warnings)
    assert len(fake_sources.hits) < 10


def test_pull_looks_once_more_where_fewer_papers_came_than_were_counted(fake_sources):
    """The total is an estimate: one that errs costs a second look, not a third."""
    fake_sources.page = 10
    fake_sources.misbehave("counts too many", times=10_000)

    pull = pulled("semantic_scholar")

    assert (pull.state, pull.found, pull.read, pull.created) == ("done", 37, 30, 30)
    assert (pull.missing, pull.turn) == (7, 2)
    assert len(fake_sources.hits) == 6


def test_an_interrupted_second_look_remembers_the_first(fake_sources):
    fake_sources.page = 10
    fake_sources.misbehave("half a page", after=2)
    fake_sources.misbehave("503", after=4, times=10_000)
    waiting = pulled("semantic_scholar")
    assert (waiting.state, waiting.turn) == ("waiting", 2)
    fake_sources._faults.clear()

    Pull.objects.update(state="queued")
    pull = run_pull(waiting.pk)

    assert pull is not None
    assert (pull.state, pull.found, pull.read, pull.created) == ("done", 30, 30, 30)
    assert (pull.missing, pull.warnings) == (0, [])


def test_a_damaged_record_that_nobody_asked_for_hides_no_absent_one(fake_sources):
    lost = fake_sources.holdings[7]
    broken = b"<PubmedArticle><MedlineCitation><PMID>777</PMID></PubmedArticle>"
    fake_sources.replace([lost.__class__(lost.pmid, broken, entered=lost.entered, text=lost.text)])

    pull = pulled()

    assert (pull.created, pull.missing) == (29, 1)
    assert lost.pmid in pull.warnings[0]


def test_a_key_that_is_echoed_as_an_address_is_stored_nowhere(fake_sources, settings):
    settings.NCBI_API_KEY = "7f3a9/secret="
    fake_sources.misbehave("key in an address")

    pull = pulled()

    assert pull.state == "failed"
    assert "api_key=[key]" in pull.error
    assert "7f3a9" not in pull.error + Exchange.objects.get().problem


def test_the_command_of_a_source_that_wants_an_hour_ends_at_once_every_time(fake_sources):
    fake_sources.misbehave("429 for an hour")
    first = pulled()
    Pull.objects.update(state="queued")

    again = run_pull(first.pk)

    assert again is not None
    assert again.state == "waiting"
    assert "be left alone for another 60 minutes" in again.error
    assert again.waiting_until > timezone.now() + dt.timedelta(minutes=55)
    assert len(fake_sources.hits) == 1


def test_pull_begins_the_chain_again_where_a_token_has_expired(fake_sources):
    fake_sources.page = 10
    fake_sources.misbehave("403", after=1)

    pull = pulled("semantic_scholar")

    assert (pull.state, pull.created, pull.read, pull.turn) == ("done", 30, 30, 2)


def test_pull_says_which_records_pubmed_names_and_does_not_send(fake_sources):
    lost = fake_sources.holdings[7]
    fake_sources.replace([lost.__class__(lost.pmid, b" ", entered=lost.entered, text=lost.text)])

    pull = pulled()

    assert (pull.state, pull.created, pull.missing) == ("done", 29, 1)
    (warning,) = pull.warnings
    assert lost.pmid in warning
    assert "sent none" in warning


def test_pull_names_dropped_phrases(fake_sources):
    pull = pulled(query=f"{QUERY} AND qqzumab")

    assert pull.warnings == [
        "PubMed does not know “qqzumab” and searched without it. Check its spelling, or take it out "
        "of the query."
    ]
    assert "rhabdomyosarcoma" in pull.translation


def test_a_record_that_cannot_be_read_is_rejected_alone(fake_sources):
    bad = fake_sources.holdings[3]
    assert bad.xml is not None
    broken = bad.xml.replace(b"</ArticleTitle>", b"</ArticleTitl>")
    fake_sources.replace(
        [bad.__class__(bad.pmid, broken, entered=bad.entered, revised=bad.revised, text=bad.text)]
    )

    pull = pulled()

    assert (pull.state, pull.created, pull.rejected, pull.missing) == ("done", 29, 1, 0)
    piece = pull.rejected_pieces.get()
    assert "not well-formed XML" in piece.reason
    assert bad.pmid in piece.raw


def test_an_outage_leaves_the_pull_waiting_and_says_why(fake_sources):
    fake_sources.is_down = True

    pull = pulled()

    assert pull.state == "waiting"
    assert pull.waiting_until - timezone.now() > dt.timedelta(seconds=20)
    assert "PubMed had a fault of its own (HTTP 503)" in pull.error
    assert "PubMed has not answered since" in pull.error
    assert "goes on by itself" in pull.error
    assert Paper.objects.count() == 0


def test_a_waiting_pull_goes_on_when_its_time_has_come(fake_sources):
    fake_sources.holdings = invented(450)
    fake_sources.misbehave("503", on="efetch", after=1, times=10_000)
    pull = pulled()
    assert (pull.state, pull.read) == ("waiting", 200)
    fake_sources._faults.clear()

    assert wake_waiting() == []
    (woken,) = wake_waiting(timezone.now() + dt.timedelta(minutes=2))
    done = run_pull(woken.pk)

    assert (done.state, done.created, done.missing, done.silent_since) == ("done", 450, 0, None)
    assert len(fake_sources.asked("efetch")) < 20


def test_a_record_that_pubmed_withdraws_is_marked_and_is_not_missing(fake_sources):
    pulled()
    gone = fake_sources.holdings[5]
    notice = b'<DeleteCitation><PMID Version="1">%s</PMID></DeleteCitation>' % gone.pmid.encode()
    fake_sources.replace([gone.__class__(gone.pmid, notice, entered=gone.entered, text=gone.text)])

    pull = pulled(is_full=True)

    assert (pull.state, pull.read, pull.missing, pull.rejected) == ("done", 29, 0, 0)
    paper = Paper.objects.get(pmid=gone.pmid)
    assert paper.source_records.get().withdrawn_at
    assert paper.changes.filter(kind=Change.Kind.WITHDRAWN, pull=pull).count() == 1


def test_a_second_outage_is_not_the_first_one(fake_sources):
    fake_sources.is_down = True
    first = pulled()
    long_ago = timezone.now() - dt.timedelta(hours=5)
    Pull.objects.update(silent_since=long_ago, tries=4, state="queued")
    fake_sources.is_down = False
    fake_sources.misbehave("503", after=1, times=10_000)

    again = run_pull(first.pk)

    assert again.state == "waiting"
    assert again.silent_since > long_ago + dt.timedelta(hours=4)
    assert again.waiting_until - timezone.now() < dt.timedelta(minutes=1)


def test_the_waits_of_a_long_outage_grow_and_a_longer_wish_of_the_source_counts(fake_sources):
    fake_sources.is_down = True
    pull = pulled()
    first = pull.waiting_until - timezone.now()
    resume(pull)
    second = run_pull(pull.pk).waiting_until - timezone.now()
    fake_sources.is_down = False
    fake_sources.misbehave("429 for an hour")
    resume(pull)
    third = run_pull(pull.pk).waiting_until - timezone.now()

    assert first < second < third
    assert third > dt.timedelta(minutes=59)


def test_a_refused_key_fails_at_once(fake_sources):
    fake_sources.misbehave("403", times=10)

    pull = pulled("semantic_scholar")

    assert pull.state == "failed"
    assert "the key is wrong or blocked" in pull.error
    assert len(fake_sources.hits) == 1


class Killed(BaseException):
    """As sudden as SIGKILL: nothing of ours catches it."""


@pytest.mark.parametrize("step", range(6))
def test_a_killed_pull_goes_on_where_it_stopped(fake_sources, monkeypatch, step):
    fake_sources.holdings = invented(450)
    pull = queue_pull(search=search_for("pubmed", QUERY), by=None)
    seen = []

    def die(pull: Pull) -> None:
        seen.append(pull)
        if len(seen) == step + 1:
            raise Killed

    try:
        run_pull(pull.pk, on_progress=die)
    except Killed:
        pass
    else:
        pytest.skip("it was done before")
    assert run_pull(pull.pk) is None  # its worker may still live
    later = timezone.now() + dt.timedelta(hours=1)
    assert [job.pk for job in requeue_abandoned(Pull, later)] == [pull.pk]
    done = run_pull(pull.pk)

    assert counts(done) == {
        "found": 450, "read": 450, "created": 450, "matched": 0, "updated": 0, "rejected": 0, "missing": 0,
    }  # fmt: skip
    assert Paper.objects.count() == Finding.objects.count() == 450
    assert SourceRecord.objects.count() == 450
    # One answer at most was on its way when the first worker died, and is asked for again.
    assert 2 + 3 <= len(fake_sources.hits) <= 2 + 3 + 1


@pytest.mark.parametrize("is_usable", [False, True])
def test_a_database_that_went_away_fails_no_pull(fake_sources, monkeypatch, is_usable):
    def fail(*arguments: Any, **options: Any) -> None:
        raise DatabaseError("error with status PGRES_COPY_IN and no message from the libpq")

    monkeypatch.setattr("papers.services.pulling_pubmed.store_batch", fail)
    monkeypatch.setattr(connection, "is_usable", lambda: is_usable)

    assert pulled().state == ("failed" if is_usable else "running")


def test_a_query_that_no_database_takes_is_a_fault_and_not_tried_for_ever(
    fake_sources, monkeypatch
):
    def ask_nonsense(*arguments: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column FROM papers_paper")

    monkeypatch.setattr(pull_batches.formats, "read", ask_nonsense)

    assert pulled().state == "failed"


def test_answers_are_stored_before_they_are_read(fake_sources, monkeypatch):
    def fail(*arguments: Any) -> None:
        raise OperationalError("the database went away")

    monkeypatch.setattr(pull_batches.formats, "read", fail)
    pull = pulled()

    assert pull.state == "running"
    stored = Exchange.objects.filter(pull=pull, purpose__contains="records").get()
    assert stored.content.startswith(b"<?xml")
    assert stored.content.count(b"<PubmedArticle>") == 30


def test_a_cancelled_pull_stops_and_can_go_on(fake_sources):
    fake_sources.holdings = invented(450)
    pull = queue_pull(search=search_for("pubmed", QUERY), by=None)

    def stop(running: Pull) -> None:
        if running.read:
            cancel(running, by=None)

    stopped = run_pull(pull.pk, on_progress=stop)
    assert (stopped.state, Paper.objects.count()) == ("cancelled", 200)

    assert resume(stopped)
    done = run_pull(pull.pk)
    assert (done.state, done.created) == ("done", 450)


def test_a_pull_that_was_taken_over_stores_nothing_more(fake_sources):
    fake_sources.holdings = invented(450)
    pull = queue_pull(search=search_for("pubmed", QUERY), by=None)

    def sleep_through_the_lease(running: Pull) -> None:
        if running.read == 200 and not Pull.objects.filter(pk=pull.pk, state="done").exists():
            Pull.objects.update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
            assert run_pull(pull.pk).state == "done"

    run_pull(pull.pk, on_progress=sleep_through_the_lease)

    pull.refresh_from_db()
    assert (pull.state, pull.read, pull.created) == ("done", 450, 450)


def test_an_incremental_pull_fetches_what_is_new_or_revised_only(fake_sources):
    pulled()
    old = fake_sources.holdings[4]
    revised = old.revised_on(timezone.now().date(), "Journal Article", "Retracted Publication")
    new = invented(1, first_pmid=60_000_000)
    fake_sources.replace([revised, *new])
    Change.objects.all().delete()

    pull = pulled()

    assert counts(pull) == {
        "found": 31, "read": 2, "created": 1, "matched": 30, "updated": 1, "rejected": 0, "missing": 0,
    }  # fmt: skip
    assert Paper.objects.get(pmid=old.pmid).status == "retracted"
    assert pull.changed_since == timezone.now().date() - dt.timedelta(days=7)
    assert set(Change.objects.values_list("kind", flat=True)) == {"created", "updated"}


def test_a_retraction_that_pubmed_adds_later_arrives(fake_sources):
    pulled()
    held = fake_sources.holdings[4]
    kind = '<PublicationType UI="D016428">Journal Article</PublicationType>'
    retracted = '<PublicationType UI="D016441">Retracted Publication</PublicationType>'
    fake_sources.replace([held.revised_on(dt.datetime.now(dt.UTC).date(), kind, kind + retracted)])

    second = pulled()

    assert (second.read, second.updated) == (1, 1)
    assert Paper.objects.get(status="retracted").pmid == held.pmid


def withheld(holding: Holding) -> Holding:
    """The same, listed but never sent."""
    return replace(holding, xml=b" ")


def test_a_record_that_never_comes_is_asked_for_in_every_run_and_nothing_else_is(fake_sources):
    lost = fake_sources.holdings[7]
    fake_sources.replace([withheld(lost)])
    assert pulled().missing == 1

    again = pulled()
    assert (again.read, again.to_fetch, again.missing) == (0, 1, 1)
    fake_sources.replace([lost])
    pull = pulled()

    assert (pull.read, pull.created, pull.missing) == (1, 1, 0)


def test_a_record_that_never_comes_hides_none_that_is_gone(fake_sources):
    fake_sources.replace([withheld(fake_sources.holdings[7])])
    pulled()
    gone = fake_sources.holdings.pop(3)

    pull = pulled()

    assert (pull.missing, pull.gone) == (1, 1)
    assert Finding.objects.get(gone_at__isnull=False).source_id == gone.pmid


def test_where_the_list_of_revisions_is_short_every_record_is_fetched_again(fake_sources):
    pulled()
    fake_sources.misbehave("counts too many revisions", on="esearch", times=10_000)

    pull = pulled()

    assert (pull.read, pull.missing, pull.changed_since) == (30, 0, None)
    assert "is short of 7 records, so every record was fetched again" in pull.warnings[0]


def reworded(holding: Holding, word: str) -> Holding:
    """The same with another first word of its title, for both sources."""
    title = holding.paper["title"]
    other = f"{word}{title[title.index(' ') :]}"
    xml = holding.xml.replace(title.encode(), other.encode())
    return replace(holding, xml=xml, paper=holding.paper | {"title": other})


@pytest.mark.parametrize("source", ["pubmed", "semantic_scholar"])
def test_what_a_source_says_again_is_its_latest_word(fake_sources, source):
    first = fake_sources.holdings[4]
    titles = []
    for holding in (first, reworded(first, "Misprinted"), first, first):
        fake_sources.replace([holding])
        pull = pulled(source, is_full=True)
        titles.append((Paper.objects.get(pmid=first.pmid).title.split()[0], pull.updated))

    word = first.paper["title"].split()[0]
    assert titles == [(word, 0), ("Misprinted", 1), (word, 1), (word, 0)]
    assert Paper.objects.get(pmid=first.pmid).source_records.count() == 2
    assert rebuild_library().changed == 0


def test_what_an_enrichment_says_besides_is_no_later_word(fake_sources):
    pulled("semantic_scholar")
    run_pull(queue_enrichment(by=None).pk)
    before = set(SourceRecord.objects.values_list("pk", flat=True))

    assert pulled("semantic_scholar").updated == 0
    assert set(SourceRecord.objects.values_list("pk", flat=True)) == before


def test_what_pubmed_gives_again_is_not_withdrawn_any_more(fake_sources):
    pulled()
    gone = fake_sources.holdings[5]
    notice = b'<DeleteCitation><PMID Version="1">%s</PMID></DeleteCitation>' % gone.pmid.encode()
    fake_sources.replace([replace(gone, xml=notice)])
    pulled(is_full=True)
    fake_sources.replace([gone])

    pull = pulled(is_full=True)

    paper = Paper.objects.get(pmid=gone.pmid)
    assert paper.source_records.get().withdrawn_at is None
    assert paper.changes.filter(kind=Change.Kind.RETURNED, pull=pull).count() == 1
    assert pulled(is_full=True).updated == 0
    assert paper.changes.filter(kind=Change.Kind.RETURNED).count() == 1


def test_a_run_of_what_a_search_said_before_it_was_changed_is_stopped(fake_sources):
    search = search_for("pubmed", "quirk")
    old = queue_pull(search=search, by=None)
    search.query = QUERY
    search.save()

    new = queue_pull(search=search, by=None)

    old.refresh_from_db()
    assert (old.state, new.query) == ("cancelled", QUERY)
    assert old.error.startswith("The search was changed")
    assert run_pull(new.pk).created == 30


def test_after_a_quarter_of_a_year_everything_is_fetched_again(fake_sources):
    pulled()
    Pull.objects.update(created_at=timezone.now() - dt.timedelta(days=100))

    assert pulled().read == 30


def test_papers_that_a_search_finds_no_longer_are_marked_and_stay(fake_sources):
    pulled()
    gone = fake_sources.holdings.pop(3)

    pull = pulled()

    assert pull.gone == 1
    assert Paper.objects.filter(pmid=gone.pmid).exists()
    finding = Finding.objects.get(gone_at__isnull=False)
    assert (finding.source_id, finding.gone_pull) == (gone.pmid, pull)
    fake_sources.holdings.append(gone)
    assert pulled().gone == 0
    assert not Finding.objects.exclude(gone_at=None).exists()


def test_an_incomplete_pull_marks_nothing_as_gone(fake_sources):
    pulled()
    fake_sources.misbehave("counts too many", on="esearch", times=10_000)
    fake_sources.holdings.pop(3)

    pull = pulled()

    assert pull.missing == 7
    assert (pull.gone, Finding.objects.exclude(gone_at=None).count()) == (None, 0)


def test_a_paper_remembers_the_search_that_found_it_when_that_is_deleted(fake_sources):
    pull = pulled()
    pull.search.delete()

    assert Paper.objects.count() == 30
    finding = Paper.objects.first().findings.get()
    assert (finding.search, finding.search_name) == (None, QUERY)


def test_a_search_that_is_deleted_while_it_runs_brings_its_papers_all_the_same(fake_sources):
    pull = queue_pull(search=search_for("pubmed", QUERY), by=None)

    done = run_pull(pull.pk, on_progress=lambda running: Search.objects.all().delete())

    assert done is not None
    assert (done.state, done.created, done.error) == ("done", 30, "")
    assert Paper.objects.count() == 30
    assert not Finding.objects.exists()


def test_queue_pull_gives_the_one_that_is_under_way(fake_sources):
    search = search_for("pubmed", QUERY)

    assert queue_pull(search=search, by=None) == queue_pull(search=search, by=None)


def test_rebuild_library_after_pulls_needs_no_network_and_changes_nothing(fake_sources):
    pulled("pubmed")
    pulled("semantic_scholar")
    before = library()
    fake_sources.is_down = True
    asked = len(fake_sources.hits)

    assert rebuild_library().changed == 0
    assert library() == before
    assert list(find_faults()) == []
    assert len(fake_sources.hits) == asked


def test_no_key_is_stored_anywhere(fake_sources, settings):
    settings.NCBI_API_KEY = "7f3a9-secret"
    fake_sources.misbehave("429")

    pulled()

    assert {hit.params["api_key"] for hit in fake_sources.hits} == {"7f3a9-secret"}
    told = json.dumps(list(Pull.objects.values("error", "warnings", "query", "translation")))
    told += json.dumps(list(Exchange.objects.values("key", "purpose", "problem")))
    told += "".join(exchange.content.decode() for exchange in Exchange.objects.all())
    told += zlib.decompress(bytes(Pull.objects.get().plan)).decode()
    assert "7f3a9" not in told
    assert Exchange.objects.filter(problem__contains="429").count() == 1


def test_pubmed_is_told_who_asks(fake_sources, settings):
    settings.NCBI_EMAIL = "library@example.org"

    pulled()

    assert {(hit.params["tool"], hit.params["email"]) for hit in fake_sources.hits} == {
        ("rmsreview", "library@example.org")
    }


def test_semantic_scholar_s_key_goes_in_its_header_and_nowhere_else(fake_sources, settings):
    settings.SEMANTIC_SCHOLAR_API_KEY = "s2-secret"

    pulled("semantic_scholar")

    assert {hit.headers.get("x-api-key") for hit in fake_sources.hits} == {"s2-secret"}
    assert "s2-secret" not in "".join(map(str, Exchange.objects.values_list("problem", "purpose")))


@pytest.mark.parametrize("days", [3, -3])
def test_a_clock_that_is_set_in_the_middle_loses_nothing(fake_sources, days):
    fake_sources.holdings = invented(450)
    pull = queue_pull(search=search_for("pubmed", QUERY), by=None)
    real = dt.datetime.now(dt.UTC)
    with time_machine.travel(real, tick=True) as clock:

        def set_clock(running: Pull) -> None:
            if running.read == 200:
                clock.move_to(real + dt.timedelta(days=days))

        done = run_pull(pull.pk, on_progress=set_clock)

    assert (done.state, done.created, done.missing) == ("done", 450, 0)


def test_requests_are_counted_and_failed_ones_are_kept(fake_sources):
    fake_sources.misbehave("502", times=2)

    pull = pulled()

    pull.refresh_from_db()
    assert pull.requests == len(fake_sources.hits) == Exchange.objects.count() == 5


def test_a_file_of_the_same_records_is_known_after_the_pull(fake_sources):
    pulled()
    content = (
        b"<PubmedArticleSet>"
        + b"".join(h.xml for h in fake_sources.holdings)
        + b"</PubmedArticleSet>"
    )

    job = store_upload(name="a.xml", chunks=[content], by=None)
    run_import(job.pk)

    assert Import.objects.get().created == 0
    assert Change.objects.count() == 30


def test_facts_of_recorded_replies_come_through(fake_sources, shared):
    from tests.fake_sources.holdings import recorded

    paths = sorted((shared / "payloads/pubmed/metapub_efetch").glob("*.xml"))
    real = [holding for path in paths for holding in recorded(path.read_bytes())]
    fake_sources.holdings = real
    fake_sources.window = 5

    pull = pulled(query="all[sb]")

    assert (pull.state, pull.created, pull.missing) == ("done", len(real), 0)
    for path in paths:
        for entry in formats.read(formats.InputFile.from_path(path), "pubmed_xml"):
            paper = Paper.objects.get(pmid=entry.pmid)
            assert (paper.title, paper.doi) == (entry.title, entry.doi)


def test_off_peak_is_night_and_weekend_in_new_york():
    def new_york(*when: int) -> dt.datetime:
        from papers.services.pulls import NEW_YORK

        return dt.datetime(2026, 11, *when, tzinfo=NEW_YORK)

    assert next_off_peak(new_york(23, 12)) == new_york(23, 21)
    assert next_off_peak(new_york(23, 22)) == new_york(23, 22)
    assert next_off_peak(new_york(24, 4)) == new_york(24, 4)
    assert next_off_peak(new_york(22, 12)) == new_york(22, 12)


def test_a_pull_is_made_for_the_person_who_asked(fake_sources):
    ada = User.objects.create_user("ada")
    pull = queue_pull(search=search_for("pubmed", QUERY), by=ada)
    run_pull(pull.pk)

    assert set(Change.objects.values_list("by__username", "pull")) == {("ada", pull.pk)}
