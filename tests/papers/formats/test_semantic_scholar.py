"""Semantic Scholar's replies: every recorded one against its key, and what it sends at its worst."""

from __future__ import annotations

import json

import pytest

from papers.formats import InputFile, Unreadable, detect, read, read_one
from papers.formats.semantic_scholar import record_from_paper
from papers.records import OpenAccess, PartialDate, Record, Rejected, Source

ID = "4187800ac995ae172c88b83f8c2c4da990d02934"


def entries(document: object) -> list:
    content = document if isinstance(document, str) else json.dumps(document)
    return list(read(InputFile.from_bytes(content.encode()), "semantic_scholar"))


def paper(**fields: object) -> Record:
    return record_from_paper({"paperId": ID, "title": "A title", **fields})


@pytest.mark.parametrize(
    "document",
    [
        {"paperId": ID, "title": "T"},
        [{"paperId": ID, "title": "T"}],
        [None, {"paperId": ID, "title": "T"}],
        {"total": 1, "offset": 0, "data": [{"paperId": ID, "title": "T"}]},
        {"total": 1, "token": "X", "data": [{"paperId": ID, "title": "T"}]},
        {"offset": 0, "data": [{"citingPaper": {"paperId": ID, "title": "T"}}]},
        {"offset": 0, "data": [{"citedPaper": {"paperId": ID, "title": "T"}}]},
        {"recommendedPapers": [{"paperId": ID, "title": "T"}]},
    ],
)
def test_read_takes_every_shape_of_reply(document):
    file = InputFile.from_bytes(json.dumps(document).encode())

    found = [entry for entry in read(file) if isinstance(entry, Record)]

    assert detect(file).name == "semantic_scholar"
    assert [(record.semantic_scholar_id, record.title) for record in found] == [(ID, "T")]
    assert found[0].source == Source.SEMANTIC_SCHOLAR
    assert read_one(found[0].raw, "semantic_scholar") == found[0]


def test_null_of_a_batch_is_rejected_at_its_place():
    first, second = entries([{"paperId": ID, "title": "T"}, None])

    assert isinstance(first, Record)
    assert second == Rejected(
        2, None, "null", "Semantic Scholar did not know item 2 of this batch."
    )


def test_search_without_hits_has_no_data_and_no_papers():
    assert entries({"total": 0, "offset": 0}) == []


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"error": "Title match not found"}, 'It said: "Title match not found".'),
        ({"message": "Forbidden"}, 'It said: "Forbidden".'),
        ({"authorId": "1", "name": "A"}, "This is an author, not a paper."),
        ({"x": 1}, "The object has none of the fields of a paper (paperId, externalIds, title)."),
    ],
)
def test_reply_without_papers_says_why(document, sentence):
    with pytest.raises(Unreadable) as error:
        entries(document)

    assert str(error.value) == f"This is an error reply, not papers. {sentence}"


def test_item_that_is_no_paper_leaves_its_neighbours():
    number, nothing, author, good = entries(
        [7, {"paperId": None}, {"authorId": "1", "name": "A"}, {"paperId": ID, "title": "T"}]
    )

    assert number.reason == "Item 1 is a number; expected an object that describes a paper."
    assert nothing.reason == "Item 2 has neither a title nor an identifier."
    assert author.reason == "Item 3 is an author, not a paper."
    assert good.title == "T"


def test_external_ids_are_normalised():
    record = paper(
        externalIds={
            "DOI": "10.1016/J.EJCA.2021.01.001", "PubMed": 11330823, "PubMedCentral": "11116106",
            "CorpusId": 470667, "MAG": "12", "ArXiv": None,
        }
    )  # fmt: skip

    assert (record.doi, record.pmid) == ("10.1016/j.ejca.2021.01.001", "11330823")
    assert record.pmcid == "PMC11116106"
    assert record.other_ids == (("mag", "12"), ("corpus_id", "470667"))


def test_closed_paper_with_an_empty_url_is_not_open():
    record = paper(
        isOpenAccess=False,
        openAccessPdf={"url": "", "status": "CLOSED", "license": None, "disclaimer": "Notice: …"},
    )

    assert record.open_access == OpenAccess(is_open=False, status="closed")


