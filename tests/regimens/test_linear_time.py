"""A text is read in a time that grows with its length, whatever stands in it."""

from __future__ import annotations

import time

import pytest

from regimens.suggest import Text, suggest
from regimens.terms import shipped

SHORT, LONG, HUGE = 2_000, 32_000, 100_000


def repeated(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def seconds(text: str) -> float:
    start = time.process_time()
    suggest(Text(text, f"Sarcoma. {text}"), shipped())
    return time.process_time() - start


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "İ", " ", "\n", ". ", ". A", "(", "-/+&", "💊", "vincristine ", "vincristine (VCX) ",
     "vincristine, irinotecan, ", "no prior vincristine ", "NK cells CAR T ", "anti-GD2 CAR ",
     "surgery ", "surgery, radiotherapy and chemo", "chemo", "prognosis treated with ", "AB1-",
     "MEK inhibitor of ", "newly diagnosed metastatic ", "refractory or relapsed ", "phase I/",
     "we found ", "antibody conjugate payload vincristine ", "graft-versus-", "xxxxnib ",
     "patients received a ", "the present review "],
)  # fmt: skip
def test_time_grows_with_the_length_and_not_with_its_square(unit: str) -> None:
    suggest(Text("Vincristine for sarcoma"), shipped())
    short = min(seconds(repeated(unit, SHORT)) for _ in range(2))

    long = min(seconds(repeated(unit, LONG)) for _ in range(2))

    # Sixteen times the text: linear is 16, square 256. Half a second is lost in the noise.
    assert long <= max(0.5, 64 * short)


def test_a_wide_gap_between_two_drugs_takes_no_longer() -> None:
    assert seconds(f"vincristine{' -' * 20_000}x irinotecan") < 5


@pytest.mark.parametrize("unit", ["a", "1", "chemo", "AB1-", "vincristine (VCX) "])
def test_a_hundred_thousand_characters_take_seconds(unit: str) -> None:
    assert seconds(repeated(unit, HUGE)) < 10
