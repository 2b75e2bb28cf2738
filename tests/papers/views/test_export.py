"""The export page: the library's filters, as a file."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone

from papers.records import PartialDate, Record, Source
from papers.services.acquire import acquire_records
from papers.services.exporting import EXPORT_FORMATS
from papers.services.roles import give_role

pytestmark = pytest.mark.django_db

EXPORT = "/papers/export/"


@pytest.fixture
def reader(client):
    person = get_user_model().objects.create_user("ada")
    give_role(user=person, role="reader")
    client.force_login(person)
    records = [
        Record(source=Source.FILE, title="Old", published=PartialDate(1999)),
        Record(source=Source.FILE, title="New", published=PartialDate(2021)),
    ]
    for record in records:
        object.__setattr__(record, "raw", record.title.encode())
        object.__setattr__(record, "format", "csl_json")
    acquire_records(records, at=timezone.now())
    return client


@pytest.mark.parametrize("name", EXPORT_FORMATS)
def test_export_streams_a_file_of_that_format(reader, name):
    reply = reader.get(EXPORT, {"format": name})

    assert (reply.status_code, reply.streaming) == (200, True)
    assert reply["Content-Type"].startswith(EXPORT_FORMATS[name].media_type)
    assert reply["Content-Disposition"].endswith(f'{EXPORT_FORMATS[name].suffix}"')
    assert b"".join(reply.streaming_content)


def test_export_holds_what_the_filters_find(reader):
    reply = reader.get(EXPORT, {"format": "ris", "year_min": "2000"})

    content = b"".join(reply.streaming_content)
    assert b"New" in content
    assert b"Old" not in content


def test_export_without_a_format_offers_them_with_the_filters_kept(reader):
    reply = reader.get(EXPORT, {"year_min": "2000"})

    assert reply.status_code == 400
    for name in EXPORT_FORMATS:
        assert f'href="?year_min=2000&amp;format={name}"' in reply.content.decode()


def test_export_with_a_filter_it_cannot_read_exports_nothing(reader):
    reply = reader.get(EXPORT, {"format": "ris", "year_min": "soon"})

    assert (reply.status_code, reply.streaming) == (400, False)
    assert "Nothing was exported" in reply.content.decode()
