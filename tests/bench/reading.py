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
from regimens.suggest import suggest
from regimens.terms import shipped
from tests.reading import text_of, words_at


def main(path: str) -> None:
    records = [each for each in read(InputFile.from_path(Path(path))) if isinstance(each, Record)]
    texts = [text_of(record) for record in records]
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
            "misplaced": sum(words_at(text, quote) != quote.text for text, quote in quotes),
        })
    )  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1])
