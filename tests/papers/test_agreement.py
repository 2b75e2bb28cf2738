"""Shares and kappas against worked examples, and against scikit-learn's."""

from __future__ import annotations

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from papers.agreement import Agreement, Proportion, cohens_kappa

COUNTS = st.integers(0, 60)


def near(*figures: float, within: float = 0.0006):
    return pytest.approx(figures, abs=within)


@pytest.mark.parametrize(
    ("count", "of", "interval"),
    [
        # Newcombe 1998 (Statistics in Medicine 17:857-872), table I, method 3.
        (81, 263, (0.2553, 0.3662)),
        (15, 148, (0.0624, 0.1605)),
        (0, 20, (0.0000, 0.1611)),
        (1, 29, (0.0061, 0.1718)),
    ],
)
def test_intervals_are_those_of_the_published_examples(count, of, interval):
    assert Proportion(count, of).interval == near(*interval, within=0.00006)


def test_a_share_is_said_with_its_interval_and_counts():
    assert str(Proportion(56, 60)) == "0.93 (0.84 to 0.97), 56 of 60"


def test_a_share_of_nothing_is_not_a_number():
    nothing = Proportion(0, 0)

    assert (nothing.value, nothing.interval, str(nothing)) == (None, None, "none yet")


@given(COUNTS, COUNTS)
def test_an_interval_holds_its_share_and_stays_within_bounds(right, wrong):
    share = Proportion(right, right + wrong)
    if share.of:
        low, high = share.interval
        assert 0 <= low <= share.value <= high <= 1


def test_more_cases_narrow_the_interval():
    few, many = Proportion(9, 10).interval, Proportion(900, 1000).interval

    assert many[1] - many[0] < few[1] - few[0]


def test_kappa_is_that_of_the_textbook():
    # Fleiss, Levin, Paik, 3rd ed., table 18.1: two clinicians, 100 patients, three diagnoses.
    kappa = cohens_kappa([[75, 1, 4], [5, 4, 1], [0, 0, 10]])

    assert kappa.value == pytest.approx(0.6765, abs=0.0001)
    assert kappa.standard_error == pytest.approx(0.0877, abs=0.0001)
    assert kappa.interval == near(0.5046, 0.8484)


def test_kappa_of_two_by_two_is_that_of_a_worked_example():
    # 50 grant proposals, two readers: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no; kappa 0.40.
    said = Agreement(20, 5, 10, 15)

    assert said.observed.value == pytest.approx(0.70)
    assert said.kappa.value == pytest.approx(0.40)
    assert str(said.kappa) == "0.40 (0.15 to 0.65)"


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_kappa_is_that_of_scikit_learn(a, b, c, d):
    said = Agreement(a, b, c, d)
    first = [1] * (a + b) + [0] * (c + d)
    second = [1] * a + [0] * b + [1] * c + [0] * d
    if said.kappa is None:
        assert said.why_no_kappa
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert said.kappa.value == pytest.approx(cohen_kappa_score(first, second))
    if said.kappa.interval:
        low, high = said.kappa.interval
        assert -1 <= low <= said.kappa.value <= high <= 1


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_it_does_not_matter_who_is_called_first(a, b, c, d):
    one, other = Agreement(a, b, c, d).kappa, Agreement(a, c, b, d).kappa

    assert (one and (one.value, one.standard_error)) == (
        other and pytest.approx((other.value, other.standard_error))
    )


def test_where_nothing_varies_there_is_no_kappa_but_a_reason():
    assert Agreement().kappa is None
    assert Agreement().why_no_kappa == "Nothing has been judged by two people yet."
    assert Agreement(yes_yes=9).kappa is None
    assert Agreement(yes_yes=9).why_no_kappa.startswith("Both said yes to everything")
    assert Agreement(no_no=9).why_no_kappa.startswith("Both said no to everything")


def test_perfect_agreement_has_no_interval():
    kappa = Agreement(yes_yes=3, no_no=4).kappa

    assert (kappa.value, kappa.interval) == (1.0, None)
    assert str(kappa) == "1.00 (no interval: they never differ)"


def test_agreements_are_counted_from_pairs_and_added():
    pairs = [(True, True), (True, False), (False, False), (False, True), (True, True)]

    assert Agreement.of(pairs) == Agreement(2, 1, 1, 1)
    assert Agreement.of(pairs) + Agreement(1, 1, 1, 1) == Agreement(3, 2, 2, 2)
