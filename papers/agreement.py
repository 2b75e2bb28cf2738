"""How often two judges agree, and how sure one can be of a share.

Proportion   so many of so many, with its 95 % interval after Wilson (1927), which stays between 0
             and 1 and holds for few cases and for shares near 0 or 1.
Agreement    what two judges said of the same things, yes or no, as a two by two table; with the
             share on which they agree, and Cohen's kappa (1960): agreement beyond what two judges
             would reach who say yes as often as they do, but by chance.

Kappa's interval uses the large-sample standard error of Fleiss, Cohen and Everitt (1969,
Psychological Bulletin 72:323-327; Fleiss, Levin, Paik, "Statistical methods for rates and
proportions", 3rd ed., formula 18.15). Where a figure is not defined it is None, never 0: nothing
was judged, or both gave everything the same answer. Where no case differs the formula gives a
spread of nothing, which is no knowledge either: kappa is 1 then, without an interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

Z = 1.959963984540054
"""The standard normal deviate of a 95 % interval."""

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Proportion:
    """``count`` of ``of``."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> Interval | None:
        """95 %, after Wilson; None of nothing."""
        if not self.of:
            return None
        share, square = self.count / self.of, Z * Z / self.of
        middle = share + square / 2
        spread = Z * sqrt(share * (1 - share) / self.of + square / (4 * self.of))
        low, high = (middle - spread) / (1 + square), (middle + spread) / (1 + square)
        # All or none of them are ends of the interval too; floating point misses them by a hair.
        return (0.0 if not self.count else low, 1.0 if self.count == self.of else high)

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "none yet"
        low, high = self.interval
        return f"{self.value:.2f} ({low:.2f} to {high:.2f}), {self.count:,} of {self.of:,}"


@dataclass(frozen=True, slots=True)
class Kappa:
    value: float
    standard_error: float
    interval: Interval | None
    """95 %; None where the two never differed."""

    def __str__(self) -> str:
        if self.interval is None:
            return f"{self.value:.2f} (no interval: they never differ)"
        low, high = self.interval
        return f"{self.value:.2f} ({low:.2f} to {high:.2f})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """The four cells: what the first judge said, then the second."""

    yes_yes: int = 0
    yes_no: int = 0
    no_yes: int = 0
    no_no: int = 0

    @classmethod
    def of(cls, pairs: Sequence[tuple[bool, bool]]) -> Agreement:
        """From what both said of each thing."""
        return cls(*(pairs.count(cell) for cell in _CELLS))

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(
            self.yes_yes + other.yes_yes,
            self.yes_no + other.yes_no,
            self.no_yes + other.no_yes,
            self.no_no + other.no_no,
        )

    @property
    def count(self) -> int:
        return self.yes_yes + self.yes_no + self.no_yes + self.no_no

    @property
    def observed(self) -> Proportion:
        """How many both gave the same answer."""
        return Proportion(self.yes_yes + self.no_no, self.count)

    @property
    def kappa(self) -> Kappa | None:
        """None where it is not defined; ``why_no_kappa`` says why."""
        return cohens_kappa([[self.yes_yes, self.yes_no], [self.no_yes, self.no_no]])

    @property
    def why_no_kappa(self) -> str:
        """Empty where there is a kappa."""
        if not self.count:
            return "Nothing has been judged by two people yet."
        if self.kappa is None:
            said = "yes" if self.yes_yes else "no"
            return f"Both said {said} to everything, so chance alone would agree as well."
        return ""


_CELLS = ((True, True), (True, False), (False, True), (False, False))


def cohens_kappa(table: Sequence[Sequence[int]]) -> Kappa | None:
    """Kappa of a square table: first judge's answers in rows, the second's in columns.

    None where nothing was judged, or where both gave everything one and the same answer.
    """
    answers = range(len(table))
    count = sum(map(sum, table))
    if not count:
        return None
    share = [[cell / count for cell in row] for row in table]
    rows = [sum(row) for row in share]
    columns = [sum(share[i][j] for i in answers) for j in answers]
    observed = sum(share[i][i] for i in answers)
    expected = sum(rows[i] * columns[i] for i in answers)
    if sum(any(cells) for cells in zip(rows, columns, strict=True)) < 2:
        return None
    kappa = (observed - expected) / (1 - expected)
    same = sum(share[i][i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in answers)
    differing = (1 - kappa) ** 2 * sum(
        share[i][j] * (columns[i] + rows[j]) ** 2 for i in answers for j in answers if i != j
    )
    chance = (kappa - expected * (1 - kappa)) ** 2
    variance = (same + differing - chance) / (count * (1 - expected) ** 2)
    error = sqrt(max(variance, 0.0))
    if sum(table[i][i] for i in answers) == count:
        return Kappa(kappa, error, None)
    return Kappa(kappa, error, (max(-1.0, kappa - Z * error), min(1.0, kappa + Z * error)))
