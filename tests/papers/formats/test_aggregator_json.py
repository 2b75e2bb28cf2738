"""The literature aggregator's JSON: the seed record, and its values of doubtful type."""

from __future__ import annotations

import json

import pytest

from papers.formats import InputFile, Unreadable, detect, read, read_one
from papers.records import JournalMetric, PartialDate, Record, Source

SIGN = {"PeriodicalIF": None}


def entries(document: object) -> list:
    return list(read(InputFile.from_bytes(json.dumps(document).encode())))


def one(**fields: object) -> Record:
    (record,) = entries({**SIGN, "title": "A title", **fields})
    return record


def test_seed_record_is_read_whole(shared):
    file = InputFile.from_path(shared / "payloads/seed/aggregator_record.json")

    (record,) = read(file)

    assert detect(file).name == "aggregator_json"
    assert record.source == Source.AGGREGATOR
    assert record.doi == "10.1080/14656566.2025.2484319"
    assert [author.name for author in record.authors] == [
        "Di Carlo, Daniela", "Affinita, Maria Carmen", "Poli, Elena", "Bisogno, Gianni",
    ]  # fmt: skip
    assert [section.label for section in record.abstract_sections] == [
        "Introduction", "Areas covered", "Expert opinion",
    ]  # fmt: skip
    assert record.journal.metrics == (
        JournalMetric(None, 2.5, "Q3", "PHARMACOLOGY & PHARMACY", 3, "医学"),
    )
    assert record.journal.title == "Expert Opinion on Pharmacotherapy"
    assert (record.volume, record.pages) == (None, "1-9")
    assert record.published == PartialDate(2025, 3, 31)
    assert record.publication_types == ("Journal Article",)
    assert record.citation_count == 0
    assert record.open_access.is_open is False
    assert record.url == "https://doi.org/10.1080/14656566.2025.2484319"
    assert record.remarks == ()
    assert read_one(record.raw, record.format) == record


def test_list_of_records_keeps_the_good_beside_the_bad():
    good, number, empty = entries([{**SIGN, "title": "T"}, 5, {**SIGN}])

    assert good.title == "T"
    assert number.reason == "Item 2 is a number; expected an object."
    assert empty.reason == "Item 3 has neither a title, nor an identifier, nor authors."


def test_object_that_is_no_paper_is_refused():
    with pytest.raises(Unreadable, match="neither a title, nor a DOI, nor authors"):
        entries({"PeriodicalId": 1})


def test_abstract_loses_scripts_and_keeps_superscripts():
    record = one(abstract="<p><b>Aim:</b> 10<sup>6</sup> cells<script>alert(1)</script></p>")

    (section,) = record.abstract_sections
    assert (section.label, section.text) == ("Aim", "106 cells")
    assert section.html == "10<sup>6</sup> cells"


def test_values_of_the_wrong_type_are_left_out():
    record = one(PeriodicalIF="high", RegionNum="x", citationCount="many", journal="Cancer", doi=5)

    assert record.journal is None
    assert (record.citation_count, record.doi) == (None, None)
    assert record.remarks == ("DOI '5' is not valid and was left out.",)
