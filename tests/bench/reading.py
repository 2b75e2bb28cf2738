"""The lexicon's rate over the benchmark's records, and whether every quote is in its place.

Prints one JSON line: records with an abstract, seconds of one core for the lexicon alone and for
all rules, quotes made and quotes that do not reproduce their words.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from papers.formats import InputFile, read
from papers.records import Record
from regimens.suggest import Text, suggest
from regimens.terms import shipped


def main(path: str) -> None:
    records = [each for each in read(InputFile.from_path(Path(path))) if isinstance(each, Record)]
    texts = [
        Text(
            title=record.title or "",
            abstract=record.abstract or "",
            keywords=tuple(record.keywords),
            substances=tuple(each.name for each in record.substances),
            mesh_headings=tuple(each.descriptor for each in record.mesh_headings),
            publication_types=tuple(record.publication_types),
        )
        for record in records
    ]
    vocabulary = shipped()
    with_abstract = [(text.title, text.abstract) for text in texts if text.abstract]

    start = time.process_time()
    for pair in with_abstract:
        vocabulary.lexicon.find(pair)
    lexicon_s = time.process_time() - start

    start = time.process_time()
    found = [suggest(text, vocabulary) for text in texts]
    rules_s = time.process_time() - start

    quotes = [
        (text, quote)
        for text, suggestions in zip(texts, found, strict=True)
        for suggestion in suggestions
        for quote in suggestion.quotes
    ]
    print(
        json.dumps({
            "records": len(texts),
            "abstracts": len(with_abstract),
            "lexicon_s": lexicon_s,
            "rules_s": rules_s,
            "quotes": len(quotes),
            "misplaced": sum(not _is_in_place(text, quote) for text, quote in quotes),
        })
    )  # fmt: skip


def _is_in_place(text: Text, quote) -> bool:
    words = getattr(text, quote.field)
    if quote.item is not None:
        words = words[quote.item]
    return words[quote.start : quote.end] == quote.text


if __name__ == "__main__":
    main(sys.argv[1])