def test_pages_with_blanks_and_line_ends():
    journal = {"name": "Cancer", "volume": "12 ", "pages": "\n          525 - 535\n"}

    record = paper(journal=journal)

    assert (record.pages, record.volume, record.journal.title) == ("525-535", "12", "Cancer")


def test_author_keeps_the_display_name_and_the_id():
    (author,) = paper(authors=[{"authorId": "77", "name": "Daniela Di Carlo"}]).authors

    assert (author.name, author.family, author.given) == ("Daniela Di Carlo", "Di Carlo", "Daniela")
    assert author.semantic_scholar_id == "77"


def test_date_outside_the_citable_year_gives_way_to_it():
    record = paper(year=2021, publicationDate="2020-12-30")

    assert record.published == PartialDate(2021)
    assert record.remarks == (
        "Publication date 2020-12-30 is not in the year 2021; the year was kept.",
    )


def test_impossible_values_are_left_out_with_a_remark():
    record = paper(year=20225, externalIds={"PubMed": "0", "DOI": "none"})

    assert (record.published, record.pmid, record.doi) == (None, None, None)
    assert record.remarks == (
        "DOI 'none' is not valid and was left out.",
        "PMID '0' is not valid and was left out.",
        "Year '20225' is not a year from 1600 to 2100.",
    )


def test_missing_and_null_fields_are_none():
    bare, nulls = paper(), paper(
        abstract=None, authors=None, journal=None, venue="", publicationVenue=None, tldr=None,
        publicationTypes=None, externalIds=None, openAccessPdf=None, year=None,
    )  # fmt: skip

    assert bare == nulls
    assert (nulls.abstract, nulls.authors, nulls.journal, nulls.published) == (None, (), None, None)


def _told(record: Record) -> dict[str, object]:
    """What the key calls by its own names."""
    access = record.open_access or OpenAccess()
    authors = [author.name for author in record.authors]
    return {
        "paperId": record.semantic_scholar_id,
        "title": record.title,
        "year": record.published and record.published.year,
        "first_author": authors[0] if authors else None,
        "last_author": authors[-1] if authors else None,
        "n_authors": len(authors),
        "venue": record.journal and record.journal.title,
        "journal": record.journal and record.journal.title,
        "pub_types": [kind.replace(" ", "") for kind in record.publication_types],
        "doi": record.doi,
        "pmid": record.pmid,
        "pmcid": (record.pmcid or "").removeprefix("PMC"),
        "oa_status": (access.status or "").upper(),
        "oa_pdf": access.url,
    }


def _facts(exchange: dict, body: object) -> list[tuple[str, object, object]]:
    """(fact, expected, told) of one recorded reply."""
    try:
        found = entries(body)
    except Unreadable as error:
        return [("error", exchange.get("error", "no papers"), str(error))]
    records = [entry for entry in found if isinstance(entry, Record)]
    facts = [("n_papers", exchange.get("n_papers", 0), len(records))]
    for place, key in ((0, "first"), (-1, "last")):
        told = _told(records[place]) if records else {}
        for fact, value in exchange.get(key, {}).items():
            if fact == "venue" and "journal" in exchange[key]:
                continue  # the journal's own name is asked first
            expected = value.lower() if fact == "doi" else value
            facts.append((f"{key} {fact}", expected, told.get(fact)))
    return facts


def test_answer_keys_hold(shared):
    total, failures = 0, []
    for key_file in sorted(shared.glob("payloads/semantic_scholar/*/expected.json")):
        for name, key in json.loads(key_file.read_text()).items():
            recorded = json.loads((key_file.parent / name).read_text())
            for exchange, traffic in zip(key["interactions"], recorded, strict=True):
                for fact, expected, told in _facts(exchange, traffic["response"]["body"]):
                    total += 1
                    holds = expected in told if fact == "error" and expected != "no papers" else (
                        fact == "error" or expected == told
                    )  # fmt: skip
                    failures += [] if holds else [(name, fact, expected, told)]

    assert not failures, f"{total - len(failures)} of {total} facts; {failures[:10]}"
    assert total > 250


def test_every_recorded_paper_is_read_back_from_its_raw(shared):
    for path in sorted(shared.glob("payloads/semantic_scholar/*/test_*.json")):
        records = [e for e in read(InputFile.from_path(path)) if isinstance(e, Record)]

        assert all(read_one(record.raw, record.format) == record for record in records)
