"""What has been looked for, read from the searches that ran to their end."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from papers.models import Import, Pull, Search
from papers.services.coverage import Scope, coverage, scope
from papers.services.starter import load_starter_searches
from regimens.terms import shipped

MAINS = {"chemotherapy", "targeted", "immunotherapy", "car_t"}


def covered(query: str) -> set[str]:
    words = shipped()
    found: Scope = scope(query, words)
    return {slug for slug in words.parents if found.covers(slug, words.main(slug))}


def mains(query: str) -> set[str]:
    return covered(query) & MAINS


NAMED = {
    "rhabdomyosarcoma[mh]": MAINS,
    '"Rhabdomyosarcoma"[Mesh] AND metasta*[tiab]': MAINS,
    "rhabdomyosarcoma AND vincristine[tiab]": {"chemotherapy"},
    "rhabdomyosarcoma AND (VAC OR IVADo) AND vincristine": {"chemotherapy"},
    "rhabdomyosarcoma AND chemotherap*[tiab]": {"chemotherapy"},
    "rhabdomyosarcoma AND immunotherap*": {"immunotherapy"},
    '"chimeric antigen receptor" + rhabdomyosarcoma': {"car_t"},
    'rhabdomyosarcoma AND "Molecular Targeted Therapy"[Mesh]': {"targeted"},
    "rhabdomyosarcoma AND (pazopanib OR nivolumab)": {"targeted", "immunotherapy"},
    "rhabdomyosarcoma AND radiotherapy[tiab]": set(),
    "rhabdomyosarcoma AND VAC[tiab]": {"chemotherapy"},
    'rhabdomyosarcoma NOT "CAR T"[tiab]': MAINS - {"car_t"},
    "rhabdomyosarcoma NOT (chemotherapy OR radiotherapy)": MAINS - {"chemotherapy"},
    "rhabdomyosarcoma -chemotherapy": MAINS - {"chemotherapy"},
    "rhabdomyosarcoma -veterinary -canine": MAINS,
    "rhabdomyosarcoma NOT methotrexate": MAINS,
    "rhabdomyosarcoma AND nivolumab NOT chemotherapy": {"immunotherapy"},
}


@pytest.mark.parametrize(("query", "expected"), NAMED.items(), ids=NAMED)
def test_a_query_looks_for_the_classes_that_it_names_or_for_all(query, expected):
    assert mains(query) == expected


def test_a_phrase_covers_what_is_below_its_class_and_a_drug_does_not():
    assert "chemotherapy-taxane" in covered("rhabdomyosarcoma AND chemotherapy")
    assert covered("rhabdomyosarcoma AND vincristine") == {"chemotherapy", "chemotherapy-vinca"}


def test_a_drug_is_looked_for_by_its_name_or_with_its_class():
    words = shipped()
    vinca = ("chemotherapy-vinca", "chemotherapy")

    assert scope("vincristine", words).covers(*vinca, "vincristine")
    assert not scope("vincristine", words).covers(*vinca, "vinorelbine")
    assert scope("chemotherapy", words).covers(*vinca, "vinorelbine")
    assert scope("rhabdomyosarcoma", words).covers(*vinca, "vinorelbine")


@pytest.mark.django_db
def test_the_starter_strategies_say_what_they_look_for():
    load_starter_searches()

    assert {search.name: mains(search.query) for search in Search.objects.all()} == {
        "Metastatic or relapsed rhabdomyosarcoma, systemic treatment": MAINS,
        "Paediatric basket trials of new agents in sarcoma and solid tumours": (
            MAINS - {"chemotherapy"}
        ),
        "Metastatic or relapsed rhabdomyosarcoma, systemic treatment (Semantic Scholar)": MAINS,
        "Paediatric basket trials of new agents (Semantic Scholar)": {"car_t"},
    }


def ran(query: str, *, days_ago: int = 0, **fields) -> Pull:
    search = Search.objects.create(name=f"About {query}", source="pubmed", query=query)
    at = timezone.now() - dt.timedelta(days=days_ago)
    values = {"search": search, "source": "pubmed", "query": query, "state": "done"}
    return Pull.objects.create(**values | {"finished_at": at} | fields)


def names(therapy_class: str) -> list[str]:
    return [each.name for each in coverage().of(therapy_class, therapy_class)]


def test_finished_searches_count_the_latest_first(vocabulary):
    ran("rhabdomyosarcoma", days_ago=9)
    ran("nivolumab", days_ago=3)

    assert names("immunotherapy") == ["About nivolumab", "About rhabdomyosarcoma"]
    assert names("car_t") == ["About rhabdomyosarcoma"]


@pytest.mark.parametrize("state", ["queued", "running", "waiting", "failed", "cancelled"])
def test_a_search_that_did_not_finish_has_not_looked(vocabulary, state):
    ran("rhabdomyosarcoma", state=state)

    assert coverage().looked == ()


def test_imports_and_other_pulls_are_no_search(vocabulary):
    Import.objects.create(name="refs.ris", sha256="0" * 64, size=1, state="done")
    for kind in ("enrichment", "snowball"):
        ran("rhabdomyosarcoma", kind=kind)

    assert coverage().looked == ()


def test_a_search_counts_with_the_query_that_it_ran_with(vocabulary):
    pull = ran("vincristine")
    Search.objects.update(query="rhabdomyosarcoma")

    assert names("car_t") == []
    assert [each.search for each in coverage().looked] == [pull.search_id]


def test_a_search_that_is_deleted_has_looked_all_the_same(vocabulary):
    ran("rhabdomyosarcoma")
    Search.objects.all().delete()

    assert names("car_t") == ["PubMed: rhabdomyosarcoma"]


def test_many_runs_of_one_search_are_one_with_the_day_of_the_last(vocabulary):
    first = ran("rhabdomyosarcoma", days_ago=30)
    ran("rhabdomyosarcoma", days_ago=2, search=first.search)

    assert [each.on for each in coverage().looked] == [timezone.localdate() - dt.timedelta(days=2)]
