"""The import pages: files in, progress, what became of them, the rejected ones out again."""

from __future__ import annotations

import json

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from papers.formats import RAW_LIMIT
from papers.models import Import, Paper
from papers.services.imports import run_import, store_upload
from papers.services.roles import give_role

pytestmark = pytest.mark.django_db

PUBMED = b"""<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>7</PMID>
<Article><ArticleTitle>Vincristine in stage IV</ArticleTitle></Article></MedlineCitation>
</PubmedArticle></PubmedArticleSet>"""
CSV = b"Title,PMID,Year\nVincristine,7,2020\nCyclophosphamide,8,2021\n"
CSV_WITH_FAULTS = b"Title,PMID,Year\nVincristine,7,2020\n,,2001\nToo,9,2003,wide\n"


def person(role: str):
    user = get_user_model().objects.create_user(role, password="not used")
    give_role(user=user, role=role)
    return user


@pytest.fixture
def curator(client):
    user = person("curator")
    client.force_login(user)
    return user


def done(content: bytes, **options) -> Import:
    return run_import(store_upload(name="refs", chunks=[content], by=None, **options).pk)


def upload(client, *files: tuple[str, bytes], **data):
    return client.post(
        reverse("papers:import_upload"),
        {"files": [SimpleUploadedFile(name, content) for name, content in files], **data},
    )


