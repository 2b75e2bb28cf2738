"""How text becomes words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papers.search.words import words_of

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
