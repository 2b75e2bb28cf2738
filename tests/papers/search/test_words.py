"""How text becomes words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.search.words import printed_words, words_of

FOLDED = {
    "Vincristine, Actinomycin-D": ("vincristine", "actinomycin", "d"),
    "Ewing's": ("ewings",),
    "Ewing’s": ("ewings",),
    "naïve Müller": ("naive", "muller"),
    "Łódź Straße Ørsted": ("lodz", "strasse", "orsted"),
    "IFN-γ TGF-β1 NF-κB": ("ifn", "gamma", "tgf", "beta1", "nf", "kappab"),
    "1.5 mg/m²": ("1", "5", "mg", "m2"),
    "5 µg": ("5", "mug"),
    "横紋筋肉腫 (RMS)": ("横紋筋肉腫", "rms"),
    "رابدومیوسارکوم": ("رابدومیوسارکوم",),
    "Adriamycin™ ½": ("adriamycin", "1", "2"),
    "snake_case": ("snake", "case"),
    "😀 — …": (),
}


@pytest.mark.parametrize(("text", "words"), FOLDED.items())
def test_words_of_folds(text, words):
    assert words_of(text) == words


@given(st.text())
def test_folding_twice_changes_nothing(text):
    words = words_of(text)

    assert words_of(" ".join(words)) == words


@given(st.text())
def test_printed_words_are_the_words_where_they_stand(text):
    printed = list(printed_words(text))

    assert [word for word, _, _ in printed] == list(words_of(text))
    assert all(word in words_of(text[start:end]) for word, start, end in printed)


def test_printed_words_keep_accents_and_apostrophes_inside():
    text = "Mu\u0308ller’s 5′ end"

    assert [text[start:end] for _, start, end in printed_words(text)] == [
        "Mu\u0308ller’s",
        "5",
        "end",
    ]
