"""Authors, journals and the feed of changes over the API."""

from __future__ import annotations

import pytest

from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("asked", [{"search": "ferr andrea"}, {"orcid": "0000-0002-1825-0097"}])
def test_author_is_found_with_orcid_and_papers(api, rich, asked):
    [author] = api("reader").get("/api/v1/authors/", asked).json()["results"]

    author.pop("id")
    assert author == {
        "name": "Ferrari, Andrea",
        "family": "Ferrari",
        "given": "Andrea",
        "orcid": "0000-0002-1825-0097",
        "semantic_scholar_id": None,
        "is_collective": False,
        "papers": 1,
    }


@pytest.mark.parametrize("asked", [{"search": "examples"}, {"issn": "0360-3016"}])
def test_journal_is_found_with_its_names(api, rich, seed, asked):
    [journal] = api("reader").get("/api/v1/journals/", asked).json()["results"]

    journal.pop("id")
    assert journal == {
        "title": "Journal of examples",
        "iso_abbreviation": "J Ex",
        "issn": "1879-355X",
        "issn_linking": "0360-3016",
        "issn_print": None,
        "issn_electronic": "1879-355X",
        "nlm_id": "7603616",
        "publisher": "",
        "country": "Italy",
        "metrics": [],
        "papers": 1,
    }


def test_journal_shows_what_rankings_say(api, seed):
    journal = api("reader").get(f"/api/v1/journals/{seed.journal_id}/").json()

    assert [(m["impact_factor"], m["jcr_quartile"], m["cas_zone"]) for m in journal["metrics"]] == [
        (2.5, "Q3", 3)
    ]


def test_changes_come_in_order_after_the_last_one_seen(api, add_papers, vocabulary, person):
    first, second = add_papers({"title": "One"}, {"title": "Two"})
    reader = api("reader")
    seen = reader.get("/api/v1/changes/").json()["results"]
    statement = Statement(TherapyClass.objects.get(slug="car_t"), "confirmed")
    tag_papers(papers=[second], statements=[statement], note="why", by=person("curator"))

    [change] = reader.get("/api/v1/changes/", {"since": seen[-1]["id"]}).json()["results"]

    assert [(row["paper"], row["kind"], row["by"]) for row in seen] == [
        (first, "created", None),
        (second, "created", None),
    ]
    assert (change["paper"], change["kind"], change["by"], change["note"]) == (
        second, "tagged", "curator", "why",
    )  # fmt: skip
    assert (change["detail"]["slug"], change["detail"]["after"]) == ("car_t", "confirmed")


@pytest.mark.parametrize(("asked", "count"), [({"kind": "tagged"}, 0), ({"kind": "created"}, 2)])
def test_changes_are_filtered_by_kind_and_paper(api, add_papers, asked, count):
    first, _second = add_papers({"title": "One"}, {"title": "Two"})
    reader = api("reader")

    assert reader.get("/api/v1/changes/", asked).json()["count"] == count
    assert reader.get("/api/v1/changes/", {"paper": first}).json()["count"] == 1


def test_changes_are_not_public(api, rich, settings):
    settings.PUBLIC_READ = True

    assert api().get("/api/v1/changes/").status_code == 401
    assert api().get("/api/v1/authors/").status_code == 200
