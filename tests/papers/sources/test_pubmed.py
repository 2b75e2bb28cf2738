"""PubMed names all its numbers, whatever window it shows and however it errs."""

from __future__ import annotations

import datetime as dt

import pytest

from papers.sources import pubmed
from papers.sources.pubmed import Days, Everything, Pmids, collect, read_search
from papers.sources.questions import SourceRejected, SourceUnavailable
from tests.fake_sources import invented

TERM = "rhabdomyosarcoma"


@pytest.fixture
def ask(asker):
    client = asker()
    return client.ask


def pmids_of(sources) -> list[str]:
    return sorted((holding.pmid for holding in sources.holdings), key=int, reverse=True)


def test_collect_takes_everything_that_one_window_shows(sources, ask):
    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert (collected.count, collected.missing, collected.warnings) == (30, 0, [])
    assert collected.translation == '"rhabdomyosarcoma"[All Fields]'
    assert len(sources.hits) == 2  # the search, and the count against which it is checked


@pytest.mark.parametrize(
    ("records", "window", "per_day"), [(300, 50, 3), (120, 10, 60), (40, 1, 4)]
)
def test_collect_finds_what_is_beyond_the_window(sources, ask, records, window, per_day):
    sources.holdings = invented(records, per_day=per_day)
    sources.window = window

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert collected.warnings == []


def test_collect_splits_a_day_that_is_larger_than_the_window_by_number(sources, ask):
    sources.holdings = invented(30, per_day=30)
    sources.window = 7

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert any("[uid]" in hit.params["term"] for hit in sources.hits)


def test_collect_reaches_records_that_lie_in_many_far_places(sources, ask):
    """Six days with more records than a window, their numbers far apart: 40 halvings each."""
    sources.holdings = [
        holding.__class__(
            holding.pmid, holding.xml, entered=dt.date(1990 + 6 * place, 5, 7), text=holding.text
        )
        for place in range(6)
        for holding in invented(51, first_pmid=1_000_003 + 9_000_000 * place)
    ]
    sources.window = 50

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert collected.warnings == []


def test_collect_turns_pages_where_neither_dates_nor_numbers_are_heeded(sources, ask):
    sources.holdings = invented(300)
    sources.window, sources.heeds_spans = 50, False

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert collected.warnings == []


def test_collect_comes_to_an_end_where_no_numbers_are_named(sources, ask):
    sources.misbehave("no numbers", on="esearch", times=100_000)

    collected = collect(TERM, ask)

    assert (collected.pmids, collected.missing) == ([], 30)
    assert len(sources.hits) < 400


def test_collect_finds_records_without_an_entrez_date(sources, ask):
    undated = [
        holding.__class__(holding.pmid, holding.xml, entered=dt.date(1, 1, 1), text=holding.text)
        for holding in invented(5)
    ]
    sources.holdings = [*undated, *invented(40, first_pmid=50_000_000)]
    sources.window = 20

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert collected.warnings == []


@pytest.mark.parametrize("fault", ["counts too many", "counts too few", "fewer", "doubled"])
@pytest.mark.parametrize("after", [0, 1])
def test_collect_is_complete_in_spite_of_one_answer_that_errs(sources, ask, fault, after):
    sources.misbehave(fault, on="esearch", after=after)

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert collected.missing == 0


def test_collect_is_complete_when_pages_shrink_in_the_middle(sources, ask):
    sources.holdings = invented(200)
    sources.window = 40
    sources.misbehave("fewer", on="esearch", after=3, times=3)

    assert collect(TERM, ask).pmids == pmids_of(sources)


def test_collect_says_in_words_what_pubmed_counts_and_does_not_name(sources, ask):
    sources.misbehave("counts too many", on="esearch", times=10_000)

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert collected.missing == 7
    (warning,) = collected.warnings
    assert "PubMed counts 37 records but named only 30" in warning
    assert "7 are missing" in warning
    assert len(sources.hits) < 400


def test_collect_says_when_pubmed_counts_fewer_than_it_names(sources, ask):
    sources.misbehave("counts too few", on="esearch", times=10_000)

    collected = collect(TERM, ask)

    assert collected.pmids == pmids_of(sources)
    assert "counts 23 records but named 30; all that it named were taken" in collected.warnings[-1]


def test_collect_takes_only_what_was_revised_since(sources, ask):
    sources.replace(
        [sources.holdings[4].revised_on(dt.date(2024, 5, 6), "Journal Article", "Review")]
    )

    collected = collect(TERM, ask, changed_since=dt.date(2024, 5, 1))

    assert collected.pmids == [sources.holdings[4].pmid]
    assert {hit.params["datetype"] for hit in sources.hits} == {"mdat"}


