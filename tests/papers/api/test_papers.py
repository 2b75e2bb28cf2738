"""Papers over the API: their shape, the filters, pages and corrections."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework import serializers

from papers.models import Change
from papers.serializers.paper import PaperSerializer
from papers.services.correcting import correct_paper
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass

pytestmark = pytest.mark.django_db

PAPERS = "/api/v1/papers/"


def test_seed_paper_is_found_by_its_doi_with_all_its_facts(api, seed):
    reply = api("reader").get(PAPERS, {"doi": "10.1080/14656566.2025.2484319"}).json()

    [paper] = reply["results"]
    assert [author["name"] for author in paper["authors"]] == [
        "Di Carlo, Daniela",
        "Affinita, Maria Carmen",
        "Poli, Elena",
        "Bisogno, Gianni",
    ]
    assert [part["label"] for part in paper["abstract_sections"]] == [
        "Introduction",
        "Areas covered",
        "Expert opinion",
    ]
    assert paper["journal"]["metrics"] == [
        {
            "year": None,
            "impact_factor": 2.5,
            "jcr_quartile": "Q3",
            "jcr_category": "PHARMACOLOGY & PHARMACY",
            "cas_zone": 3,
            "cas_category": "医学",
        }
    ]
    assert (reply["count"], reply["next"], reply["previous"]) == (1, None, None)


def test_papers_need_a_token(api, seed):
    reply = api().get(PAPERS, {"doi": seed.doi})

    assert reply.status_code == 401
    assert reply["WWW-Authenticate"] == "Token"
    assert reply.json()["detail"].startswith("Sign in, or send a token")


@pytest.mark.parametrize("header", ["Token rms_wrong", "Token \xff\xfe", "Token", "Token a b"])
def test_wrong_token_is_refused(api, db, header):
    reply = api().get(PAPERS, headers={"Authorization": header})

    assert reply.status_code == 401


def test_paper_keeps_every_field_of_its_record(api, rich):
    paper = api("reader").get(f"{PAPERS}{rich.pk}/").json()

    origin = {"source": "pubmed", "source_record": rich.source_records.get().pk}
    provenance = paper.pop("provenance")
    assert {
        field: {**origin, "at": provenance["title"]["at"]} for field in provenance
    } == provenance
    assert paper["authors"][0].pop("id") != paper["authors"][1].pop("id")
    assert {name: paper[name] for name in EXPECTED} == EXPECTED


EXPECTED: dict[str, Any] = {
    "title": "Iron 59Fe in rhabdomyosarcoma.",
    "title_html": "Iron <sup>59</sup>Fe in rhabdomyosarcoma.",
    "abstract": "AIM: To use 59Fe.",
    "abstract_sections": [
        {"label": "AIM", "text": "To use 59Fe.", "html": "To use <sup>59</sup>Fe."}
    ],
    "abstract_copyright": "Copyright 2011.",
    "doi": "10.1000/rich.1",
    "pmid": "21000001",
    "pmid_version": 1,
    "pmcid": "PMC123",
    "semantic_scholar_id": None,
    "other_ids": {"pii": "S1"},
    "language": ["eng"],
    "authors": [
        {
            "name": "Ferrari, Andrea",
            "family": "Ferrari",
            "given": "Andrea",
            "initials": "A",
            "suffix": "",
            "orcid": "0000-0002-1825-0097",
            "semantic_scholar_id": None,
            "is_collective": False,
            "affiliations": ["Milan."],
        },
        {
            "name": "EpSSG",
            "family": "",
            "given": "",
            "initials": "",
            "suffix": "",
            "orcid": None,
            "semantic_scholar_id": None,
            "is_collective": True,
            "affiliations": [],
        },
    ],
    "year": 2011,
    "publication_date": "2011",
    "publication_date_text": "Spring",
    "electronic_date": "2010-12-03",
    "volume": "11",
    "issue": "2",
    "pages": "10-19",
    "publication_types": ["Journal Article"],
    "mesh_headings": [
        {
            "descriptor": "Rhabdomyosarcoma",
            "ui": "D012208",
            "is_major": True,
            "qualifiers": [{"name": "drug therapy", "ui": "Q000188", "is_major": True}],
        }
    ],
    "keywords": ["sarcoma"],
    "substances": [{"name": "Vincristine", "ui": "D014750", "registry_number": "5J49Q6B70F"}],
    "trial_registrations": ["NCT00379457"],
    "grants": [{"number": "CA1", "agency": "NCI", "country": "US"}],
    "open_access": {"is_open": None, "status": None, "url": None, "license": None},
    "citation_count": None,
    "status": "retracted",
    "related": [
        {
            "type": "retraction_in",
            "pmid": "21000002",
            "doi": None,
            "citation": "J Ex 2012",
            "paper": None,
        }
    ],
    "tags": [],
    "suggestions": [],
    "remarks": [],
}


def test_related_names_the_paper_of_this_library(api, rich, add_papers):
    [notice] = add_papers({"title": "Retraction", "PMID": "21000002"})

    paper = api("reader").get(f"{PAPERS}{rich.pk}/").json()

    assert [link["paper"] for link in paper["related"]] == [notice]


def test_schema_names_every_key_of_a_paper(api, rich, seed, vocabulary, person):
    tag_papers(papers=[rich.pk], statements=[confirmed("car_t")], by=person("curator"))
    correct_paper(paper=rich, changes={"volume": "12"}, by=person("editor"))

    shown = api("reader").get(PAPERS).json()["results"]

    assert [undeclared(PaperSerializer(), paper) for paper in shown] == [[], []]


def undeclared(serializer: serializers.BaseSerializer, value: Any, path: str = "") -> list[str]:
    """Keys in ``value`` that the serializer does not declare, and required ones that it lacks."""
    if isinstance(serializer, serializers.ListSerializer):
        return [
            fault for item in value for fault in undeclared(serializer.child, item, f"{path}[]")
        ]
    if not isinstance(serializer, serializers.Serializer) or value is None:
        return []
    required = {name for name, field in serializer.fields.items() if field.required}
    faults = [f"{path}.{name}" for name in value.keys() - serializer.fields.keys()]
    faults += [f"{path}.{name} is missing" for name in required - value.keys()]
    for name, field in serializer.fields.items():
        if name in value:
            faults += undeclared(field, value[name], f"{path}.{name}")
    return faults


def test_list_filters_as_the_library_does(api, add_papers, vocabulary, person):
    old, new, other = add_papers(
        {"title": "Old", "issued": {"date-parts": [[1999]]}},
        {"title": "New", "issued": {"date-parts": [[2021]]}},
        {"title": "Other", "issued": {"date-parts": [[2022]]}},
    )
    tag_papers(papers=[old, new], statements=[confirmed("car_t-gd2")], by=person("curator"))

    reply = (
        api("reader").get(PAPERS, {"therapy_class": ["car_t", "targeted"], "year_min": 2000}).json()
    )

    assert [paper["id"] for paper in reply["results"]] == [new]
    assert other not in [paper["id"] for paper in reply["results"]]


def confirmed(slug: str) -> Statement:
    return Statement(TherapyClass.objects.get(slug=slug), "confirmed")


def test_pages_have_25_papers_and_up_to_200(api, add_papers):
    add_papers(*({"title": f"Paper {n}"} for n in range(230)))
    reader = api("reader")

    first = reader.get(PAPERS).json()
    wide = reader.get(PAPERS, {"page_size": 1000}).json()
    last = reader.get(PAPERS, {"page": 10}).json()

    assert (first["count"], len(first["results"]), first["previous"]) == (230, 25, None)
    assert first["next"] == "http://testserver/api/v1/papers/?page=2"
    assert len(wide["results"]) == 200
    assert (len(last["results"]), last["next"]) == (5, None)


def test_tags_of_a_paper_say_who_and_when(api, seed, vocabulary, person):
    tag_papers(
        papers=[seed.pk], statements=[confirmed("chemotherapy")], note="VAC", by=person("curator")
    )

    [tag] = api("reader").get(f"{PAPERS}{seed.pk}/").json()["tags"]

    at = tag.pop("at")
    assert at.endswith("Z")
    assert tag == {
        "therapy_class": "chemotherapy",
        "regimen": None,
        "setting": None,
        "study_design": None,
        "state": "confirmed",
        "by": "curator",
        "note": "VAC",
    }


def test_public_reader_sees_the_paper_but_no_people(api, seed, vocabulary, person, settings):
    settings.PUBLIC_READ = True
    tag_papers(
        papers=[seed.pk], statements=[confirmed("chemotherapy")], note="VAC", by=person("curator")
    )
    correct_paper(paper=seed, changes={"volume": "26"}, by=person("editor"))

    paper = api().get(f"{PAPERS}{seed.pk}/").json()
    streamed = b"".join(api().get(PAPERS, {"format": "ndjson"}).streaming_content)

    assert [(tag["state"], tag["by"], tag["note"]) for tag in paper["tags"]] == [
        ("confirmed", None, "")
    ]
    assert paper["provenance"]["volume"]["by"] is None
    assert b"curator" not in streamed
    assert b"editor" not in streamed
    assert api().get(f"{PAPERS}{seed.pk}/tags/").status_code == 401


def test_patch_corrects_a_paper_and_says_why(api, rich):
    reply = api("editor").patch(
        f"{PAPERS}{rich.pk}/",
        {"title": "Iron.", "keywords": ["a", "b"], "language": ["fre"], "reason": "Misprint"},
    )

    change = Change.objects.filter(paper=rich).first()
    paper = reply.json()
    assert (reply.status_code, paper["title"], paper["keywords"]) == (200, "Iron.", ["a", "b"])
    assert paper["language"] == ["fre"]
    assert paper["provenance"]["title"]["by"] == "editor"
    assert (change.kind, change.by.username, change.note) == ("corrected", "editor", "Misprint")


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"doi": "no doi"}, "doi", "This is no DOI. One looks like 10.1002/pbc.28904"),
        ({"citation_count": 5}, "citation_count", "There is no field “citation_count” here."),
        ({"reason": "none"}, "detail", "Name at least one field to correct"),
        ({"title": None}, "title", "This field may not be null."),
    ],
)
def test_patch_refuses_what_is_no_correction(api, rich, body, field, sentence):
    reply = api("editor").patch(f"{PAPERS}{rich.pk}/", body)

    said = reply.json()[field]
    assert reply.status_code == 400
    assert (said if isinstance(said, str) else said[0]).startswith(sentence)


def test_patch_refuses_an_identifier_of_another_paper(api, rich, add_papers):
    [other] = add_papers({"title": "Other", "PMID": "5"})

    reply = api("editor").patch(f"{PAPERS}{rich.pk}/", {"pmid": "5"})

    assert (reply.status_code, reply.json()) == (
        400,
        {"pmid": [f"5 stands on paper {other} already: Other."]},
    )


def test_patch_is_not_for_curators(api, rich):
    assert api("curator").patch(f"{PAPERS}{rich.pk}/", {"title": "X"}).status_code == 403
