"""How strong a proposal is, in words.

A score from 0 to 1 says little to a reader; three words do. The number stays beside them.
"""

from __future__ import annotations

from regimens.proposals import WORTH_A_PRESS, WORTH_SAYING

STRENGTHS = (("strong", 0.8), ("fair", WORTH_A_PRESS), ("weak", WORTH_SAYING))
"""The words with the least score of each, the strongest first."""


def strength(score: float) -> str:
    """ "strong", "fair" or "weak"."""
    return next((word for word, least in STRENGTHS if score >= least), STRENGTHS[-1][0])
