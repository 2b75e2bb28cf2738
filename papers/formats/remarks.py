"""What a reader leaves out and says so: values that are not what their field promises."""

from __future__ import annotations

from collections.abc import Callable

from papers.formats.text import clean, partial_date
from papers.records import PartialDate


def valid_or_remark(
    label: str, given: object, normalise: Callable[[object], str | None], remarks: list[str]
) -> str | None:
    """The identifier in its normal form; a remark where something else was given."""
    written = clean(given)
    value = normalise(written)
    if written and value is None:
        remarks.append(f"{label} '{written[:80]}' is not valid and was left out.")
    return value


def year_or_remark(given: object, remarks: list[str]) -> PartialDate | None:
    """A year as a date; a remark for 20225 or "n.d."."""
    written = clean(given)
    date = partial_date(written)
    if written and date is None:
        remarks.append(f"Year '{written[:80]}' is not a year from 1600 to 2100.")
    return date
