"""The classifier learns from people's words, once there are enough, and proposes where rules are silent."""

from __future__ import annotations

import json
import random
import threading
import uuid
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from papers import tasks
from papers.learnt import LEARNT_RULE
from papers.models import Classifier, Paper, Reading, Suggestion, Tag
from papers.services import classifying, desk, suggesting
from papers.services.correcting import correct_paper
from papers.services.suggestion_json import stored_json
from papers.services.tagging import Statement, tag_papers, undo_tagging
from regimens.models import Regimen, Setting, TherapyClass

SPEAKING = ("leukapheresis product", "transduced lymphocytes", "persistent transgene")
COMMON = """children outcome survival stage fusion cohort patients orbit biopsy imaging margin nodal
    embryonal registry hospital"""


def csl(rng: random.Random, *, speaks: bool) -> dict[str, str]:
    words = rng.choices(COMMON.split(), k=24)
    if speaks:
        words[4:4] = rng.choice(SPEAKING).split()
        words[16:16] = rng.choice(SPEAKING).split()
    return {"title": " ".join(words[:6]), "abstract": " ".join(words[6:]) + "."}


@pytest.fixture
def bring(acquire):
    """Papers of which so many speak of CAR-T in words that no rule knows; returns their ids."""

    def add(speaking: int, others: int, seed: int = 1) -> list[int]:
        rng = random.Random(seed)
        before = set(Paper.objects.values_list("pk", flat=True))
        with transaction.atomic():
            acquire(*(csl(rng, speaks=n < speaking) for n in range(speaking + others)))
        return sorted(set(Paper.objects.values_list("pk", flat=True)) - before)

    return add


@pytest.fixture
def say(vocabulary, curator):
    def statement(state: str, slug: str, papers: list[int]) -> uuid.UUID | None:
        target = TherapyClass.objects.get(slug=slug)
        return tag_papers(papers=papers, statements=[Statement(target, state)], by=curator).batch

    return statement


@pytest.fixture
def taught(bring, say) -> list[int]:
    """40 papers confirmed for CAR-T, 60 rejected."""
    papers = bring(40, 60)
    say("confirmed", "car_t", papers[:40])
    say("rejected", "car_t", papers[40:])
    return papers


def counts(slug: str) -> tuple[int, int]:
    [found] = [each for each in classifying.standing() if each.slug == slug]
    return found.confirmed, found.rejected


def test_a_standing_word_counts_for_its_main_class(bring, say):
    papers = bring(0, 4)
    say("confirmed", "car_t", papers[:1])
    say("confirmed", "car_t-gd2", papers[1:2])
    say("rejected", "car_t", papers[2:3])
    say("confirmed", "car_t", papers[3:])
    say("withdrawn", "car_t", papers[3:])

    assert counts("car_t") == (2, 1)
    # Two papers are of another class alone; who rejected one class said nothing of the others.
    assert counts("targeted") == (0, 2)


def test_not_relevant_to_any_class_speaks_against_each(bring, say, curator):
    for paper in bring(0, 3):
        verdict = desk.Verdict(uuid.uuid4(), paper, "irrelevant")
        desk.decide(verdict=verdict, by=curator)
    assert counts("car_t") == counts("chemotherapy") == (0, 3)

    desk.undo_decision(by=curator)
    say("withdrawn", "car_t", [paper - 1])

    assert (counts("car_t"), counts("chemotherapy")) == ((0, 1), (0, 2))


def test_words_on_regimens_and_settings_teach_no_class(bring, say, curator):
    [paper] = bring(0, 1)
    said = [
        Statement(Setting.objects.first(), "confirmed"),
        Statement(Regimen.objects.first(), "confirmed"),
    ]
    tag_papers(papers=[paper], statements=said, by=curator)

    assert counts("chemotherapy") == (0, 0)


def test_a_confirmed_regimen_is_no_word_against_its_own_classes(vocabulary, bring, curator):
    [paper] = bring(0, 1)
    said = [
        Statement(TherapyClass.objects.get(slug="targeted"), "confirmed"),
        Statement(Regimen.objects.get(slug="vac"), "confirmed"),
    ]
    tag_papers(papers=[paper], statements=said, by=curator)

    assert [counts(slug) for slug in ("targeted", "chemotherapy", "car_t")] == [
        (1, 0), (0, 0), (0, 1),
    ]  # fmt: skip

    rejected = Statement(TherapyClass.objects.get(slug="chemotherapy"), "rejected")
    tag_papers(papers=[paper], statements=[rejected], by=curator)
    assert counts("chemotherapy") == (0, 1)


def test_below_the_floor_it_says_what_is_missing(bring, say):
    papers = bring(4, 2)
    say("confirmed", "car_t", papers[:4])
    say("rejected", "car_t", papers[4:])

    assert classifying.train() is None
    [car_t] = [each for each in classifying.standing() if each.slug == "car_t"]
    assert car_t.missing == "26 more confirmed and 28 more not of the class"


def test_it_proposes_for_new_papers_what_the_team_taught(taught, bring):
    list(suggesting.read_awaiting())

    tasks.learn_from_tags()
    about, other = bring(1, 1, seed=7)
    tasks.suggest_for_papers()

    made = Classifier.objects.get()
    assert (made.papers, made.figures["car_t"]["confirmed"]) == (100, 40)
    [said] = Suggestion.objects.filter(paper__in=[about, other])
    assert (said.paper_id, said.target.slug, said.rule, said.rule_version) == (
        about, "car_t", LEARNT_RULE, made.version,
    )  # fmt: skip
    paper = Paper.objects.get(pk=about)
    assert said.quotes
    assert not any(quote["is_stale"] for quote in stored_json(said, paper)["quotes"])
    assert not Tag.objects.filter(paper__in=[about, other]).exists()


