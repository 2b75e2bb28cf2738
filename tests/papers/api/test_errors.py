"""Every refusal is JSON with a sentence, and nothing that is sent breaks the server."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.django_db

PAPERS = "/api/v1/papers/"


@pytest.mark.parametrize(
    ("url", "field", "sentence"),
    [
        (
            "papers/?yaer_min=2000",
            "yaer_min",
            "There is no parameter “yaer_min” here. Known: search",
        ),
        (
            "papers/?format=xlsx",
            "format",
            "There is no format “xlsx” here. Known: json, ndjson, csv.",
        ),
        ("papers/?page_size=0", "page_size", "Give a whole number from 1 to 200."),
        ("papers/?page_size=ten", "page_size", "Give a whole number from 1 to 200."),
        ("papers/?search=%00", "search", "Null characters are not allowed."),
        ("papers/?therapy_class=%00", "therapy_class", "Null characters are not allowed."),
        ("papers/?therapy_class=nope", "therapy_class", "There is no therapy class “nope”."),
        (
            "papers/?journal=99999999999999999999",
            "journal",
            "“99999999999999999999” is not a valid value.",
        ),
        ("papers/?author=x", "author", "“x” is not a valid value."),
        ("papers/?year_min=-1e999999999", "year_min", "Enter a whole number."),
        ("papers/?added_by=9e99", "added_by", "Enter a whole number."),
        ("papers/?has_abstract=maybe", "has_abstract", "Write true or false."),
        ("papers/?format=csv&page=2", "page", "There is no parameter “page” here."),
        ("papers/?doi=x", "doi", "This is no DOI."),
        ("papers/?updated_since=yesterday", "updated_since", "Enter a valid date/time."),
        ("drugs/?therapy_class=%00", "therapy_class", "Null characters are not allowed."),
        ("regimens/?drug=%00", "drug", "Null characters are not allowed."),
        ("tags/?paper=99999999999999999999", "paper", "Ensure this value is less than"),
        ("changes/?since=-1", "since", "Ensure this value is greater than"),
        ("authors/?name=x", "name", "There is no parameter “name” here. Known: search, orcid"),
    ],
)
def test_parameter_that_cannot_be_read_is_named(api, vocabulary, url, field, sentence):
    reply = api("reader").get(f"/api/v1/{url}")

    assert (reply.status_code, list(reply.json())) == (400, [field])
    assert reply.json()[field][0].startswith(sentence)


@pytest.mark.parametrize(
    "url",
    [
        "papers/99999999999999999999/",
        "papers/0/",
        "papers/x/",
        "papers/1/nothing/",
        "papers/?page=2",
        "papers/?page=99999999999999999999",
        "imports/99999999999999999999/rejected/",
        "drugs/%00/",
        "nothing/",
        "papers/%0A/tags/",
    ],
)
def test_what_is_not_there_is_404_in_json(api, db, url):
    reply = api("curator").get(f"/api/v1/{url}")

    assert (reply.status_code, reply["Content-Type"]) == (404, "application/json")
    assert list(reply.json()) == ["detail"]


def test_one_paper_takes_no_filters(api, rich):
    reply = api("reader").get(f"{PAPERS}{rich.pk}/?year_min=2000")

    assert reply.status_code == 400
    assert reply.json() == {"year_min": ["There is no parameter “year_min” here. Known: format."]}


@pytest.mark.parametrize("content", ["{oops", "", "[1,", "\x00", '{"note": NaN}'])
def test_body_that_is_no_json_is_told_so(api, rich, content):
    reply = api("curator").post(
        f"{PAPERS}{rich.pk}/tags/", content, content_type="application/json"
    )

    assert reply.status_code == 400


def test_body_that_is_no_json_says_what_to_send(api, rich):
    reply = api("curator").post(
        f"{PAPERS}{rich.pk}/tags/", "{oops", content_type="application/json"
    )

    assert reply.json()["detail"].startswith("The body cannot be read (JSON parse error")
    assert reply.json()["detail"].endswith("Send a JSON object.")


@pytest.mark.parametrize(
    ("method", "url"),
    [("post", "papers/"), ("put", "papers/1/"), ("delete", "papers/1/"), ("get", "tags/bulk/")],
)
def test_method_that_nothing_answers_is_405(api, db, method, url):
    reply = getattr(api("reader"), method)(f"/api/v1/{url}")

    assert (reply.status_code, list(reply.json())) == (405, ["detail"])
    assert reply["Allow"]


def test_media_types_that_are_not_served_or_read(api, rich):
    reader = api("curator")

    accept = reader.get(PAPERS, headers={"Accept": "image/png"})
    body = reader.post(f"{PAPERS}{rich.pk}/tags/", "a=b", content_type="text/plain")

    assert (accept.status_code, body.status_code) == (406, 415)
    assert accept.json()["detail"].startswith("Ask for application/json")
    assert body.json()["detail"].endswith("Send application/json; files as multipart/form-data.")


def test_session_writes_only_with_a_csrf_token(api, rich, person):
    from rest_framework.test import APIClient

    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(person("curator"))

    reply = browser.post(f"{PAPERS}{rich.pk}/tags/", {"therapy_class": "car_t"})

    assert (reply.status_code, "CSRF" in reply.json()["detail"]) == (403, True)
