"""Tagging over the API: one paper, many papers, and taking it back."""

from __future__ import annotations

import uuid

import pytest

from papers.models import Tag
from papers.records import TARGETS
from papers.services.tagging import Statement, tag_papers
from regimens.models import TherapyClass

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

BULK = "/api/v1/tags/bulk/"
UNDO = "/api/v1/tags/undo/"


@pytest.fixture
def ids(add_papers) -> list[int]:
    return add_papers(*({"title": f"Paper {n}"} for n in (1, 2, 3)))


def of(paper: int) -> str:
    return f"/api/v1/papers/{paper}/tags/"


def holding() -> set[tuple[int, str, str]]:
    return {
        (tag.paper_id, tag.target.slug, tag.state) for tag in Tag.objects.filter(is_current=True)
    }


def test_tag_is_stated_with_who_and_why(api, ids):
    reply = api("curator").post(
        of(ids[0]), {"therapy_class": "car_t-gd2", "state": "confirmed", "note": "GD2"}
    )

    tag = reply.json()
    assert reply.status_code == 201
    assert {name: tag[name] for name in ("paper", *TARGETS, "state", "by")} == {
        "paper": ids[0],
        "therapy_class": "car_t-gd2",
        "regimen": None,
        "setting": None,
        "study_design": None,
        "state": "confirmed",
        "by": "curator",
    }
    assert (tag["note"], tag["is_current"], tag["supersedes"]) == ("GD2", True, None)


@pytest.mark.parametrize(
    ("field", "slug"),
    [("regimen", "ivado"), ("setting", "first_relapse"), ("study_design", "rct")],
)
def test_tag_can_name_each_kind_of_target(api, ids, field, slug):
    reply = api("curator").post(of(ids[0]), {field: slug, "state": "rejected"})

    said = {name: slug if name == field else None for name in TARGETS}
    paper = api("reader").get(f"/api/v1/papers/{ids[0]}/").json()
    assert reply.status_code == 201
    assert {name: reply.json()[name] for name in TARGETS} == said
    assert [{name: tag[name] for name in TARGETS} for tag in paper["tags"]] == [said]
    assert holding() == {(ids[0], slug, "rejected")}


def test_same_tag_again_is_the_one_there_is(api, ids):
    curator, body = api("curator"), {"therapy_class": "car_t", "state": "confirmed"}
    first = curator.post(of(ids[0]), body)

    second = curator.post(of(ids[0]), body)

    assert (second.status_code, second.json()) == (200, first.json())


def test_tag_is_taken_back_and_stays_in_the_history(api, ids):
    curator = api("curator")
    curator.post(of(ids[0]), {"therapy_class": "car_t", "state": "confirmed"})

    reply = curator.post(of(ids[0]), {"therapy_class": "car_t", "state": "withdrawn"})

    said = curator.get(of(ids[0])).json()
    assert reply.status_code == 201
    assert [(tag["state"], tag["is_current"]) for tag in said] == [
        ("confirmed", False),
        ("withdrawn", True),
    ]
    assert curator.get(f"/api/v1/papers/{ids[0]}/").json()["tags"] == []


