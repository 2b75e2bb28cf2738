"""Suggestions over the API: read them, say yes or no to one or to many, take it back."""

from __future__ import annotations

import pytest

from papers.models import Paper, Suggestion, Tag
from papers.services.correcting import correct_paper
from papers.services.suggesting import read_awaiting
from regimens.suggest import RULES_VERSION

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("vocabulary")]

SUGGESTIONS = "/api/v1/suggestions/"


@pytest.fixture
def papers(add_papers) -> list[int]:
    ids = add_papers(
        {"title": "Temsirolimus in relapsed rhabdomyosarcoma"},
        {"title": "GD2 CAR T cells for sarcoma"},
    )
    list(read_awaiting())
    return ids


def the(slug: str) -> int:
    return Suggestion.objects.get(therapy_class__slug=slug).pk


def holding() -> set[tuple[str, str]]:
    current = Tag.objects.filter(is_current=True).exclude(state="withdrawn")
    return {(tag.target.slug, tag.state) for tag in current}


def test_a_suggestion_shows_its_words_rule_and_decision(api, papers):
    reply = api("reader").get(f"{SUGGESTIONS}{the('targeted-mtor')}/")

    said = reply.json()
    assert said.pop("made_at")
    assert said == {
        "id": the("targeted-mtor"),
        "paper": papers[0],
        "therapy_class": "targeted-mtor",
        "regimen": None,
        "setting": None,
        "study_design": None,
        "score": 0.88,
        "rule": "named in the title",
        "rule_version": RULES_VERSION,
        "quotes": [
            {
                "field": "title",
                "item": None,
                "start": 0,
                "end": 12,
                "text": "Temsirolimus",
                "is_stale": False,
            }
        ],
        "decision": "untagged",
    }


def test_quotes_are_stale_from_a_change_of_the_words_until_they_are_read_again(api, papers, person):
    def staleness() -> list[bool]:
        [row] = [
            each
            for each in api("reader").get(f"{SUGGESTIONS}?paper={papers[0]}").json()["results"]
            if each["therapy_class"] == "targeted"
        ]
        return [quote["is_stale"] for quote in row["quotes"]]

    title = "On temsirolimus in relapsed rhabdomyosarcoma"
    paper = Paper.objects.get(pk=papers[0])
    correct_paper(paper=paper, changes={"title": title}, by=person("editor"))

    assert staleness() == [True]
    list(read_awaiting())
    assert staleness() == [False]


def test_a_paper_carries_its_suggestions(api, papers):
    paper = api("reader").get(f"/api/v1/papers/{papers[1]}/").json()

    assert [(each["therapy_class"], each["score"]) for each in paper["suggestions"]][:2] == [
        ("car_t", 0.88),
        ("car_t-gd2", 0.88),
    ]
    for quote in paper["suggestions"][0]["quotes"]:
        assert paper[quote["field"]][quote["start"] : quote["end"]] == quote["text"]


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("therapy_class=car_t", ["car_t"]),
        ("setting=relapsed_refractory", ["relapsed_refractory"]),
        ("min_score=0.88&therapy_class=targeted", ["targeted"]),
        ("min_score=0.995", []),
        ("rule=named in the title&therapy_class=targeted", ["targeted"]),
    ],
)
def test_suggestions_are_filtered(api, papers, query, slugs):
    reply = api("reader").get(f"{SUGGESTIONS}?{query}").json()

    found = [each["therapy_class"] or each["setting"] for each in reply["results"]]
    assert found == slugs


def test_accepting_confirms_and_rejecting_rejects(api, papers):
    client = api("curator")

    accepted = client.post(f"{SUGGESTIONS}{the('targeted')}/accept/", {"note": "mTOR"})
    rejected = client.post(f"{SUGGESTIONS}{the('car_t')}/reject/")

    assert (accepted.status_code, rejected.status_code) == (200, 200)
    assert accepted.json()["changed"] == 1
    assert holding() == {("targeted", "confirmed"), ("car_t", "rejected")}
    shown = client.get(f"{SUGGESTIONS}{the('targeted')}/").json()
    assert shown["decision"] == "confirmed"


def test_undecided_are_those_that_nobody_spoke_of(api, papers):
    client = api("curator")
    client.post(f"{SUGGESTIONS}{the('targeted')}/accept/")
    both = f"{SUGGESTIONS}?paper={papers[0]}&undecided="

    left = client.get(f"{both}true").json()["results"]
    done = client.get(f"{both}false").json()["results"]

    assert {each["therapy_class"] for each in left} == {"targeted-mtor", None}
    assert [each["therapy_class"] for each in done] == ["targeted"]


def test_what_is_refused_as_a_whole_is_decided_in_its_parts(api, papers):
    client = api("curator")
    client.post(f"{SUGGESTIONS}{the('targeted')}/reject/")

    done = client.get(f"{SUGGESTIONS}?paper={papers[0]}&undecided=false").json()["results"]

    assert {each["therapy_class"]: each["decision"] for each in done} == {
        "targeted": "rejected", "targeted-mtor": "rejected",
    }  # fmt: skip