@pytest.mark.django_db(transaction=True)
def test_upload_imports_the_file_and_leads_to_its_page(client, curator, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    from rmsreview.celery import app

    app.conf.task_always_eager = True
    try:
        answer = upload(client, ("export.csv", CSV))
    finally:
        app.conf.task_always_eager = False

    job = Import.objects.get()
    assert answer.status_code == 302
    assert answer.url == job.get_absolute_url()
    assert (job.name, job.by, job.state, job.created) == ("export.csv", curator, "done", 2)
    assert set(Paper.objects.values_list("title", flat=True)) == {"Vincristine", "Cyclophosphamide"}


def test_upload_sends_each_job_to_the_workers_after_the_commit(
    client, curator, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("papers.tasks.run_import.delay", sent.append)

    with django_capture_on_commit_callbacks(execute=True):
        answer = upload(client, ("a.csv", CSV), ("b.xml", PUBMED))

    assert answer.url == reverse("papers:import_list")
    assert sorted(sent) == sorted(Import.objects.values_list("pk", flat=True))
    assert set(Import.objects.values_list("name", "state")) == {
        ("a.csv", "queued"),
        ("b.xml", "queued"),
    }


def test_upload_takes_a_folder_of_files_at_once(client, curator):
    upload(client, *((f"{n}.csv", CSV) for n in range(150)))

    assert Import.objects.count() == 150


def test_upload_of_too_many_files_says_how_many_may_come(client, curator, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 2

    answer = upload(client, *[("a.csv", CSV)] * 3)

    assert answer.status_code == 400
    assert "Send at most 500 files at a time." in answer.content.decode()


def test_upload_keeps_the_chosen_format(client, curator):
    upload(client, ("a.txt", CSV), format="csv")

    assert Import.objects.get().forced_format == "csv"


def test_upload_without_a_file_says_what_to_do(client, curator):
    answer = client.post(reverse("papers:import_upload"), {"format": ""})

    assert answer.status_code == 400
    assert "Choose at least one file to import." in answer.text


def test_upload_refuses_a_file_above_the_limit(client, curator, settings):
    settings.MAX_UPLOAD_BYTES = 10

    answer = upload(client, ("big.csv", CSV))

    assert answer.status_code == 400
    assert "big.csv has 59\xa0bytes; at most 10\xa0bytes are taken. Split the file" in answer.text
    assert not Import.objects.exists()


def test_upload_takes_an_empty_file_so_that_its_import_can_say_so(client, curator):
    upload(client, ("empty.ris", b""))

    job = run_import(Import.objects.get().pk)
    page = client.get(job.get_absolute_url()).text

    assert "The file is empty. Export it again and import the new file." in page


@pytest.mark.parametrize(("role", "status"), [("reader", 403), ("curator", 302), ("editor", 302)])
def test_upload_needs_a_curator(client, role, status):
    client.force_login(person(role))

    assert upload(client, ("a.csv", CSV)).status_code == status


def test_import_list_hides_the_form_from_readers(client):
    client.force_login(person("reader"))

    page = client.get(reverse("papers:import_list")).text

    assert "import_upload" not in page
    assert 'type="file"' not in page


def test_import_list_shows_state_counts_who_and_when(client, curator):
    store_upload(name="waiting.ris", chunks=[b"x"], by=curator)
    done(CSV_WITH_FAULTS)

    page = client.get(reverse("papers:import_list")).text

    assert "waiting.ris" in page
    assert "Waiting for a worker" in page
    assert "Done, 2 not read" in page
    assert "<td>RMS Review</td>" in page
    assert f"{timezone.now():%Y}" in page


def test_import_list_polls_only_while_something_is_open(client, curator):
    job = done(CSV)
    assert "hx-trigger" not in client.get(reverse("papers:import_list")).text

    Import.objects.filter(pk=job.pk).update(state="running")

    assert 'hx-trigger="every 2s"' in client.get(reverse("papers:import_list")).text


def test_import_list_asks_the_same_at_1_and_at_50_rows(
    client, curator, django_assert_max_num_queries
):
    def ask() -> int:
        with django_assert_max_num_queries(20) as asked:
            client.get(reverse("papers:import_list"))
        return len(asked)

    Import.objects.create(name="1", sha256="0" * 64, size=1, state="done", by=curator)
    ask()  # counts what waits in the queue, which every page then knows for a minute
    at_one = ask()
    for number in range(49):
        Import.objects.create(name=str(number), sha256="0" * 64, size=1, by=curator)

    assert ask() == at_one


def test_import_page_tells_what_happened(client, curator):
    job = done(CSV_WITH_FAULTS)

    page = client.get(job.get_absolute_url()).text

    assert "3 records read: 1 new paper, 0 known already, 2 rejected." in page
    assert "CSV or TSV, found by the content" in page
    assert "neither a title" in page
    assert "the header has" in page
    assert "hx-trigger" not in page


def test_import_page_shows_why_a_file_is_none(client, curator):
    job = done(b"%PDF-1.7")

    page = client.get(job.get_absolute_url()).text

    assert "This is a PDF. Export the references from your reference manager instead." in page
    assert "No record was read." in page


def test_import_page_polls_itself_while_the_import_runs(client, curator):
    job = store_upload(name="a.csv", chunks=[CSV], by=curator)
    Import.objects.update(
        state="running", read=1, bytes_read=len(CSV) // 2, heartbeat_at=timezone.now()
    )

    page = client.get(job.get_absolute_url()).text

    assert f'hx-get="{job.get_absolute_url()}" hx-trigger="every 1s"' in page
    assert 'value="49"' in page
    assert "Stop after this batch" in page


def test_import_fragment_stops_the_polling_and_offers_what_comes_next(client, curator):
    job = done(b"%PDF-1.7")

    fragment = client.get(job.get_absolute_url(), headers={"HX-Request": "true"}).text

    assert "<html" not in fragment
    assert "hx-trigger" not in fragment
    assert 'id="import-said" hx-swap-oob="true">Failed. No record was read.' in fragment
    assert reverse("papers:import_resume", args=[job.pk]) in fragment


def test_import_page_escapes_what_the_file_says(client, curator):
    job = store_upload(name="<script>alert(1)</script>.csv", chunks=[CSV], by=None)
    job.rejected_pieces.create(position=1, raw="<script>alert(2)</script>", reason="<b>no</b>")

    page = client.get(job.get_absolute_url()).text

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(2)" in page
    assert "<b>no</b>" not in page


def test_import_page_says_that_a_long_piece_is_cut(client, curator):
    job = done(CSV)
    job.rejected_pieces.create(position=9, raw="x" * RAW_LIMIT, reason="Too odd.")

    assert "The first 2,000 characters of it" in client.get(job.get_absolute_url()).text


def test_cancel_stops_an_import_and_resume_sends_it_again(
    client, curator, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("papers.tasks.run_import.delay", sent.append)
    job = store_upload(name="a.csv", chunks=[CSV], by=curator)

    client.post(reverse("papers:import_cancel", args=[job.pk]))
    job.refresh_from_db()
    assert job.state == "cancelled"
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("papers:import_resume", args=[job.pk]))

    job.refresh_from_db()
    assert (job.state, sent) == ("queued", [job.pk])


def test_cancel_and_resume_of_an_import_that_is_done_change_nothing(client, curator):
    job = done(CSV)

    cancelled = client.post(reverse("papers:import_cancel", args=[job.pk]), follow=True)
    resumed = client.post(reverse("papers:import_resume", args=[job.pk]), follow=True)

    assert "The import had ended already." in cancelled.text
    assert "There is nothing to go on with" in resumed.text
    job.refresh_from_db()
    assert job.state == "done"


def download(client, job: Import) -> tuple[str, bytes]:
    answer = client.get(reverse("papers:import_rejected", args=[job.pk]))
    return answer.headers["Content-Disposition"], b"".join(answer.streaming_content)


def test_rejected_rows_come_back_as_csv_that_can_be_mended_and_sent_again(client, curator):
    job = done(CSV_WITH_FAULTS)

    disposition, content = download(client, job)
    mended = content.replace(b",,2001", b"Dactinomycin,10,2001").replace(
        b"Too,9,2003,wide", b"Wide,9,2003"
    )

    assert disposition == 'attachment; filename="refs-rejected.csv"'
    assert content == b"Title,PMID,Year\n,,2001\nToo,9,2003,wide\n"
    again = done(mended)
    assert (again.created, again.rejected) == (2, 0)


def test_rejected_items_come_back_as_json(client, curator):
    job = Import.objects.create(
        name="x.json", sha256="0" * 64, size=1, format="csl_json", state="done"
    )
    job.rejected_pieces.create(position=1, raw="7", reason="A number.")
    job.rejected_pieces.create(position=2, raw='"word"', reason="A word.")
    job.rejected_pieces.create(position=3, raw="", reason="The file ends too early.")

    disposition, content = download(client, job)

    assert disposition == 'attachment; filename="x-rejected.json"'
    assert json.loads(content) == [7, "word"]


def test_rejected_articles_come_back_as_xml(client, curator):
    job = Import.objects.create(
        name="x", sha256="0" * 64, size=1, format="pubmed_xml", state="done"
    )
    job.rejected_pieces.create(position=1, raw=PUBMED.decode().split("Set>")[1].removesuffix("</Pubmed"
        "Article"), reason="?")  # fmt: skip

    _, content = download(client, job)

    assert done(content).created == 1


def test_rejected_needs_a_curator(client):
    job = done(CSV_WITH_FAULTS)
    client.force_login(person("reader"))

    assert client.get(reverse("papers:import_rejected", args=[job.pk])).status_code == 403
    assert "Too,9,2003" not in client.get(job.get_absolute_url()).text


def test_job_list_shows_what_is_under_way_and_what_went_wrong(client, curator):
    done(b"%PDF-1.7")
    running = store_upload(name="running.csv", chunks=[CSV], by=curator)
    Import.objects.filter(pk=running.pk).update(state="running", heartbeat_at=timezone.now())

    page = client.get(reverse("papers:job_list")).text

    assert "Import of running.csv" in page
    assert "Last sign of life now" in page
    assert "This is a PDF." in page
    assert 'hx-trigger="every 2s"' in page


def test_job_list_says_that_a_job_lost_its_worker(client, curator):
    job = store_upload(name="running.csv", chunks=[CSV], by=curator)
    long_ago = timezone.now() - timezone.timedelta(hours=1)
    Import.objects.filter(pk=job.pk).update(state="running", heartbeat_at=long_ago)

    page = client.get(reverse("papers:job_list")).text

    assert "another worker will go on with it" in page


def test_job_list_asks_the_same_at_1_and_at_50_rows(client, curator, django_assert_max_num_queries):
    def ask() -> int:
        with django_assert_max_num_queries(20) as asked:
            client.get(reverse("papers:job_list"))
        return len(asked)

    for state in ("done", "running"):
        Import.objects.create(name="1", sha256="0" * 64, size=1, state=state, by=curator)
    ask()  # counts what waits in the queue, which every page then knows for a minute
    at_one = ask()
    for number in range(50):
        Import.objects.create(
            name=str(number),
            sha256="0" * 64,
            size=1,
            by=curator,
            state=("done", "running")[number % 2],
        )

    assert ask() == at_one


DOUBTFUL = b"""TY  - JOUR
TI  - Vincristine
PY  - 2020
ER  -

TY  - JOUR
TI  - Ifosfamide
PY  - 20xx
ER  -

TY  - JOUR
TI  - Etoposide
DO  - not a doi
ER  -
"""


def test_what_could_not_be_read_of_a_record_is_said_and_its_papers_are_one_click_away(
    client, curator
):
    job = done(DOUBTFUL)

    page = client.get(job.get_absolute_url()).text
    assert "2 of them have something that could not be read" in page
    link = f"{reverse('papers:library')}?added_by={job.pk}&amp;has_remarks=true"
    assert link in page

    found = client.get(link.replace("&amp;", "&")).text
    assert "Ifosfamide" in found
    assert "Etoposide" in found
    assert "Vincristine" not in found
    assert "could not be read" not in client.get(done(CSV).get_absolute_url()).text
