"""The classifier learns what separates papers, says nothing below its floor, and quotes exactly."""

from __future__ import annotations

import io
import os
import random
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers import learnt
from papers.learning import FLOOR, Judged, learn
from papers.learnt import LEARNT_RULE, Learnt, terms
from regimens.proposals import WORTH_A_PRESS, Text

SPEAKING = ("leukapheresis product", "transduced lymphocytes", "persistence of transgene")
COMMON = """
    rhabdomyosarcoma children outcome survival stage fusion cohort patients tumour orbit biopsy
    imaging margin nodal alveolar embryonal registry hospital follow-up
"""


def paper(rng: random.Random, *, speaks: bool) -> Text:
    words = rng.choices(COMMON.split(), k=30)
    if speaks:
        words[10:10] = rng.choice(SPEAKING).split()
        words[20:20] = rng.choice(SPEAKING).split()
    return Text(title=" ".join(words[:5]).capitalize(), abstract=" ".join(words[5:]) + ".")


def library(count: int = 200, share: float = 0.4) -> tuple[list[Text], dict[int, bool]]:
    rng = random.Random(3)
    said = {n: n < count * share for n in range(count)}
    return [paper(rng, speaks=is_so) for is_so in said.values()], said


@pytest.fixture(scope="module")
def trained():
    papers, said = library()
    return learn(papers, [Judged("car_t", said)])


def propose(model: Learnt, text: Text):
    return model.propose(text, version="classifier-1", silent_on=["car_t"])


def test_it_learns_what_separates_papers(trained):
    model, tested = trained
    new = random.Random(99)

    about = [propose(model, paper(new, speaks=True)) for _ in range(50)]
    others = [propose(model, paper(new, speaks=False)) for _ in range(50)]

    assert sum(map(bool, about)) >= 48
    assert sum(map(bool, others)) <= 1
    figures = tested["car_t"]
    assert (figures.confirmed, figures.rejected) == (80, 120)
    assert figures.right >= 76
    assert figures.proposed - figures.right <= 2


def test_a_proposal_names_its_rule_its_version_and_the_words_that_spoke_for_it(trained):
    model, _ = trained
    text = Text(
        title="Children with rhabdomyosarcoma",
        abstract="The leukapheresis product held transduced lymphocytes in all patients.",
    )

    [said] = propose(model, text)

    assert (said.target, said.slug, said.rule, said.version) == (
        "therapy_class", "car_t", LEARNT_RULE, "classifier-1",
    )  # fmt: skip
    assert WORTH_A_PRESS <= said.score <= 0.99
    spoke = " ".join(quote.text for quote in said.quotes)
    assert "leukapheresis" in spoke
    assert "transduced" in spoke
    assert "patients" not in spoke


words = st.text(st.sampled_from("aAbBİßñ -–/.,7’ﬁ\n"), max_size=12)
speaking = st.sampled_from([*SPEAKING, "Leukapheresis  PRODUCT", "transduced-lymphocytes"])
prose = st.lists(words | speaking, max_size=14).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(prose, prose)
def test_every_quote_is_exactly_what_stands_at_its_place(trained, title, abstract):
    text = Text(title=title, abstract=abstract)

    for said in propose(trained[0], text):
        places = [(quote.field, quote.start, quote.end) for quote in said.quotes]
        assert len(places) == len(set(places)) > 0
        for quote in said.quotes:
            assert getattr(text, quote.field)[quote.start : quote.end] == quote.text
            assert quote.text


@given(prose)
def test_every_term_stands_at_its_place(abstract):
    for term, field, start, end in terms(Text(abstract=abstract)):
        assert field == "abstract"
        assert [part.lower() for part in _words(abstract[start:end])] == term.split(" ")


def _words(text: str) -> list[str]:
    return learnt._WORD.findall(text)


def test_the_same_tags_teach_the_same(trained):
    papers, said = library()

    again, tested = learn(papers, [Judged("car_t", said)])

    assert again.to_bytes() == trained[0].to_bytes()
    assert tested == trained[1]


