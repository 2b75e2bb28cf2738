"""The first page and its chart."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from papers.models import Author, Authorship, Import, Paper, RejectedPiece, Suggestion
from papers.services.roles import give_role
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass


@pytest.fixture
def curator(db):
    person = get_user_model().objects.create_user("ada")
    give_role(user=person, role="curator")
    return person


@pytest.fixture
def signed_in(client, curator):
    client.force_login(curator)
    return client


@pytest.fixture
def chemotherapy(db) -> TherapyClass:
    return TherapyClass.objects.create(slug="chemotherapy", name="Chemotherapy", letter="C")


def add_papers(count: int, **fields) -> list[Paper]:
    now = timezone.now()
    author = Author.objects.create(name="Bisogno, Gianni", family="Bisogno")
    papers = [
        Paper.objects.create(
            **{"title": f"Paper {n}", "year": 1990 + n, "created_at": now, "updated_at": now}
            | fields
        )
        for n in range(count)
    ]
    for paper in papers:
        Authorship.objects.create(paper=paper, author=author, position=1, name=author.name)
    return papers


def confirm(papers: list[Paper], therapy_class: TherapyClass, by) -> None:
    tag_papers(
        papers=[paper.pk for paper in papers],
        statements=[Statement(therapy_class, "confirmed")],
        by=by,
    )


def add_import(**fields) -> Import:
    return Import.objects.create(**{"name": "pubmed.xml", "sha256": "0" * 64, "size": 10} | fields)


def test_dashboard_asks_strangers_to_sign_in(client, db):
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('account_login')}?next=/"


def test_dashboard_shows_the_public_papers_but_no_people_or_files(
    client, settings, curator, chemotherapy
):
    settings.PUBLIC_READ = True
    confirm(add_papers(1), chemotherapy, curator)
    add_import(by=curator)

    page = client.get("/").content.decode()

    assert "Paper 0" in page
    assert "ada" not in page.replace("Canada", "")
    assert "pubmed.xml" not in page


def test_dashboard_of_an_empty_library_says_what_to_do(signed_in):
    page = signed_in.get("/").content.decode()

    assert "The library is empty." in page
    assert reverse("papers:import_list") in page
    assert "Nobody has tagged, imported or corrected anything yet." in page


def test_dashboard_names_what_waits(signed_in, curator, chemotherapy):
    add_papers(2)
    confirm(add_papers(1, title="Withdrawn trial", status="retracted"), chemotherapy, curator)
    RejectedPiece.objects.create(job=add_import(by=curator), position=1, reason="No title.")

    page = signed_in.get("/").content.decode()

    assert "2 papers not tagged yet" in page
    assert "1 tagged paper retracted" in page
    assert "1 rejected piece of files" in page
    assert "Tagged, and retracted since" in page


def propose(papers: list[Paper], therapy_class: TherapyClass, score: float = 0.9) -> None:
    for paper in papers:
        Suggestion.objects.create(
            paper=paper, therapy_class=therapy_class, score=score, rule="named in the title",
            rule_version="1", made_at=timezone.now(),
        )  # fmt: skip


def test_dashboard_says_what_waits_by_class_as_the_library_counts_it(
    signed_in, curator, chemotherapy
):
    decided, *waiting = add_papers(4)
    vinca = TherapyClass.objects.create(slug="vinca", name="Vinca alkaloids", parent=chemotherapy)
    propose([decided, waiting[0]], chemotherapy)
    propose([waiting[0], waiting[1]], vinca)
    propose([waiting[2]], chemotherapy, score=0.4)
    confirm([decided], chemotherapy, curator)

    page = signed_in.get("/").content.decode()

    assert "<b>2 papers with proposals to decide</b>" in page
    link = f"{reverse('papers:library')}?tag_state=waiting&amp;therapy_class=chemotherapy"
    words = page.split(f'href="{link}"')[1]
    assert words.split("</a>")[1].lstrip().startswith('<span class="num">2</span>')
    found = signed_in.get(link.replace("&amp;", "&")).context["page_obj"]
    assert found.paginator.count == 2
    assert reverse("papers:bulk_desk") in page


def test_dashboard_says_what_of_it_came_since_ones_last_word(signed_in, curator, chemotherapy):
    old = add_papers(2, created_at=timezone.now() - timedelta(days=3))
    propose(old, chemotherapy)
    assert "since your last word" not in signed_in.get("/").content.decode()

    confirm(add_papers(1, created_at=timezone.now() - timedelta(days=2)), chemotherapy, curator)
    propose(add_papers(3, created_at=timezone.now() + timedelta(minutes=1)), chemotherapy)

    assert "3 of them came in since your last word" in signed_in.get("/").content.decode()


def test_dashboard_leads_readers_to_the_papers_and_to_no_desk(client, chemotherapy):
    reader = get_user_model().objects.create_user("rea")
    give_role(user=reader, role="reader")
    client.force_login(reader)
    propose(add_papers(1), chemotherapy)

    page = client.get("/").content.decode()

    assert "<b>1 paper with proposals to decide</b>" in page
    assert reverse("papers:bulk_desk") not in page


def test_dashboard_follows_a_running_import(signed_in, curator):
    job = add_import(by=curator, state="running", read=5, bytes_read=4)

    page = signed_in.get("/").content.decode()

    assert 'value="40"' in page
    assert reverse("papers:import", args=[job.pk]) in page


@pytest.mark.parametrize("count", [1, 50])
def test_dashboard_asks_a_constant_number_of_queries(
    signed_in, curator, chemotherapy, count, django_assert_num_queries
):
    papers = add_papers(count, created_at=timezone.now())
    confirm(papers[: count // 2 + 1], chemotherapy, curator)
    for _ in range(count):
        add_import(by=curator)
    signed_in.get("/")

    with django_assert_num_queries(QUERIES):
        signed_in.get("/")


QUERIES = 50


def test_chart_comes_as_csv_with_the_figures_of_the_page(signed_in, curator, chemotherapy):
    papers = add_papers(3)
    confirm(papers[:1], chemotherapy, curator)

    answer = signed_in.get(reverse("papers:chart", args=["csv"]))

    assert answer["Content-Disposition"] == 'attachment; filename="classes-by-year.csv"'
    assert list(csv.reader(io.StringIO(answer.content.decode()))) == [
        ["year", "chemotherapy", "untagged"],
        ["1992", "0", "1"],
        ["1991", "0", "1"],
        ["1990", "1", "0"],
    ]


@pytest.mark.parametrize(
    ("extension", "content_type", "beginning"),
    [
        ("svg", "image/svg+xml", b"<svg "),
        ("png", "image/png", b"\x89PNG"),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_chart_comes_as_a_picture(
    signed_in, curator, chemotherapy, extension, content_type, beginning
):
    confirm(add_papers(2), chemotherapy, curator)

    answer = signed_in.get(reverse("papers:chart", args=[extension]))

    assert answer["Content-Type"] == content_type
    assert answer.content.startswith(beginning)


def test_chart_of_an_empty_library_is_an_empty_picture(signed_in):
    assert signed_in.get(reverse("papers:chart", args=["png"])).content.startswith(b"\x89PNG")


def test_chart_of_an_unknown_kind_is_not_found(signed_in):
    assert signed_in.get(reverse("papers:chart", args=["gif"])).status_code == 404
