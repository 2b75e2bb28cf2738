"""Learns from what people said of papers which words speak for a therapy class.

Judged     papers of which people said whether they evaluate a main class: yes or no.
Sum        what a regularised logistic regression over the terms' TF-IDF adds up for a paper.
Score      the sum made a probability: Platt's method on sums that each paper got from a fold that
           had not seen it, with a term of its own for papers on which the rules are silent. Those
           are the only ones that it speaks of, and the class is rarer among them.
Threshold  the lowest score from which, in that test, at least 0.90 of the proposals were right,
           with 0.70 as the low end of the 95 % interval, and at least half of those on which the
           rules are silent. Where no score does, the class is learnt but not proposed.

The threshold is chosen on the scores that are then reported, so the figures of a training flatter
it a little; what counts is what people say of its proposals afterwards. scikit-learn is imported
only when something is learnt.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from papers.agreement import Proportion
from papers.learnt import ClassLearnt, Learnt, counted, terms
from regimens.proposals import WORTH_A_PRESS, Text

if TYPE_CHECKING:
    import numpy as np

FLOOR = 30
"""Papers that people must have confirmed for a class, and as many not, before it is learnt."""

MOST_PAPERS, MOST_TERMS = 20_000, 30_000
"""Bounds for time and memory: the latest papers, and the terms that most of them have."""

_RIGHT, _RIGHT_AT_LEAST, _RIGHT_WHERE_SILENT = 0.90, 0.70, 0.5
_FOLDS, _SEED = 5, 20
_LEAST_PAPERS = 3
"""Papers that a term must stand in."""

_AT_A_TIME = 1_000_000
"""Terms that are counted at a time; of more, those seen once are dropped."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What people said of a class: index of the paper -> whether it evaluates the class."""

    slug: str
    said: Mapping[int, bool]
    silent: frozenset[int] = frozenset()
    """Papers for which the rules propose nothing of the class."""

    @property
    def confirmed(self) -> int:
        return sum(self.said.values())

    @property
    def rejected(self) -> int:
        return len(self.said) - self.confirmed

    @property
    def is_enough(self) -> bool:
        return min(self.confirmed, self.rejected) >= FLOOR


@dataclass(frozen=True, slots=True)
class Tested:
    """How a class did on papers that were held back: see ``Threshold`` above."""

    confirmed: int
    rejected: int
    proposed: int
    right: int
    proposed_where_silent: int
    right_where_silent: int


def learn(papers: Sequence[Text], judged: Sequence[Judged]) -> tuple[Learnt, dict[str, Tested]]:
    """Learn each class that ``is_enough``; the same papers and judgements give the same.

    Raises ValueError where there is no such class.
    """
    import numpy as np

    enough = [each for each in judged if each.is_enough]
    if not enough:
        raise ValueError("There are not enough tags for any class.")
    vocabulary = _vocabulary(papers)
    counts = _matrix(papers, vocabulary)
    weigher = _weigher().fit(counts)
    values = weigher.transform(counts)
    classes, weights, tested = [], [], {}
    for each in enough:
        rows = np.array(sorted(each.said))
        is_so = np.array([each.said[row] for row in rows])
        is_silent = np.array([row in each.silent for row in rows])
        sums = _held_back(counts[rows], is_so)
        slope, shift, scores = _calibrated(sums, is_so, is_silent)
        # A slope that does not rise: the words say nothing of the class.
        threshold = _threshold(scores, is_so, is_silent) if slope > 0 else None
        model = _regression().fit(values[rows], is_so)
        weights.append(model.coef_[0].astype(np.float32))
        # What the model adds to every sum; the terms' weights alone are kept.
        shift += slope * float(model.intercept_[0])
        classes.append(ClassLearnt(each.slug, slope, shift, threshold))
        tested[each.slug] = _tested(threshold, scores, is_so, is_silent)
    rarity = weigher.idf_.astype(np.float32)
    return Learnt(vocabulary, rarity, np.array(weights), tuple(classes)), tested