def test_below_the_floor_nothing_is_learnt():
    papers, said = library(count=100, share=(FLOOR - 1) / 100)
    few = Judged("car_t", said)

    assert (few.confirmed, few.rejected, few.is_enough) == (FLOOR - 1, 101 - FLOOR, False)
    with pytest.raises(ValueError, match="not enough tags"):
        learn(papers, [few])


def test_a_class_below_the_floor_is_left_out_of_what_is_learnt():
    papers, said = library()

    model, tested = learn(
        papers, [Judged("car_t", said), Judged("targeted", {0: True, 199: False})]
    )

    assert [each.slug for each in model.classes] == ["car_t"]
    assert tested.keys() == {"car_t"}


def test_what_words_do_not_tell_apart_is_not_proposed():
    rng = random.Random(5)
    papers = [paper(rng, speaks=False) for _ in range(160)]

    model, tested = learn(papers, [Judged("car_t", {n: n % 2 == 0 for n in range(160)})])

    assert model.classes[0].threshold is None
    assert tested["car_t"].proposed == 0
    assert not any(propose(model, each) for each in papers)


def test_scores_are_lower_where_the_rules_are_silent_and_the_class_is_rare():
    papers, said = library()
    spoken_of = frozenset(n for n in range(200) if n < 76)

    aware, figures = learn(papers, [Judged("car_t", said, frozenset(said) - spoken_of)])
    unaware, _ = learn(papers, [Judged("car_t", said, frozenset(said))])

    doubtful = 0.5
    assert aware.classes[0].score(doubtful) < unaware.classes[0].score(doubtful)
    assert figures["car_t"].proposed_where_silent <= figures["car_t"].proposed


def test_scores_are_as_sure_as_people_were():
    """Of the papers that speak of it, people confirmed three in four."""
    rng = random.Random(11)
    speaks = [n < 160 for n in range(400)]
    papers = [paper(rng, speaks=is_so) for is_so in speaks]
    said = {n: is_so and n % 4 != 0 for n, is_so in enumerate(speaks)}

    model, _ = learn(papers, [Judged("car_t", said, frozenset(said))])

    each = model.classes[0]
    new = random.Random(12)
    scores = []
    for _ in range(60):
        text = paper(new, speaks=True)
        columns, values = model._values([term for term in terms(text) if term[0] in model.places])
        scores.append(each.score(float((values * model.weights[0, columns]).sum())))
    assert sum(scores) / len(scores) == pytest.approx(0.75, abs=0.1)


def test_it_speaks_only_of_the_classes_that_it_is_asked_for(trained):
    text = paper(random.Random(8), speaks=True)

    assert trained[0].propose(text, version="classifier-1", silent_on=["targeted"]) == []


def test_what_is_stored_is_data_and_comes_back_the_same(trained):
    stored = trained[0].to_bytes()

    back = Learnt.from_bytes(stored)

    text = paper(random.Random(8), speaks=True)
    assert propose(back, text) == propose(trained[0], text) != []
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        for name in archive.namelist():
            header = archive.read(name)[:200]
            assert b"'O'" not in header  # no array of objects, so no pickle


def test_an_archive_with_code_is_refused():
    class Evil:
        def __reduce__(self):
            return (pytest.fail, ("a stored program ran",))

    file = io.BytesIO()
    np.savez(file, said=np.array([Evil()], dtype=object))

    with pytest.raises(ValueError, match="allow_pickle=False"):
        Learnt.from_bytes(file.getvalue())


def test_what_another_recipe_learnt_is_not_used(trained, monkeypatch):
    stored = trained[0].to_bytes()
    monkeypatch.setattr(learnt, "RECIPE", learnt.RECIPE + 1)

    assert Learnt.from_bytes(stored) is None


def test_a_paper_without_words_gets_nothing(trained):
    assert propose(trained[0], Text()) == []
    assert propose(trained[0], Text(title="…", abstract="12 % 3")) == []


def test_pages_do_not_import_what_learning_needs():
    program = (
        "import sys, django; django.setup(); import rmsreview.urls, papers.tasks\n"
        "heavy = {'sklearn', 'scipy', 'numpy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )

    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "rmsreview.settings"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
