"""Every quote of every proposal stands where it says, over all records that sources have sent us.

``make bench ONLY=lexicon`` asks the same of the 20,788 records of the benchmark's file.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from papers.formats import InputFile, Unreadable, read
from papers.records import Record
from regimens.suggest import Quote, Text, suggest
from regimens.terms import shipped


def texts(folder: Path) -> Iterator[Text]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.name == "expected.json":
            continue
        try:
            entries = list(read(InputFile.from_path(path)))
        except Unreadable:
            continue
        for record in entries:
            if isinstance(record, Record):
                yield Text(
                    title=record.title or "",
                    abstract=record.abstract or "",
                    keywords=tuple(record.keywords),
                    substances=tuple(each.name for each in record.substances),
                    mesh_headings=tuple(each.descriptor for each in record.mesh_headings),
                    publication_types=tuple(record.publication_types),
                )


def words_at(text: Text, quote: Quote) -> str:
    words = getattr(text, quote.field)
    return (words if quote.item is None else words[quote.item])[quote.start : quote.end]


def test_every_quote_of_the_recorded_papers_is_in_its_place(shared: Path) -> None:
    vocabulary = shipped()
    quotes = [
        (words_at(text, quote), quote.text)
        for text in texts(shared / "payloads")
        for suggestion in suggest(text, vocabulary)
        for quote in suggestion.quotes
    ]

    assert len(quotes) > 50
    assert [pair for pair in quotes if pair[0] != pair[1]] == []