def test_collect_of_revised_records_looks_beyond_the_window_too(sources, ask):
    sources.window = 4

    collected = collect(TERM, ask, changed_since=dt.date(2012, 1, 4))

    assert collected.pmids == sorted(
        (h.pmid for h in sources.holdings if h.revised >= dt.date(2012, 1, 4)),
        key=int,
        reverse=True,
    )


def test_collect_names_the_phrases_that_pubmed_dropped(ask):
    assert collect(f"{TERM} AND qqzumab", ask).dropped == ("qqzumab",)


def test_collect_of_nothing_is_nothing(ask):
    collected = collect("cardiology", ask)

    assert (collected.pmids, collected.count, collected.warnings) == ([], 0, [])


def test_collect_says_after_each_answer_how_far_it_is(sources, ask):
    sources.window = 10
    seen: list[tuple[int, int]] = []

    collect(TERM, ask, on_window=lambda windows, pmids: seen.append((windows, pmids)))

    assert [windows for windows, _ in seen] == list(range(1, len(sources.hits) + 1))
    assert seen[-1][1] == 30


def test_an_empty_query_is_refused_in_pubmed_s_words(ask):
    with pytest.raises(SourceRejected, match="Empty term and query_key"):
        collect(" ", ask)


@pytest.mark.parametrize(
    "span", [Everything(), Days(dt.date(2020, 1, 1), dt.date(2020, 1, 2)), Pmids(5, 9)]
)
def test_halves_of_a_span_are_the_span(span):
    first, second = span.halves()

    if isinstance(span, Pmids):
        assert (first.first, first.last + 1, second.last) == (5, second.first, 9)
    else:
        assert first.last + dt.timedelta(days=1) == second.first


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<eSearchResult>",
        b"<html><body>502</body></html>",
        b"<eSearchResult><IdList/></eSearchResult>",
        b"<eFetchResult><ERROR>Empty Response</ERROR></eFetchResult>",
        b'{"error":"API rate limit exceeded","count":"11"}',
        b'{"esearchresult":{"ERROR":"Search Backend failed"}}',
    ],
)
def test_read_search_takes_nothing_else_for_an_answer(content):
    with pytest.raises(SourceUnavailable):
        read_search(content)


@pytest.mark.parametrize(
    ("content", "kind", "words"),
    [
        (
            b'{"esearchresult":{"ERROR":"\'retstart\' cannot be larger than 9998"}}',
            SourceRejected,
            "refused the query: “'retstart' cannot be larger",
        ),
        (
            b'{"esearchresult":{"ERROR":"Search Backend failed"}}',
            SourceUnavailable,
            "fault of its own: “Search Backend failed”",
        ),
        (b'{"error":"Invalid db name"}', SourceRejected, "Invalid db name"),
        (b'{"esearchresult":[]}', SourceUnavailable, "cut off or damaged"),
        (b"[1]", SourceUnavailable, "cut off or damaged"),
    ],
)
def test_an_error_in_json_is_told_as_what_it_is(content, kind, words):
    with pytest.raises(kind) as told:
        read_search(content)

    assert words in str(told.value)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<?xml version='1.0'?><PubmedArticleSet><PubmedArticle>",
        b"<html><body>502</body></html>",
        b"<eFetchResult><ERROR>Empty Response</ERROR></eFetchResult>",
        b'{"error":"API rate limit exceeded","count":"11"}',
    ],
)
def test_check_records_takes_nothing_else_for_records(content):
    with pytest.raises(SourceUnavailable):
        pubmed.check_records(content)


@pytest.mark.parametrize(
    "content",
    [b"<PubmedArticleSet></PubmedArticleSet>\n", b"<?xml version='1.0'?>\n<PubmedArticleSet/>"],
)
def test_check_records_takes_an_empty_set(content):
    pubmed.check_records(content)


def test_read_search_reads_recorded_answers(shared):
    folder = shared / "payloads/pubmed/biopython_eutils"

    found = read_search((folder / "esearch3.xml").read_bytes())

    assert (found.count, found.pmids[0], len(found.pmids)) == (2651, "11121077", 6)
    assert found.translation == '"proc natl acad sci u s a"[Journal] AND "97"[Volume]'
    assert not found.is_whole


def test_recorded_errors_are_no_answers(shared):
    folder = shared / "payloads/pubmed/errors_quoted"

    for path in folder.iterdir():
        with pytest.raises(SourceUnavailable):
            pubmed.check_records(path.read_bytes())
        with pytest.raises(SourceUnavailable):
            read_search(path.read_bytes())


def test_fetches_are_batches_of_two_hundred():
    assert [len(batch) for batch in pubmed.fetches(map(str, range(401)))] == [200, 200, 1]
