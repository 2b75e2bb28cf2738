"""The pages of searches and of their runs."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from papers.models import Finding, Paper, Pull, Search
from papers.services.pulls import queue_pull, run_pull
from papers.services.searches import search_for
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db

FORM = {"name": "Metastatic", "source": "pubmed", "query": "rhabdomyosarcoma", "schedule": "weekly"}


@pytest.fixture
def sent(monkeypatch) -> list[int]:
    from papers.tasks import run_pull as task

    queue: list[int] = []
    monkeypatch.setattr(task, "delay", queue.append)
    return queue


def pulled() -> Pull:
    return run_pull(queue_pull(search=search_for("pubmed", "rhabdomyosarcoma"), by=None).pk)


def text_of(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_search_is_tried_saved_and_run(
    sign_in, fake_sources, sent, django_capture_on_commit_callbacks
):
    browser = sign_in("curator")
    tried = browser.post(reverse("papers:search_try"), FORM | {"query": "rhabdomyosarcoma qqzumab"})
    assert "<b>30 records</b>" in text_of(tried)
    assert "PubMed does not know “qqzumab”" in text_of(tried)
    assert "rhabdomyosarcoma qqzumab</textarea>" in text_of(tried)
    assert not Search.objects.exists()

    saved = browser.post(reverse("papers:search_new"), FORM)
    search = Search.objects.get()
    assert saved["Location"] == search.get_absolute_url()
    assert search.owner == browser.person

    with django_capture_on_commit_callbacks(execute=True):
        ran = browser.post(reverse("papers:search_run", args=[search.pk]))
    pull = Pull.objects.get()
    assert (ran["Location"], sent) == (pull.get_absolute_url(), [pull.pk])
    assert "It begins as soon as a worker is free" in text_of(browser.get(pull.get_absolute_url()))


def test_a_query_is_tried_without_a_name_and_by_htmx_as_a_part(sign_in, fake_sources):
    answer = sign_in("curator").post(
        reverse("papers:search_try"),
        {"source": "pubmed", "query": "rhabdomyosarcoma"},
        headers={"HX-Request": "true"},
    )

    assert answer.status_code == 200
    assert text_of(answer).startswith('<div id="preview"')
    assert "30 records" in text_of(answer)


@pytest.mark.parametrize("missing", ["query", "source"])
def test_a_query_that_cannot_be_tried_says_why(sign_in, missing):
    answer = sign_in("curator").post(reverse("papers:search_try"), FORM | {missing: ""})

    assert answer.status_code == 400
    assert "This field is required" in text_of(answer)


def test_a_query_that_cannot_be_tried_says_why_in_the_page_too(sign_in):
    """htmx shows no answer but a success, so the reason comes as one."""
    answer = sign_in("curator").post(
        reverse("papers:search_try"), {"query": ""}, headers={"HX-Request": "true"}
    )

    assert answer.status_code == 200
    assert "Choose a source and write a query first." in answer.content.decode()
    assert "<form" not in answer.content.decode()


def test_a_query_with_a_slip_is_told_before_it_is_asked(sign_in, fake_sources):
    answer = sign_in("curator").post(
        reverse("papers:search_try"),
        FORM | {"query": "rhabdomyosarcoma AND ((metasta*"},
        headers={"HX-Request": "true"},
    )

    assert "2 brackets are opened and never closed." in answer.content.decode()
    assert not fake_sources.hits


def test_the_source_of_a_saved_search_stays(sign_in):
    browser = sign_in("curator")
    search = Search.objects.create(name="Metastatic", source="pubmed", query="q")

    page = browser.get(reverse("papers:search_edit", args=[search.pk])).content.decode()
    browser.post(
        reverse("papers:search_edit", args=[search.pk]), FORM | {"source": "semantic_scholar"}
    )

    search.refresh_from_db()
    assert (search.source, search.query) == ("pubmed", "rhabdomyosarcoma")
    assert re.search(r'<select name="source"[^>]*disabled', page)


def test_a_query_is_tried_for_a_search_that_is_none(sign_in, fake_sources):
    for search in ("abc", "99999999999999999999", "²"):
        answer = sign_in("curator").post(
            reverse("papers:search_try"),
            {"search": search, "source": "pubmed", "query": "rhabdomyosarcoma"},
        )
        assert answer.status_code == 200


def test_a_new_search_is_one_of_pubmed_unless_somebody_says_otherwise(sign_in):
    page = sign_in("curator").get(reverse("papers:search_new")).content.decode()

    assert '<option value="pubmed" selected>' in page


def test_a_source_that_does_not_answer_is_said_in_words(sign_in, fake_sources, monkeypatch):
    from papers.sources.http import Patience

    monkeypatch.setattr("papers.services.searches.A_MOMENT", Patience(question=0))
    fake_sources.is_down = True

    answer = sign_in("curator").post(reverse("papers:search_try"), FORM)

    assert "PubMed had a fault of its own (HTTP 503)" in text_of(answer)


def test_the_list_shows_each_search_with_its_papers_and_last_run(sign_in, fake_sources):
    pulled()

    page = text_of(sign_in("reader").get(reverse("papers:search_list")))

    assert "rhabdomyosarcoma</a>" in page
    assert '<td class="num">30</td>' in page
    assert "New search" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_the_same_number_of_queries(sign_in, rows, django_assert_num_queries):
    browser = sign_in("curator")
    for number in range(rows):
        search = Search.objects.create(
            name=f"s{number}", source="pubmed", query="q", owner=browser.person
        )
        Pull.objects.create(search=search, source="pubmed", query="q")
    browser.get(reverse("papers:search_list"))

    with django_assert_num_queries(6):
        browser.get(reverse("papers:search_list"))


def test_a_search_leads_to_its_papers_and_runs(sign_in, fake_sources):
    pull = pulled()
    browser = sign_in("reader")

    page = text_of(browser.get(pull.search.get_absolute_url()))

    assert f"?found_by={pull.search.pk}" in page
    assert "30 papers found by this search" in page
    assert pull.get_absolute_url() in page
    found = browser.get(reverse("papers:library"), {"found_by": pull.search.pk})
    assert "30 papers" in text_of(found)


def test_a_run_says_what_is_new_and_what_is_gone(sign_in, fake_sources):
    pulled()
    fake_sources.holdings = fake_sources.holdings[2:]
    pull = pulled()
    browser = sign_in("reader")

    page = text_of(browser.get(pull.get_absolute_url()))

    assert "Nothing that this search had not found before." in page
    assert "2 papers that it finds no longer" in page
    gone = browser.get(reverse("papers:library"), {"gone_in_pull": pull.pk})
    assert "2 papers" in text_of(gone)


def test_a_waiting_run_says_until_when_and_why_and_offers_to_try_now(
    sign_in, fake_sources, sent, django_capture_on_commit_callbacks
):
    fake_sources.is_down = True
    pull = pulled()
    browser = sign_in("curator")

    page = text_of(browser.get(pull.get_absolute_url()))
    assert "Waiting for its source" in page
    assert "Next try" in page
    assert "HTTP 503" in page
    assert "hx-trigger" in page

    with django_capture_on_commit_callbacks(execute=True):
        browser.post(reverse("papers:pull_resume", args=[pull.pk]))
    assert sent == [pull.pk]


def test_a_run_is_stopped(sign_in, sent):
    pull = queue_pull(search=search_for("pubmed", "q"), by=None)
    browser = sign_in("curator")

    browser.post(reverse("papers:pull_cancel", args=[pull.pk]))

    pull.refresh_from_db()
    assert (pull.state, pull.stopped_by.username) == ("cancelled", "curator")
    assert "stopped by curator" in text_of(browser.get(pull.get_absolute_url()))
    again = browser.post(reverse("papers:pull_cancel", args=[pull.pk]), follow=True)
    assert "The pull had ended already" in text_of(again)


def test_the_moving_part_of_a_run_comes_alone(sign_in):
    pull = queue_pull(search=search_for("pubmed", "q"), by=None)

    part = sign_in("reader").get(pull.get_absolute_url(), headers={"HX-Request": "true"})

    assert text_of(part).startswith('<div id="report"')
    assert "<html" not in text_of(part)


def test_rejected_records_are_shown_and_downloaded(sign_in, fake_sources):
    bad = fake_sources.holdings[3]
    broken = bad.xml.replace(b"</ArticleTitle>", b"</ArticleTitl>")
    fake_sources.replace([bad.__class__(bad.pmid, broken, entered=bad.entered, text=bad.text)])
    pull = pulled()
    browser = sign_in("curator")

    assert "not well-formed XML" in text_of(browser.get(pull.get_absolute_url()))
    file = browser.get(reverse("papers:pull_rejected", args=[pull.pk]))
    content = b"".join(file.streaming_content)
    assert content.startswith(b"<PubmedArticleSet>")
    assert bad.pmid.encode() in content
    assert "rhabdomyosarcoma-rejected.xml" in file["Content-Disposition"]


def test_a_search_is_edited_paused_and_deleted(sign_in, fake_sources):
    pull = pulled()
    search = pull.search
    browser = sign_in("curator")

    browser.post(reverse("papers:search_edit", args=[search.pk]), FORM | {"note": "Why"})
    browser.post(reverse("papers:search_pause", args=[search.pk]), {"pause": "1"})
    search.refresh_from_db()
    assert (search.note, search.is_paused, search.next_run_at) == ("Why", True, None)

    browser.post(reverse("papers:search_pause", args=[search.pk]))
    search.refresh_from_db()
    assert not search.is_paused

    page = text_of(browser.post(reverse("papers:search_delete", args=[search.pk]), follow=True))
    assert "The papers that it found stay" in page
    assert Paper.objects.count() == 30


def test_a_paper_says_which_searches_found_it_to_those_who_are_signed_in(
    sign_in, fake_sources, client, settings
):
    pull = pulled()
    paper = Paper.objects.first()
    Finding.objects.filter(paper=paper).update(gone_at=timezone.now())

    page = text_of(sign_in("reader").get(paper.get_absolute_url()))
    assert "Found by" in page
    assert pull.search.get_absolute_url() in page
    assert "no longer since" in page

    settings.PUBLIC_READ = True
    assert "Found by" not in text_of(client.get(paper.get_absolute_url()))


def test_semantic_scholar_is_asked_about_the_library(
    sign_in, fake_sources, sent, django_capture_on_commit_callbacks
):
    pulled()
    browser = sign_in("curator")
    with django_capture_on_commit_callbacks(execute=True):
        asked = browser.post(reverse("papers:enrich"))
    run_pull(sent[0])

    page = text_of(browser.get(asked["Location"]))

    assert "For curator: What Semantic Scholar knows of the library" in page
    assert "Against the run before" not in page
    assert Paper.objects.filter(citation_count=None).count() == 0


def test_jobs_show_pulls_beside_imports(sign_in, fake_sources):
    ended = pulled()
    queue_pull(search=search_for("semantic_scholar", "q"), by=None)

    page = text_of(sign_in("reader").get(reverse("papers:job_list")))

    assert "Run of q" in page
    assert f'<a href="{ended.get_absolute_url()}">Run of rhabdomyosarcoma</a>' in page


def test_the_dashboard_tells_of_runs_and_of_papers_that_changed_status_since_they_were_tagged(
    sign_in, fake_sources, vocabulary
):
    pulled()
    browser = sign_in("curator")
    old = fake_sources.holdings[4]
    paper = Paper.objects.get(pmid=old.pmid)
    said = Statement(TherapyClass.objects.get(slug="chemotherapy"), "confirmed")
    tag_papers(papers=[paper.pk], statements=[said], by=browser.person)
    today = timezone.now().date() + dt.timedelta(days=0)
    fake_sources.replace([old.revised_on(today, "Journal Article", "Retracted Publication")])
    pulled()

    page = text_of(browser.get(reverse("home")))
    assert "1 paper you tagged changed status" in page
    assert "Last runs of searches" in page
    assert "ran the search" in page
    assert "changed status" not in text_of(sign_in("curator", "bob").get(reverse("home")))


@pytest.mark.parametrize(("silent", "is_said"), [(1, False), (3, True)])
def test_a_run_says_while_it_runs_that_its_source_is_silent(sign_in, silent, is_said):
    pull = queue_pull(search=search_for("pubmed", "q"), by=None)
    Pull.objects.update(state="running", heartbeat_at=timezone.now())
    for number in range(silent + 1):
        pull.exchanges.create(
            key=str(number), purpose="p", at=timezone.now(), seconds=1,
            problem="HTTP 503" if number else "",
        )  # fmt: skip

    page = text_of(sign_in("curator").get(pull.get_absolute_url()))

    assert (f"PubMed has not answered the last {silent} requests" in page) is is_said
