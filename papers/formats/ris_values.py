"""The fields of one RIS record by their tags, and what tells which database wrote it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from papers.formats.text import clean, plain_and_html

NOTES = ("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8", "U1", "U2", "U3", "U4", "U5", "LB")
"""The tags that RIS leaves to whoever writes it."""

RETRACTED = "RETRACTED: this publication has been retracted."
"""The note that our own files give a retracted paper."""

TRIALS = "Trial registration: "
"""How the note begins in which our own files name a paper's trials."""

_PUBMED = re.compile(r"pubmed|medline|\bnlm\b|ncbi", re.IGNORECASE)


class Values:
    """Texts by tag, in their order; the tags of one call are looked up one after the other."""

    def __init__(self, fields: Iterable[tuple[str, str]]) -> None:
        self.fields = tuple(fields)
        self._by_tag: dict[str, list[str]] = {}
        for tag, text in self.fields:
            if text.strip():
                self._by_tag.setdefault(tag, []).append(text)

    def all(self, *tags: str) -> list[str]:
        return [text for tag in tags for text in self._by_tag.get(tag, ())]

    def first(self, *tags: str) -> str | None:
        return next(iter(self.all(*tags)), None)

    def line(self, *tags: str) -> str | None:
        """The first text, on one line and without markup."""
        return plain_and_html(self.first(*tags))[0]

    def each(self, *tags: str) -> Iterator[str]:
        yield from filter(None, map(clean, self.all(*tags)))

    def parts(self, separator: str, *tags: str) -> Iterator[str]:
        for text in self.all(*tags):
            yield from filter(None, map(clean, re.split(separator, text)))

    @property
    def databases(self) -> str:
        """What the record says of its origin, in lower case; some write a date into DP."""
        names = (*self.all("DB"), *(text for text in self.all("DP") if not text[:1].isdigit()))
        return " ".join(names).lower()


def is_from_pubmed(values: Values) -> bool:
    """True where EndNote's or another program's PubMed filter wrote the record."""
    return any(_PUBMED.search(text) for text in values.all("DP"))


def is_pubmed_number(values: Values) -> bool:
    """True where an accession number may be a PMID: PubMed's, or of a database not named.

    Embase says "Medline" beside its own name where both have the paper.
    """
    databases = values.databases
    return not databases or ("embase" not in databases and bool(_PUBMED.search(databases)))
