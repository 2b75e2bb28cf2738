"""The page of the track record: figures with intervals, what to learn from, files."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse
from django.utils import timezone

from papers.models import Reading, Suggestion
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db

URL = "/suggestions/"
MAINS = ["chemotherapy", "targeted", "immunotherapy", "car_t"]


@pytest.fixture
def propose(vocabulary):
    def suggestion(
        slug: str, *papers, score: float = 0.9, rule: str = "named in the title"
    ) -> None:
        for paper in papers:
            now = timezone.now()
            Reading.objects.get_or_create(
                paper=paper,
                defaults={
                    "version": "1",
                    "paper_updated_at": now,
                    "first_read_at": now,
                    "read_at": now,
                },
            )
            Suggestion.objects.create(
                paper=paper,
                therapy_class=TherapyClass.objects.get(slug=slug),
                score=score,
                rule=rule,
                rule_version="1",
                quotes=[{"field": "title", "item": None, "start": 0, "end": 4, "text": "CART"}],
                made_at=now,
            )

    return suggestion


@pytest.fixture
def judged(acquire, propose, say, sign_in):
    """Three proposals, of which two were confirmed; two people who differ on one paper."""
    papers = acquire(*({"title": f"CART study {n}"} for n in range(3)))
    propose("car_t", *papers)
    say("confirmed", "car_t", papers[0], papers[1])
    say("rejected", "car_t", papers[2])
    say("rejected", "car_t", papers[0], by=sign_in("editor").person)
    return papers


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_empty_page_says_what_is_missing(sign_in, vocabulary):
    shown = text(sign_in("reader").get(URL))

    assert "No proposal has been decided yet." in shown
    assert "needs 30 more confirmed and 30 more not of the class" in shown
    assert "No paper has been judged by two people yet." in shown
    assert "Use the queue’s second opinion" in shown


def test_figures_stand_with_their_intervals_and_counts(sign_in, judged):
    shown = text(sign_in("reader").get(URL))

    assert "0.67 (0.21 to 0.94), 2 of 3" in shown
    assert "1.00 (0.34 to 1.00), 2 of 2" in shown
    assert "colleague and editor" in shown


def test_disagreements_name_the_paper_who_said_so_the_rule_and_the_words(sign_in, judged):
    shown = text(sign_in("reader").get(URL))

    assert judged[2].get_absolute_url() in shown
    assert "rejected by colleague" in shown
    assert "Proposed with 0.90: named in the title" in shown
    assert '<q class="serif" dir="auto">CART</q>' in shown
    assert "confirmed by colleague, rejected by editor" in shown


def test_the_address_filters_disagreements_and_rules(sign_in, judged, propose, say, acquire):
    *_, other = acquire({"title": "Another"})
    propose("targeted", other, rule="part of the aim")
    say("rejected", "targeted", other)
    reader = sign_in("reader")

    def listed(query: str) -> list[int]:
        return [each.word.paper for each in reader.get(URL + query).context["page_obj"]]

    assert listed("") == [other.pk, judged[2].pk]
    assert listed("?subject=targeted") == [other.pk]
    assert listed("?rule=named+in+the+title") == [judged[2].pk]
    assert listed("?kind=missed") == []
    assert listed("?subject=nonsense&rule=%00&kind=x&page=99&ordering=y") == [
        other.pk, judged[2].pk,
    ]  # fmt: skip
    rules = reader.get(URL + "?subject=targeted").context["rules"]
    assert [row.rule for row in rules] == ["part of the aim"]


@pytest.mark.parametrize(
    ("ordering", "rules"),
    [
        ("decided", ["named in the title", "part of the aim"]),
        ("precision", ["part of the aim", "named in the title"]),
        ("rule", ["named in the title", "part of the aim"]),
    ],
)
def test_rules_are_ordered_as_asked(sign_in, judged, propose, say, acquire, ordering, rules):
    *_, other = acquire({"title": "Another"})
    propose("targeted", other, rule="part of the aim")
    say("rejected", "targeted", other)

    answer = sign_in("reader").get(URL, {"ordering": ordering})

    assert [row.rule for row in answer.context["rules"]] == rules


def test_disagreements_come_in_pages(sign_in, acquire, propose, say):
    papers = acquire(*({"title": f"CART {n}"} for n in range(27)))
    propose("car_t", *papers)
    say("rejected", "car_t", *papers)
    reader = sign_in("reader")

    assert len(reader.get(URL).context["page_obj"]) == 25
    assert len(reader.get(URL + "?page=2").context["page_obj"]) == 2


def test_the_page_costs_the_same_queries_for_few_and_for_many(
    sign_in, acquire, propose, say, django_assert_num_queries
):
    reader, other = sign_in("reader"), sign_in("editor").person
    papers = acquire(*({"title": f"CART {n}"} for n in range(9)))
    propose("car_t", *papers)
    say("rejected", "car_t", papers[0])
    say("confirmed", "car_t", papers[0], by=other)
    reader.get(URL)
    with django_assert_num_queries(QUERIES):
        reader.get(URL)
    say("rejected", "car_t", *papers[1:])
    say("confirmed", "car_t", *papers[1:], by=other)
    with django_assert_num_queries(QUERIES):
        reader.get(URL)


QUERIES = 23


def rows(answer) -> list[dict[str, str]]:
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(b"".join(answer).decode())))


def test_every_table_is_a_file(sign_in, judged):
    reader = sign_in("reader")

    def file(name: str, query: str = "") -> list[dict[str, str]]:
        return rows(reader.get(reverse("papers:track_record_table", args=[name]) + query))

    [car_t] = [row for row in file("subjects") if row["subject"] == "car_t"]
    assert (car_t["precision_count"], car_t["precision_of"]) == ("2", "3")
    assert [row["subject"] for row in file("rules")] == ["", "car_t"]
    assert {row["missing"] for row in file("classifier")} == {
        "30 more confirmed and 29 more not of the class",
        "29 more confirmed and 28 more not of the class",
    }
    assert [row["of"] for row in file("curators")] == ["all classes", *MAINS]
    assert [(row["person_1"], row["person_2"]) for row in file("pairs")] == [
        ("colleague", "editor")
    ]
    assert [row["title"] for row in file("disagreements")] == ["CART study 2"]
    assert file("disagreements", "?kind=missed") == []
    assert file("disagreements", "?kind=foo") == file("disagreements"), "as the page reads it"
    assert [row["confirmed_by"] for row in file("differences")] == ["colleague"]


def test_an_unknown_table_is_not_found(sign_in, vocabulary):
    assert sign_in("reader").get("/suggestions/nothing.csv").status_code == 404


def test_it_is_about_people_and_never_public(client, settings, vocabulary):
    settings.PUBLIC_READ = True

    answer = client.get(URL)

    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]
