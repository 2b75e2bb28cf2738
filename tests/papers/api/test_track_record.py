"""The track record over the API has the page's figures."""

from __future__ import annotations

import pytest
from django.utils import timezone

from papers.models import Paper, Suggestion
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

URL = "/api/v1/suggestions/track-record/"


def test_it_gives_every_figure_with_interval_and_counts(api, add_papers, person):
    papers = add_papers(*({"title": f"P {n}"} for n in range(3)))
    target = TherapyClass.objects.get(slug="car_t")
    Suggestion.objects.bulk_create(
        Suggestion(
            paper_id=pk, therapy_class=target, score=0.9, rule="named in the title",
            rule_version="1", made_at=timezone.now(),
        )
        for pk in papers
    )  # fmt: skip
    for state, some in (("confirmed", papers[:2]), ("rejected", papers[2:])):
        tag_papers(papers=some, statements=[Statement(target, state)], by=person("curator"))
    tag_papers(papers=papers[:1], statements=[Statement(target, "rejected")], by=person("editor"))

    said = api("reader").get(URL).json()

    precision = {"value": pytest.approx(2 / 3), "low": pytest.approx(0.2077, abs=1e-4),
                 "high": pytest.approx(0.9385, abs=1e-4), "count": 2, "of": 3}  # fmt: skip
    [car_t] = [row for row in said["subjects"] if row["subject"] == "car_t"]
    assert car_t["precision"] == precision
    assert [(row["subject"], row["rule_version"]) for row in said["rules"]] == [
        (None, "1"), ("car_t", "1"),
    ]  # fmt: skip
    assert said["rules"][0]["precision"] == precision
    assert said["classifier"]["version"] is None
    assert len(said["classifier"]["classes"]) == 4
    assert said["disagreements"] == 1
    assert said["curators"]["papers"] == 1
    assert said["curators"]["pairs"][0]["people"] == ["curator", "editor"]
    assert said["curators"]["overall"]["kappa"] == 0.0
    assert Paper.objects.count() == 3


def test_what_is_not_defined_is_null_and_says_why(api):
    said = api("reader").get(URL).json()

    assert {row["precision"]["value"] for row in said["subjects"]} == {None}
    assert said["rules"] == []
    assert said["curators"]["overall"]["kappa"] is None
    assert said["curators"]["overall"]["why_no_kappa"] == (
        "Nothing has been judged by two people yet."
    )


def test_it_takes_no_parameter(api):
    answer = api("reader").get(URL + "?subject=car_t")

    assert answer.status_code == 400
