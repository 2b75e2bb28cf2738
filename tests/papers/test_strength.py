"""Scores in words."""

from __future__ import annotations

import pytest

from papers.strength import strength


@pytest.mark.parametrize(
    ("score", "word"),
    [(0.99, "strong"), (0.8, "strong"), (0.79, "fair"), (0.5, "fair"), (0.49, "weak"), (0, "weak")],
)
def test_a_score_has_a_word(score: float, word: str) -> None:
    assert strength(score) == word
