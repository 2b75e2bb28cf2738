"""Pages of journals."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from papers.models import Journal, JournalMetric, Paper
from papers.services.roles import give_role


@pytest.fixture
def reader(client, db):
    person = get_user_model().objects.create_user("reader")
    give_role(user=person, role="reader")
    client.force_login(person)
    return client


def add_journal(title: str, *, papers: int = 0, **fields) -> Journal:
    journal = Journal.objects.create(title=title, **fields)
    now = timezone.now()
    for number in range(papers):
        Paper.objects.create(
            title=f"{title} {number}", journal=journal, created_at=now, updated_at=now
        )
    return journal


def titles(answer) -> list[str]:
    return [journal.title for journal in answer.context["page_obj"]]


def test_journal_list_stands_in_order_of_titles_or_papers(reader):
    add_journal("Cancer")
    add_journal("The Lancet Oncology", papers=2)

    by_title = reader.get(reverse("papers:journal_list"))
    by_papers = reader.get(reverse("papers:journal_list"), {"ordering": "-papers"})

    assert titles(by_title) == ["Cancer", "The Lancet Oncology"]
    assert titles(by_papers) == ["The Lancet Oncology", "Cancer"]


@pytest.mark.parametrize(
    "search", ["lancet oncology", "Lancet Oncol", "1474-5488", "1470-2045", "100957246"]
)
def test_journal_list_finds_by_title_abbreviation_and_number(reader, search):
    add_journal("Cancer", issn_print="0008-543X", nlm_id="0374236")
    add_journal(
        "The Lancet. Oncology",
        iso_abbreviation="Lancet Oncol",
        issn_print="1470-2045",
        issn_electronic="1474-5488",
        nlm_id="100957246",
    )

    answer = reader.get(reverse("papers:journal_list"), {"search": search})

    assert titles(answer) == ["The Lancet. Oncology"]


def test_journal_list_without_a_hit_says_what_to_do(reader):
    page = reader.get(reverse("papers:journal_list"), {"search": "nothing"}).content.decode()

    assert "No journal of that name." in page


def test_journal_page_shows_rankings_newest_first(reader):
    journal = add_journal("Expert Opinion on Pharmacotherapy")
    JournalMetric.objects.create(journal=journal, year=2021, impact_factor=4.1, jcr_quartile="Q2")
    JournalMetric.objects.create(
        journal=journal,
        year=2024,
        impact_factor=2.5,
        jcr_quartile="Q3",
        jcr_category="PHARMACOLOGY & PHARMACY",
        cas_zone=3,
        cas_category="医学",
    )

    answer = reader.get(journal.get_absolute_url())

    page = answer.content.decode()
    assert [metric.year for metric in answer.context["metrics"]] == [2024, 2021]
    assert "Q3, PHARMACOLOGY &amp; PHARMACY" in page
    assert '3, <span lang="zh">医学</span>' in page


def test_journal_page_says_what_is_not_given(reader):
    page = reader.get(add_journal("Cancer").get_absolute_url()).content.decode()

    assert "No source has given a ranking of this journal." in page
    assert "<dt>NLM id</dt><dd>not given</dd>" in page


def test_journal_page_of_none_is_not_found(reader):
    assert reader.get(reverse("papers:journal", args=[99])).status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_journal_list_asks_a_constant_number_of_queries(reader, count, django_assert_num_queries):
    for number in range(count):
        journal = add_journal(f"Journal {number}", papers=1)
        JournalMetric.objects.create(journal=journal, year=2024, impact_factor=1.5)
    reader.get(reverse("papers:journal_list"))

    with django_assert_num_queries(LIST_QUERIES):
        reader.get(reverse("papers:journal_list"))


@pytest.mark.parametrize("count", [1, 50])
def test_journal_page_asks_a_constant_number_of_queries(reader, count, django_assert_num_queries):
    journal = add_journal("Cancer", papers=count)
    reader.get(journal.get_absolute_url())

    with django_assert_num_queries(PAGE_QUERIES):
        reader.get(journal.get_absolute_url())


LIST_QUERIES = 7
PAGE_QUERIES = 11
