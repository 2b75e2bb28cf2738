"""One term of a search as a leaf of the tree: words, a range of years, or a fact."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from papers.identifiers import normalise_doi, normalise_pmcid, normalise_pmid
from papers.search.tokens import QUOTES, SearchSyntaxError, Token
from papers.search.tree import Fact, Node, Text, Years
from papers.search.words import words_of

COLUMNS_OF = {
    "all": (),
    "title": ("title",),
    "abstract": ("abstract",),
    "tiab": ("title", "abstract"),
    "author": ("authors",),
    "journal": ("journal",),
    "keyword": ("keywords",),
}
STATUSES = ("published", "retracted", "corrected", "expression_of_concern")
TAG_STATES = ("confirmed", "rejected", "waiting", "none")

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_PMCID = re.compile(r"pmc\d+", re.ASCII)
_PMC_LINK = re.compile(r"https?://\S+/PMC\d+(?:\.\d+)?/?", re.IGNORECASE)
_PUBMED_LINK = re.compile(r"https?://\S*ncbi\.nlm\.nih\.gov/(?:pubmed/)?\d+/?", re.IGNORECASE)
_DATE = r"([1-3]\d{3})?(?:/\d\d?){0,2}"
_YEARS = re.compile(rf"{_DATE}\s*(-|–|—|:|\.\.)?\s*{_DATE}", re.ASCII)


def leaf(token: Token, field: str) -> Node | None:
    if field in COLUMNS_OF:
        identified = _identified(token) if field == "all" else None
        return identified or _text(token, COLUMNS_OF[field])
    if field == "year":
        return _years(token)
    value = " ".join(token.text.split())
    return Fact(field, _READERS[field](value, token.position), token.position) if value else None


def _text(token: Token, columns: tuple[str, ...]) -> Text | None:
    words = words_of(token.text)
    if not words:
        return None
    # "Bisogno G" is also the way to ask for "Bisogno, Gianni".
    ends_in_initial = columns == ("authors",) and len(words) > 1 and len(words[-1]) == 1
    if token.is_prefix and len("".join(words)) < 2:
        raise SearchSyntaxError(
            "Write at least two letters before the *, as in rhabdo*.", token.position
        )
    return Text(words, columns, token.is_prefix or ends_in_initial)


def _identified(token: Token) -> Fact | None:
    """The paper that a bare identifier or a link names. Plain digits stay words."""
    written = token.text.strip()
    words = words_of(written)
    if token.is_prefix or not words:
        return None
    if len(words) == 1 and _PMCID.fullmatch(words[0]):
        return _identifier_fact("pmcid", words[0], token)
    if _PMC_LINK.fullmatch(written):
        return _identifier_fact("pmcid", written, token)
    if _PUBMED_LINK.fullmatch(written):
        return _identifier_fact("pmid", written, token)
    return _identifier_fact("doi", written, token) if _DOI.fullmatch(written) else None


def _identifier_fact(field: str, written: str, token: Token) -> Fact | None:
    value = _normal(_IDENTIFIERS[field].normalise, written)
    return Fact(field, value, token.position) if value else None


def _years(token: Token) -> Years:
    found = _YEARS.fullmatch(token.text.strip())
    first, dash, last = found.groups() if found else (None, None, None)
    if not first and not last:
        raise SearchSyntaxError(
            f"“{token.text.strip()}” is no year. Write year:2020, year:2015-2024 or year:2015-.",
            token.position,
        )
    if not dash:
        last = first = first or last
    years = (int(first) if first else None, int(last) if last else None)
    if years[0] and years[1] and years[0] > years[1]:
        years = years[::-1]
    return Years(*years)


@dataclass(frozen=True, slots=True)
class _Identifier:
    name: str
    example: str
    normalise: Callable[[object], str | None]

    def __call__(self, value: str, position: int) -> str:
        normal = _normal(self.normalise, value)
        if normal is None:
            raise SearchSyntaxError(
                f"“{value}” is no {self.name}. A {self.name} looks like {self.example}.", position
            )
        return normal


def _normal(normalise: Callable[[object], str | None], value: str) -> str | None:
    """The normal form, unless escapes hide something in it that no search could write."""
    normal = normalise(value)
    if normal is None or re.search(rf"[\s{QUOTES}]", normal) or normalise(normal) != normal:
        return None
    return normal


def _one_of(field: str, values: tuple[str, ...]) -> Callable[[str, int], str]:
    def read(value: str, position: int) -> str:
        normal = value.lower().replace(" ", "_").replace("-", "_")
        if normal not in values:
            raise SearchSyntaxError(
                f"{field}: knows no “{value}”. Use {', '.join(values[:-1])} or {values[-1]}.",
                position,
            )
        return normal

    return read


def _as_written(value: str, position: int) -> str:
    return value


_IDENTIFIERS = {
    "doi": _Identifier("DOI", "10.1080/14656566.2025.2484319", normalise_doi),
    "pmid": _Identifier("PMID", "31562043", normalise_pmid),
    "pmcid": _Identifier("PMCID", "PMC8178207", normalise_pmcid),
}
_READERS: dict[str, Callable[[str, int], str]] = {
    **_IDENTIFIERS,
    "class": _as_written,
    "regimen": _as_written,
    "drug": _as_written,
    "setting": _as_written,
    "design": _as_written,
    "type": _as_written,
    "status": _one_of("status", STATUSES),
    "tag": _one_of("tag", TAG_STATES),
}
