"""Every quote of every proposal stands where it says, over all records that sources have sent us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from papers.formats import InputFile, Unreadable, read
from papers.records import Record
from regimens.suggest import suggest
from regimens.terms import shipped
from tests.reading import CORPUS, text_of, words_at


def records(path: Path) -> Iterator[Record]:
    for entry in read(InputFile.from_path(path)):
        if isinstance(entry, Record):
            yield entry


def recorded(folder: Path) -> Iterator[Record]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "expected.json":
            continue
        try:
            yield from list(records(path))
        except Unreadable:
            continue


def quotes_of(found: Iterable[Record]) -> Iterator[tuple[str, str]]:
    """(the words where a quote says that it stands, its own words) of every proposal's quotes."""
    vocabulary = shipped()
    for text in map(text_of, found):
        for suggestion in suggest(text, vocabulary):
            for quote in suggestion.quotes:
                yield words_at(text, quote), quote.text


def test_every_quote_of_the_recorded_papers_is_in_its_place(shared: Path) -> None:
    quotes = list(quotes_of(recorded(shared / "payloads")))

    assert len(quotes) > 50
    assert [pair for pair in quotes if pair[0] != pair[1]] == []


@pytest.mark.long
def test_every_quote_of_a_whole_file_of_pubmed_is_in_its_place() -> None:
    if not CORPUS.is_file():
        pytest.skip("needs the file of 20,788 records that `make bench ONLY=lexicon` fetches")
    quotes = list(quotes_of(records(CORPUS)))

    assert len(quotes) > 10_000
    assert [pair for pair in quotes if pair[0] != pair[1]] == []
