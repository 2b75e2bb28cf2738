"""What people have done lately."""

from __future__ import annotations

import pytest

from papers.models import Paper
from papers.services.activity import latest_acts
from papers.services.correcting import correct_paper
from papers.services.tagging import Statement, last_undoable, tag_papers, undo_tagging
from regimens.models import Setting, StudyDesign, TherapyClass


@pytest.fixture
def targeted(db) -> TherapyClass:
    return TherapyClass.objects.create(slug="targeted", name="Targeted therapy", letter="T")


@pytest.fixture
def papers(acquire) -> list[Paper]:
    acquire(*({"title": f"Paper {n}", "DOI": f"10.1000/{n}"} for n in range(3)))
    return list(Paper.objects.order_by("pk"))


def sentences() -> list[str]:
    return [f"{act.who} {act.did} {act.target}" for act in latest_acts(10)]


def test_latest_acts_tell_a_bulk_tagging_as_one(papers, targeted, curator):
    tag_papers(
        papers=[paper.pk for paper in papers],
        statements=[Statement(targeted, "confirmed")],
        note="Anti-IGF-1R",
        by=curator,
    )

    act = latest_acts(10)[0]

    assert sentences() == ["curator confirmed Targeted therapy on Paper 2 (and 2 other papers)"]
    assert act.note == "Anti-IGF-1R"
    assert act.url == papers[2].get_absolute_url()


def test_latest_acts_tell_an_undone_tagging(papers, targeted, curator):
    tag_papers(papers=[papers[0].pk], statements=[Statement(targeted, "rejected")], by=curator)
    undo_tagging(batch=last_undoable(by=curator), by=curator)

    assert sentences() == [
        "curator undid a tagging: Targeted therapy on Paper 0",
        "curator rejected Targeted therapy on Paper 0",
    ]


def test_latest_acts_say_what_kind_a_setting_is_and_count_every_target(papers, targeted, curator):
    mixed = Setting.objects.create(slug="mixed", name="Mixed")
    rct = StudyDesign.objects.create(slug="rct", name="Randomised trial")
    tag_papers(papers=[papers[0].pk], statements=[Statement(mixed, "confirmed")], by=curator)
    tag_papers(
        papers=[papers[0].pk],
        statements=[Statement(targeted, "confirmed"), Statement(rct, "confirmed")],
        by=curator,
    )

    assert sentences() == [
        "curator confirmed design Randomised trial and 1 more on Paper 0",
        "curator confirmed setting Mixed on Paper 0",
    ]


def test_latest_acts_tell_corrections(papers, editor):
    correct_paper(paper=papers[1], changes={"title": "A better title"}, by=editor)

    assert sentences() == ["editor corrected A better title"]


def test_latest_acts_tell_imports(import_bytes):
    job = import_bytes(b'[{"type": "article-journal", "title": "T"}]', "refs.json",
                       forced_format="csl_json")  # fmt: skip

    act = latest_acts(10)[0]

    assert sentences() == ["RMS Review imported refs.json"]
    assert act.url == job.get_absolute_url()


def test_latest_acts_ask_the_same_number_of_queries_for_many(
    papers, targeted, curator, django_assert_num_queries
):
    for state in ("confirmed", "rejected", "withdrawn") * 5:
        tag_papers(papers=[papers[0].pk], statements=[Statement(targeted, state)], by=curator)

    with django_assert_num_queries(6):
        acts = latest_acts(10)

    assert len(acts) == 10
