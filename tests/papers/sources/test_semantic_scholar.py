"""Semantic Scholar's replies: pages, batches, links, and what is none of them."""

from __future__ import annotations

import json

import pytest

from papers.sources import semantic_scholar
from papers.sources.questions import SourceRejected, SourceUnavailable
from papers.sources.semantic_scholar import batch, bulk, links, read_batch, read_links, read_page


@pytest.fixture
def ask(asker):
    return asker("Semantic Scholar").ask


def test_bulk_pages_lead_to_one_another_until_there_is_no_token(sources, ask):
    sources.page = 12
    pages, token = [], None

    while not pages or token:
        pages.append(read_page(ask(bulk("rhabdomyosarcoma", token), read_page)))
        token = pages[-1].token

    assert [page.items for page in pages] == [12, 12, 6]
    assert {page.total for page in pages} == {30}


def test_bulk_without_hits_is_a_page_without_data(ask):
    page = read_page(ask(bulk("cardiology"), read_page))

    assert (page.total, page.items, page.token) == (0, 0, None)


def test_bulk_page_that_lost_its_papers_is_asked_again(sources, ask, attempts):
    sources.misbehave("no data")

    assert read_page(ask(bulk("rhabdomyosarcoma"), read_page)).items == 30
    assert "counts 30 papers but sent a page without any" in attempts[0].problem


def test_bulk_does_not_ask_for_what_it_refuses():
    assert "tldr" not in semantic_scholar.BULK_FIELDS
    assert "tldr" in semantic_scholar.BATCH_FIELDS


def test_batch_answers_in_the_order_of_the_ids_with_null_for_unknown(sources, ask):
    known = sources.holdings[3]

    items = read_batch(ask(batch(["PMID:1", f"PMID:{known.pmid}"]), read_batch))

    assert items[0] is None
    assert items[1]["paperId"] == known.paper["paperId"]
    assert items[1]["tldr"]["text"].startswith("About")


def test_batch_of_nothing_but_unknown_ids_is_refused(ask):
    with pytest.raises(SourceRejected, match="No valid paper ids given"):
        ask(batch(["PMID:1"]), read_batch)


@pytest.mark.parametrize(
    ("direction", "other"), [("citations", "citingPaper"), ("references", "citedPaper")]
)
def test_links_of_a_paper(sources, ask, direction, other):
    paper_id = sources.holdings[10].paper["paperId"]

    items, following = read_links(ask(links(paper_id, direction), read_links))

    assert len(items) == 4
    assert following is None
    assert all(other in item for item in items)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html></html>",
        b'{"data": [',
        b"[]",
        b'{"message": "Internal"}',
        b'{"total": 3}',
        b'{"data": []}',
        b'{"total": 3, "token": "more"}',
        b'{"total": -1, "data": []}',
        b'{"total": 99999999999, "data": []}',
        b'{"total": true, "data": []}',
        b'{"total": 3, "data": [], "token": {}}',
        b'{"total": 3, "message": "Endpoint request timed out", "data": []}',
        b'{"total": 1, "data": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_read_page_takes_nothing_else_for_a_page(content):
    with pytest.raises(SourceUnavailable):
        read_page(content)


def test_read_page_takes_a_page_without_data_when_all_papers_have_come():
    assert read_page(b'{"total": 1000}', seen=1000).items == 0


def test_read_page_takes_numbers_as_they_come():
    page = read_page(b'{"total": 3.0, "data": [], "token": 17}')

    assert (page.total, page.token) == (3, "17")


def test_read_recorded_replies(shared):
    folder = shared / "payloads/semantic_scholar/semanticscholar"
    recorded = json.loads((folder / "test_search_paper_bulk_retrieval_next_page.json").read_text())

    pages = [read_page(exchange["response"]["body"].encode()) for exchange in recorded]

    assert all(page.items == 1000 for page in pages[:1])
    assert pages[0].token


def test_a_doi_of_old_stays_whole_in_the_address():
    asked = links("DOI:10.1002/(SICI)1096-911X(199901)32:1<1::AID-MPO1>3.0.CO;2-#", "citations")

    assert asked.path.startswith("paper/DOI:10.1002/%28SICI%29")
    assert asked.path.endswith("3.0.CO%3B2-%23/citations")
