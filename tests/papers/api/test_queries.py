"""However many rows a list has, it asks the database as often."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from papers.models import Import, Paper
from papers.services.tagging import Statement, tag_papers
from regimens.models import Regimen, TherapyClass

pytestmark = pytest.mark.django_db

LISTS = ("papers", "authors", "journals", "tags", "imports", "changes")


@pytest.fixture
def library(add_papers, vocabulary, person):
    """Grow the library to so many papers, each with all that belongs to one."""

    def grow(first: int, last: int) -> None:
        ids = add_papers(
            *(
                {
                    "title": f"Paper {n}",
                    "PMID": str(n),
                    "container-title": f"Journal {n}",
                    "author": [{"family": f"Family {n}", "given": "A"}, {"family": f"Other {n}"}],
                    "issued": {"date-parts": [[2000]]},
                }
                for n in range(first, last + 1)
            )
        )
        said = [
            Statement(TherapyClass.objects.get(slug="car_t-gd2"), "confirmed"),
            Statement(Regimen.objects.first(), "rejected"),
        ]
        tag_papers(papers=ids, statements=said, by=person("curator"))
        Import.objects.bulk_create(
            Import(name="f", sha256="0" * 64, size=1, by=person("curator")) for _ in ids
        )

    return grow


def queries(client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        reply = client.get(url)
        assert reply.status_code == 200
        if reply.streaming:
            list(reply.streaming_content)
    return len(captured)


@pytest.mark.parametrize("form", ["page_size=200", "format=ndjson", "format=csv"])
@pytest.mark.parametrize("place", LISTS)
def test_list_asks_as_often_at_1_and_at_50_rows(api, library, place, form):
    client, url = api("curator"), f"/api/v1/{place}/?{form}"
    library(1, 1)
    at_1 = queries(client, url)

    library(2, 50)

    assert Paper.objects.count() == 50
    assert queries(client, url) == at_1


@pytest.mark.parametrize("place", ["therapy-classes", "drugs", "regimens"])
def test_vocabulary_asks_as_often_at_1_and_at_50_rows(api, vocabulary, place):
    client = api("curator")

    assert queries(client, f"/api/v1/{place}/?page_size=1") == queries(
        client, f"/api/v1/{place}/?page_size=50"
    )
