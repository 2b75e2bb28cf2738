"""The acceptance figures on labelled abstracts, those that the rules have not seen apart."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.regimens.labelled import SETS, Figures, figures, labelled


@pytest.fixture(scope="module", params=SETS)
def measured(request: pytest.FixtureRequest) -> Figures:
    return figures(labelled(request.param))


def test_macro_f1_is_at_least_nine_tenths(measured: Figures) -> None:
    assert measured.macro_f1 >= 0.90


def test_every_class_is_found_four_times_in_five(measured: Figures) -> None:
    assert all(each.recall >= 0.8 for each in measured.by_class.values())


def test_car_t_is_never_proposed_wrongly(measured: Figures) -> None:
    assert measured.by_class["car_t"].precision == 1.0


def test_at_most_one_paper_in_twenty_without_class_gets_one(measured: Figures) -> None:
    assert measured.alarms * 20 <= measured.without_class


def test_setting_and_design_are_mostly_right(measured: Figures) -> None:
    assert measured.settings_right >= 0.80
    assert measured.designs_right >= 0.80


def test_every_ruling_is_tried_three_times_over_both_sets() -> None:
    papers = [paper for name in SETS for paper in labelled(name)]
    tried = Counter(ruling for paper in papers for ruling in paper.rulings)
    assert set(tried) == set(range(1, 27))
    assert min(tried.values()) >= 3


def test_no_paper_stands_in_both_sets() -> None:
    titles = [paper.text.title for name in SETS for paper in labelled(name)]
    assert len(titles) == len(set(titles)) >= 120