@pytest.mark.parametrize(
    ("body", "field", "sentence"),
    [
        ({"therapy_class": "nope", "state": "confirmed"}, "therapy_class",
         "There is no therapy class “nope”. There are: car_t, car_t-b7h3"),
        ({"regimen": "nope", "state": "confirmed"}, "regimen", "There is no regimen “nope”."),
        ({"setting": "nope", "state": "confirmed"}, "setting",
         "There is no setting “nope”. There are: consolidation, first_line_metastatic"),
        ({"study_design": "nope", "state": "confirmed"}, "study_design",
         "There is no study design “nope”. There are: case_report, case_series"),
        ({"setting": "mixed", "study_design": "rct", "state": "confirmed"}, "detail",
         "Name one of therapy_class, regimen, setting, study_design, and only one"),
        ({"setting": "mixed", "state": "withdrawn"}, "state", "Nothing was said of setting Mixed"),
        ({"therapy_clas": "car_t", "state": "confirmed"}, "therapy_clas",
         "There is no field “therapy_clas” here. Known: therapy_class, regimen, setting, study_design, state, note."),
        ({"therapy_class": "car_t"}, "state", "This field is required."),
        ({"therapy_class": "car_t", "state": "maybe"}, "state", "\"maybe\" is not a valid choice."),
        ({"state": "confirmed"}, "detail", "Name one of therapy_class, regimen"),
        ({"therapy_class": "car_t", "regimen": "ivado", "state": "confirmed"}, "detail",
         "Name one of therapy_class, regimen"),
        ({"therapy_class": "car_t", "state": "withdrawn"}, "state", "Nothing was said of CAR-T"),
        ([1, 2], "non_field_errors", "Send a JSON object here."),
        ({"therapy_class": "car_t\u0000", "state": "confirmed"}, "therapy_class",
         "Null characters are not allowed."),
    ],
)  # fmt: skip
def test_tag_refuses_what_makes_no_statement(api, ids, body, field, sentence):
    reply = api("curator").post(of(ids[0]), body)

    said = reply.json()[field]
    assert reply.status_code == 400
    assert (said if isinstance(said, str) else said[0]).startswith(sentence)
    assert holding() == set()


def test_tagging_is_not_for_readers(api, ids):
    body = {"therapy_class": "car_t", "state": "confirmed"}

    assert api("reader").post(of(ids[0]), body).status_code == 403
    assert api().post(of(ids[0]), body).status_code == 401


def test_bulk_dry_run_says_what_would_change_and_changes_nothing(api, ids, person):
    tag_papers(papers=ids[:1], statements=[confirmed("car_t")], by=person("curator"))

    reply = api("curator").post(
        BULK,
        {
            "papers": ids,
            "add": [
                {"therapy_class": "targeted"},
                {"regimen": "ivado"},
                {"setting": "mixed"},
                {"study_design": "rct"},
            ],
            "remove": ["car_t"],
            "dry_run": True,
        },
    )

    plan = reply.json()
    assert reply.status_code == 200
    assert (plan["dry_run"], plan["batch"]) == (True, None)
    assert (plan["papers"], plan["changed"], plan["unchanged"]) == (3, 13, 2)
    nothing = dict.fromkeys(TARGETS)
    added = {"before": "untagged", "after": "confirmed"}
    assert [change for change in plan["changes"] if change["paper"] == ids[0]] == [
        {"paper": ids[0], **nothing, "therapy_class": "targeted", **added},
        {"paper": ids[0], **nothing, "regimen": "ivado", **added},
        {"paper": ids[0], **nothing, "setting": "mixed", **added},
        {"paper": ids[0], **nothing, "study_design": "rct", **added},
        {"paper": ids[0], **nothing, "therapy_class": "car_t", "before": "confirmed",
         "after": "untagged"},
    ]  # fmt: skip
    assert holding() == {(ids[0], "car_t", "confirmed")}


def confirmed(slug: str) -> Statement:
    return Statement(TherapyClass.objects.get(slug=slug), "confirmed")


def test_bulk_does_what_its_dry_run_said(api, ids, person):
    tag_papers(papers=ids[:1], statements=[confirmed("car_t")], by=person("curator"))
    curator = api("curator")
    added = ["targeted", {"setting": "mixed"}, {"study_design": "rct"}]
    body = {"papers": ids, "add": added, "remove": ["car_t"], "note": "By title"}
    plan = curator.post(BULK, {**body, "dry_run": True}).json()

    done = curator.post(BULK, body).json()

    batch = uuid.UUID(done.pop("batch"))
    assert done == {key: plan[key] for key in plan if key != "batch"} | {"dry_run": False}
    assert set(Tag.objects.filter(batch=batch).values_list("note", flat=True)) == {"By title"}
    assert holding() == {(ids[0], "car_t", "withdrawn")} | {
        (pk, slug, "confirmed") for pk in ids for slug in ("targeted", "mixed", "rct")
    }


