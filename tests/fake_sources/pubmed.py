"""The part of E-utilities that is asked: esearch and efetch, with the silent window."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.fake_sources.faults import Answer
from tests.fake_sources.holdings import Holding

if TYPE_CHECKING:
    from tests.fake_sources.server import FakeSources

_UIDS = re.compile(r"^\((.*)\) AND (\d+):(\d+)\[uid\]$", re.DOTALL)
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSearchResult PUBLIC '
    '"-//NLM//DTD esearch 20060628//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20060628/esearch.dtd">\n'
)
_SET_HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st '
    b'January 2026//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_260101.dtd">\n<PubmedArticleSet>\n'
)


def answer(sources: FakeSources, door: str, params: dict[str, str]) -> Answer:
    if door == "esearch":
        return _esearch(sources, params)
    if door == "efetch":
        return _efetch(sources, params)
    return Answer(b"no such utility", 404)


def _esearch(sources: FakeSources, params: dict[str, str]) -> Answer:
    term = params.get("term", "")
    if not term.strip():
        return Answer(
            f"{_HEAD}<eSearchResult><ERROR>Empty term and query_key - nothing todo</ERROR>"
            "</eSearchResult>".encode()
        )
    start = int(params.get("retstart", 0))
    if not sources.heeds_spans:
        return _shown(sources, params, _everything(sources), start, start + sources.window)
    found = [holding.pmid for holding in sources.holdings if _matches(holding, params)]
    found.sort(key=int, reverse=True)
    if start >= sources.window > 0 and start:
        return Answer(
            b'{"error":"\'retstart\' cannot be larger than %d"}' % (sources.window - 1), 400
        )
    return _shown(sources, params, found, start, sources.window)


def _everything(sources: FakeSources) -> list[str]:
    return sorted((holding.pmid for holding in sources.holdings), key=int, reverse=True)


def _shown(
    sources: FakeSources, params: dict[str, str], found: list[str], start: int, end: int
) -> Answer:
    """Some of what was found, cut without a word, as PubMed does."""
    term = params["term"]
    shown = found[start : min(start + int(params.get("retmax", 20)), end)]
    ids = "".join(f"<Id>{pmid}</Id>\n" for pmid in shown)
    dropped = "".join(
        f"<PhraseNotFound>{escape(word)}</PhraseNotFound>" for word in _unknown_words(term)
    )
    errors = f"<ErrorList>{dropped}</ErrorList>" if dropped else ""
    return Answer(
        f"{_HEAD}<eSearchResult><Count>{len(found)}</Count><RetMax>{len(shown)}</RetMax>"
        f"<RetStart>{start}</RetStart><IdList>\n{ids}</IdList><TranslationSet/>"
        f"<QueryTranslation>{escape(_translation(term))}</QueryTranslation>{errors}"
        "</eSearchResult>".encode(),
        headers={"Content-Type": "text/xml; charset=UTF-8"},
    )


def _translation(term: str) -> str:
    return " AND ".join(f'"{word}"[All Fields]' for word in _words(term))


@lru_cache(maxsize=64)
def _words(term: str) -> list[str]:
    plain = re.sub(r"\[[^\]]*\]", " ", term.lower())
    return [word for word in re.findall(r"[\w-]+", plain) if word not in ("and", "or", "not")]


def _unknown_words(term: str) -> list[str]:
    """By agreement, words with "qq" are in no record: PubMed drops them from the query."""
    return [word for word in _words(term) if "qq" in word]


def _matches(holding: Holding, params: dict[str, str]) -> bool:
    """A record that has one of the words; enough for a developer to play, and "all[sb]" is all."""
    term = params["term"]
    numbers = _UIDS.match(term)
    if numbers:
        term = numbers.group(1)
        if not int(numbers.group(2)) <= int(holding.pmid) <= int(numbers.group(3)):
            return False
    if "mindate" in params and not _is_dated(holding, params):
        return False
    if holding.xml is None:
        return False
    return "all[sb]" in term or any(
        word in holding.text for word in _words(term) if len(word) > 3 or word.isdigit()
    )


def _is_dated(holding: Holding, params: dict[str, str]) -> bool:
    day = holding.revised if params.get("datetype") == "mdat" else holding.entered
    first, last = (dt.date(*map(int, params[name].split("/"))) for name in ("mindate", "maxdate"))
    return first <= day <= last


def _efetch(sources: FakeSources, params: dict[str, str]) -> Answer:
    held = {holding.pmid: holding.xml for holding in sources.holdings}
    wanted = [pmid for pmid in params.get("id", "").split(",") if pmid]
    pieces = [held[pmid] for pmid in wanted if held.get(pmid)]
    return Answer(
        _SET_HEAD + b"\n".join(piece for piece in pieces if piece) + b"\n</PubmedArticleSet>",
        headers={"Content-Type": "text/xml; charset=UTF-8"},
    )