def test_every_paper_is_read_again_after_a_training(taught):
    assert len(list(suggesting.read_awaiting())) == 100
    first = Reading.objects.get(paper=taught[0])

    classifying.train()

    assert len(list(suggesting.read_awaiting())) == 100
    assert list(suggesting.read_awaiting()) == []
    again = Reading.objects.get(paper=taught[0])
    assert again.version == f"{first.version}+{Classifier.objects.get().version}"
    assert again.first_read_at == first.first_read_at < again.read_at


def test_a_training_amid_a_reading_is_taken_up_at_the_next_batch(taught, monkeypatch):
    monkeypatch.setattr(suggesting, "BATCH", 60)
    reading = suggesting.read_awaiting()
    next(reading)

    made = classifying.train()

    assert len(list(reading)) == 59 + 100
    assert Reading.objects.filter(version__endswith=f"+{made.version}").count() == 100


def test_it_is_silent_where_the_rules_speak(taught, acquire):
    classifying.train()
    acquire({
        "title": "CAR T cells for rhabdomyosarcoma: transduced lymphocytes",
        "abstract": "Persistent transgene after infusion of the leukapheresis product.",
    })  # fmt: skip

    list(suggesting.read_awaiting())

    said = Suggestion.objects.filter(
        paper=Paper.objects.order_by("pk").last(), therapy_class__slug="car_t"
    )
    assert said.get().rule != LEARNT_RULE


def test_it_changes_no_word_of_a_person(taught):
    before = list(Tag.objects.values_list("pk", "state", "is_current", "at"))

    classifying.train()
    list(suggesting.read_awaiting())

    assert list(Tag.objects.values_list("pk", "state", "is_current", "at")) == before


def test_the_same_tags_are_not_learnt_twice(taught):
    first = classifying.train()

    assert classifying.train() is None
    assert list(Classifier.objects.all()) == [first]


def test_it_waits_until_enough_papers_got_a_word(taught, bring, say):
    tasks.learn_from_tags()
    more = bring(0, 25, seed=2)

    say("rejected", "car_t", more[:24])
    tasks.learn_from_tags()
    assert Classifier.objects.count() == 1

    say("rejected", "car_t", more[24:])
    tasks.learn_from_tags()
    assert [each.papers for each in Classifier.objects.all()] == [125, 100]


def test_what_was_undone_is_unlearnt(taught, bring, say):
    more = bring(0, 40, seed=2)
    batch = say("confirmed", "car_t", more)
    say_so = classifying.train()
    undo_tagging(batch=batch, by=Tag.objects.first().by)

    again = classifying.train_if_due()

    assert (say_so.papers, again.papers) == (140, 100)


def test_where_the_rules_are_silent_is_counted_apart(taught):
    list(suggesting.read_awaiting())
    rows = [
        Suggestion(
            paper_id=pk,
            therapy_class=TherapyClass.objects.get(slug="car_t"),
            score=0.9,
            rule="named in the title",
            made_at=timezone.now(),
        )
        for pk in taught[:35]
    ]
    Suggestion.objects.bulk_create(rows)

    figures = classifying.train().figures["car_t"]

    assert figures["proposed"] >= 36
    assert figures["proposed_where_silent"] <= 7


def test_the_command_says_how_well_it_went_and_what_is_missing(taught, capsys):
    call_command("train_classifier")
    said = capsys.readouterr().out

    version = Classifier.objects.get().version
    assert f"{version}, learnt from 100 papers" in said
    assert "car_t: precision " in said
    assert "chemotherapy: not learnt yet; needs 30 more confirmed" in said


def test_the_command_speaks_json(taught, capsys):
    call_command("train_classifier", "--json")
    call_command("train_classifier", "--json")

    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert (first["is_new"], second["is_new"]) == (True, False)
    assert first["classifier"] == second["classifier"] == Classifier.objects.get().version
    assert first["classes"]["car_t"]["confirmed"] == 40
    assert first["missing"].keys() == {"chemotherapy", "targeted", "immunotherapy"}


def test_the_command_says_so_when_there_is_nothing_to_learn(vocabulary, capsys):
    call_command("train_classifier")

    said = capsys.readouterr()
    assert "Nothing new to learn." in said.err
    assert "car_t: not learnt yet; needs 30 more confirmed and 30 more not of the class" in said.out


def test_its_quotes_are_stale_while_changed_words_wait(taught, bring, editor):
    classifying.train()
    [about] = bring(1, 0, seed=7)
    list(suggesting.read_awaiting())
    paper = Paper.objects.get(pk=about)

    correct_paper(paper=paper, changes={"title": "Other words", "abstract": "No more."}, by=editor)

    paper.refresh_from_db()
    shown = [stored_json(row, paper) for row in paper.suggestions.all()]
    assert {quote["is_stale"] for row in shown for quote in row["quotes"]} == {True}
    list(suggesting.read_awaiting())
    assert not paper.suggestions.exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_learn_and_read_once(taught):
    start = threading.Barrier(2)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            start.wait(20)
            tasks.learn_from_tags()
            tasks.suggest_for_papers()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert errors == []
    made = Classifier.objects.get()
    list(suggesting.read_awaiting())
    assert Reading.objects.filter(version__endswith=made.version).count() == 100
    proposed = Suggestion.objects.filter(rule=LEARNT_RULE)
    assert proposed.count() == len(set(proposed.values_list("paper", flat=True))) >= 38


def test_news_is_counted_from_the_last_training(taught):
    last = classifying.train()
    Classifier.objects.filter(pk=last.pk).update(trained_at=last.trained_at - timedelta(days=1))

    assert classifying.train_if_due() is None  # the same tags
    assert classifying._news_since(Classifier.objects.get()) == 100