def test_bulk_can_reject(api, ids):
    api("curator").post(BULK, {"papers": ids[:1], "add": ["car_t"], "state": "rejected"})

    assert holding() == {(ids[0], "car_t", "rejected")}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"papers": []}, "papers"),
        ({"papers": [2**63]}, "papers"),
        ({"papers": [987654]}, "papers"),
        ({"papers": ["x"]}, "papers"),
        ({"add": []}, "detail"),
        ({"add": ["nope"]}, "add"),
        ({"add": [{"drug": "x"}]}, "add"),
        ({"add": [7]}, "add"),
        ({"remove": ["car_t"]}, "remove"),
        ({"dryrun": True}, "dryrun"),
    ],
)
def test_bulk_refuses_the_whole_where_a_part_is_wrong(api, ids, change, field):
    reply = api("curator").post(BULK, {"papers": ids, "add": ["car_t"], **change})

    assert (reply.status_code, list(reply.json())) == (400, [field])
    assert holding() == set()


def test_undo_takes_back_the_last_of_ones_own(api, ids):
    curator = api("curator")
    curator.post(BULK, {"papers": ids, "add": ["targeted"]})
    curator.post(BULK, {"papers": ids[:2], "add": ["car_t"]})

    undone = curator.post(UNDO, {}).json()

    assert (undone["papers"], undone["changed"]) == (2, 2)
    assert holding() == {(pk, "targeted", "confirmed") for pk in ids} | {
        (pk, "car_t", "withdrawn") for pk in ids[:2]
    }


def test_undo_refuses_somebody_elses(api, ids):
    batch = api("curator").post(BULK, {"papers": ids, "add": ["targeted"]}).json()["batch"]

    reply = api("editor").post(UNDO, {"batch": batch})

    assert (reply.status_code, reply.json()) == (
        409,
        {"detail": "Somebody else made this change; only they can undo it."},
    )


def test_undo_without_a_tagging_says_so(api, db):
    reply = api("curator").post(UNDO, {})

    assert (reply.status_code, reply.json()) == (
        409,
        {"detail": "You have tagged nothing that could be undone."},
    )


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({}, ["car_t", "ivado", "mixed", "rct"]),
        ({"state": "rejected"}, ["ivado"]),
        ({"therapy_class": "car_t"}, ["car_t"]),
        ({"regimen": "ivado"}, ["ivado"]),
        ({"setting": "mixed"}, ["mixed"]),
        ({"study_design": "rct"}, ["rct"]),
        ({"study_design": "cohort"}, []),
        ({"by": "editor"}, ["ivado"]),
        ({"state": "withdrawn"}, ["targeted"]),
        ({"history": "true"}, ["car_t", "targeted", "targeted", "ivado", "mixed", "rct"]),
    ],
)
def test_tags_are_listed_as_they_hold(api, ids, asked, found):
    curator, editor = api("curator"), api("editor")
    curator.post(of(ids[0]), {"therapy_class": "car_t", "state": "confirmed"})
    curator.post(of(ids[1]), {"therapy_class": "targeted", "state": "confirmed"})
    curator.post(of(ids[1]), {"therapy_class": "targeted", "state": "withdrawn"})
    editor.post(of(ids[2]), {"regimen": "ivado", "state": "rejected"})
    curator.post(of(ids[0]), {"setting": "mixed", "state": "confirmed"})
    curator.post(of(ids[1]), {"study_design": "rct", "state": "confirmed"})

    tags = api("reader").get("/api/v1/tags/", asked).json()["results"]

    assert [next(tag[name] for name in TARGETS if tag[name]) for tag in tags] == found


def test_tags_of_one_paper_are_listed(api, ids):
    curator = api("curator")
    curator.post(BULK, {"papers": ids, "add": ["car_t"]})

    tags = curator.get("/api/v1/tags/", {"paper": ids[1]}).json()["results"]

    assert [(tag["paper"], tag["therapy_class"]) for tag in tags] == [(ids[1], "car_t")]