def test_somebody_elses_word_is_not_overruled_by_an_answer_to_a_machine(api, papers):
    api("curator").post(f"{SUGGESTIONS}{the('car_t')}/reject/")
    other = api("editor")

    one = other.post(f"{SUGGESTIONS}{the('car_t')}/accept/")
    many = other.post(
        f"{SUGGESTIONS}bulk/", {"accept": [the("car_t"), the("targeted")]}, format="json"
    )

    assert (one.status_code, many.status_code) == (409, 409)
    said = f"curator has rejected CAR-T cells on paper {papers[1]}. To overrule that, state it"
    assert one.json()["detail"].startswith(said)
    assert holding() == {("car_t", "rejected")}


def test_one_may_change_ones_own_mind_and_agree_with_others(api, papers):
    client = api("curator")
    client.post(f"{SUGGESTIONS}{the('car_t')}/reject/")

    changed = client.post(f"{SUGGESTIONS}{the('car_t')}/accept/")
    agreed = api("editor").post(f"{SUGGESTIONS}{the('car_t')}/accept/")

    assert (changed.json()["changed"], agreed.json()["unchanged"]) == (1, 1)
    assert holding() == {("car_t", "confirmed")}


@pytest.mark.parametrize("length", [2000, 2001])
def test_a_note_is_as_long_as_in_the_pages_forms(api, papers, length):
    client = api("curator")
    one = {"note": "n" * length}

    accepted = client.post(f"{SUGGESTIONS}{the('targeted')}/accept/", one, format="json")
    many = client.post(f"{SUGGESTIONS}bulk/", {**one, "accept": [the("car_t")]}, format="json")

    expected = 200 if length == 2000 else 400
    assert (accepted.status_code, many.status_code) == (expected, expected)


def test_many_are_decided_in_one_act_and_taken_back_as_one(api, papers):
    client = api("curator")
    asked = {"accept": [the("targeted"), the("targeted-mtor")], "reject": [the("car_t")]}

    planned = client.post(f"{SUGGESTIONS}bulk/", {**asked, "dry_run": True}, format="json")
    assert (planned.json()["changed"], holding()) == (3, set())

    done = client.post(f"{SUGGESTIONS}bulk/", asked, format="json")
    assert (done.json()["changed"], done.json()["papers"]) == (3, 2)
    assert holding() == {
        ("targeted", "confirmed"),
        ("targeted-mtor", "confirmed"),
        ("car_t", "rejected"),
    }

    client.post("/api/v1/tags/undo/", {"batch": done.json()["batch"]})
    assert holding() == set()


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({}, "Name at least one suggestion"),
        ({"accept": [1], "reject": [1]}, "cannot be accepted and rejected at once"),
        ({"accept": [999999]}, "There is no suggestion 999999."),
        ({"accept": ["x"]}, "integer"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused(api, papers, asked, sentence):
    reply = api("curator").post(f"{SUGGESTIONS}bulk/", asked, format="json")

    assert reply.status_code == 400
    assert sentence in reply.content.decode()
    assert holding() == set()


def test_readers_decide_nothing(api, papers):
    assert api("reader").post(f"{SUGGESTIONS}{the('targeted')}/accept/").status_code == 403
    assert holding() == set()


@pytest.mark.parametrize(
    ("query", "field", "sentence"),
    [
        ("therapy_class=cart", "therapy_class", "There is no therapy class “cart”."),
        ("setting=x", "setting", "There is no setting “x”."),
        ("study_design=x", "study_design", "There is no study design “x”."),
        ("min_score=1.5", "min_score", "Ensure this value is less than or equal to 1."),
        ("min_score=nan", "min_score", "Enter a number."),
    ],
)
def test_a_filter_that_would_find_nothing_for_a_slip_says_so(api, papers, query, field, sentence):
    reply = api("reader").get(f"{SUGGESTIONS}?{query}")

    assert (reply.status_code, reply.json()) == (400, {field: [sentence]})


def test_a_list_costs_the_same_queries_for_one_and_for_many(
    api, papers, django_assert_max_num_queries
):
    client = api("reader")
    for query in ("?therapy_class=car_t", ""):
        with django_assert_max_num_queries(9):
            assert client.get(SUGGESTIONS + query).status_code == 200


@pytest.mark.parametrize("sent", [{}, {"accept": [], "reject": []}, {"accept": [987654]}])
def test_a_refusal_of_the_whole_body_is_one_sentence(api, papers, sent):
    reply = api("curator").post(f"{SUGGESTIONS}bulk/", sent, format="json")

    assert reply.status_code == 400
    assert reply.json()["detail"].endswith(("“reject”.", "look at the paper again."))