def _vocabulary(papers: Sequence[Text]) -> dict[str, int]:
    """The terms of enough papers, the commonest if there are too many, in alphabetical order."""
    seen: Counter[str] = Counter()
    for paper in papers:
        seen.update({term for term, _, _, _ in terms(paper)})
        if len(seen) > _AT_A_TIME:
            seen = Counter({term: count for term, count in seen.items() if count > 1})
    common = [term for term, count in seen.items() if count >= _LEAST_PAPERS]
    kept = sorted(common, key=lambda term: (-seen[term], term))[:MOST_TERMS]
    return {term: column for column, term in enumerate(sorted(kept))}


def _matrix(papers: Sequence[Text], vocabulary: Mapping[str, int]) -> Any:
    import numpy as np
    from scipy.sparse import csr_matrix

    ends, columns, counts = [0], [], []
    for paper in papers:
        known = {term: n for term, n in counted(terms(paper)).items() if term in vocabulary}
        columns.append(np.array([vocabulary[term] for term in known], dtype=np.int32))
        counts.append(np.array(list(known.values()), dtype=np.float32))
        ends.append(ends[-1] + len(known))
    return csr_matrix(
        (np.concatenate(counts), np.concatenate(columns), ends),
        shape=(len(papers), len(vocabulary)),
    )


def _weigher() -> Any:
    from sklearn.feature_extraction.text import TfidfTransformer

    return TfidfTransformer(sublinear_tf=True)


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression

    # Balanced: of the team's papers one in twenty may be about a class.
    return LogisticRegression(
        C=10, solver="liblinear", class_weight="balanced", random_state=_SEED, max_iter=200
    )


def _held_back(counts: Any, is_so: np.ndarray) -> np.ndarray:
    """Each paper's sum from a model that has not seen it, nor its part in the terms' rarity."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    sums = np.zeros(len(is_so))
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for seen, held_back in folds.split(np.zeros(len(is_so)), is_so):
        weigher = _weigher().fit(counts[seen])
        model = _regression().fit(weigher.transform(counts[seen]), is_so[seen])
        sums[held_back] = model.decision_function(weigher.transform(counts[held_back]))
    return sums


def _calibrated(
    sums: np.ndarray, is_so: np.ndarray, is_silent: np.ndarray
) -> tuple[float, float, np.ndarray]:
    """Slope and shift of the score where the rules are silent; and every paper's score."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    known = np.column_stack([sums, is_silent])
    # Its own regularisation keeps it from certainty where the classes are far apart.
    model = LogisticRegression(C=1, max_iter=1000).fit(known, is_so)
    slope, silence = map(float, model.coef_[0])
    shift = silence + float(model.intercept_[0])
    scores = np.round(np.minimum(model.predict_proba(known)[:, 1], 0.99), 2)
    return slope, shift, scores


def _threshold(scores: np.ndarray, is_so: np.ndarray, is_silent: np.ndarray) -> float | None:
    for hundredth in range(round(WORTH_A_PRESS * 100), 100):
        test = _tested(hundredth / 100, scores, is_so, is_silent)
        right = Proportion(test.right, test.proposed)
        if not right.value or not right.interval:
            return None
        is_right = right.value >= _RIGHT and right.interval[0] >= _RIGHT_AT_LEAST
        where_silent = _RIGHT_WHERE_SILENT * test.proposed_where_silent
        if is_right and test.right_where_silent >= where_silent:
            return hundredth / 100
    return None


def _tested(
    threshold: float | None, scores: np.ndarray, is_so: np.ndarray, is_silent: np.ndarray
) -> Tested:
    proposed = scores >= (2 if threshold is None else threshold)
    return Tested(
        confirmed=int(is_so.sum()),
        rejected=int((~is_so).sum()),
        proposed=int(proposed.sum()),
        right=int((proposed & is_so).sum()),
        proposed_where_silent=int((proposed & is_silent).sum()),
        right_where_silent=int((proposed & is_so & is_silent).sum()),
    )
