"""Semantic Scholar's Academic Graph: bulk search, batches of papers, citations (sources.md section 3).

Every answer is JSON whose items ``papers.formats.semantic_scholar`` reads. A bulk search is a
chain of pages, each with the *token* of the next; its total is an estimate.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from papers.sources.questions import Question, SourceRejected, SourceUnavailable

PAPERS_A_BATCH = 500
LINKS_A_PAGE = 1000
MOST_PAPERS = 10_000_000
"""A bulk search gives no more (documented), so a larger total is nonsense."""

_FIELDS = (
    "paperId,corpusId,externalIds,url,title,abstract,venue,publicationVenue,year,referenceCount,"
    "citationCount,isOpenAccess,openAccessPdf,publicationTypes,publicationDate,journal,authors"
)
BULK_FIELDS = _FIELDS
BATCH_FIELDS = f"{_FIELDS},tldr"
"""The bulk search refuses tldr."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a bulk search: its items as they came, the estimate of all, the next token."""

    total: int
    items: int
    token: str | None


def bulk(query: str, token: str | None = None, *, turn: int = 1) -> Question:
    """Ask for a page of a bulk search: 1,000 papers in the order of their ids."""
    params = [("query", query), ("fields", BULK_FIELDS)]
    if token:
        params.append(("token", token))
    return Question(
        "paper/search/bulk",
        tuple(params),
        purpose="the next page of papers" if token else "the first page of papers",
        turn=turn,
    )


def batch(ids: Sequence[str], *, turn: int = 1) -> Question:
    """Ask for papers by ids such as "PMID:31562043" or "DOI:10.1002/…", 500 at most."""
    return Question(
        "paper/batch",
        (("fields", BATCH_FIELDS),),
        purpose=f"{len(ids)} papers from {ids[0]}",
        body=json.dumps({"ids": list(ids)}),
        turn=turn,
    )


def links(paper_id: str, direction: str, offset: int = 0) -> Question:
    """Ask for the papers that cite a paper ("citations") or that it cites ("references")."""
    return Question(
        # A DOI of old may hold "#", "?" and the like; its slashes are parts of the address.
        f"paper/{quote(paper_id, safe=':/')}/{direction}",
        (("fields", _FIELDS), ("offset", str(offset)), ("limit", str(LINKS_A_PAGE))),
        purpose=f"{direction} of {paper_id} from {offset + 1}",
    )


def read_page(content: bytes, seen: int = 0) -> Page:
    """Raises SourceUnavailable where the reply is no page of a search.

    A search that finds nothing has no ``data`` at all, nor may a page that comes after all papers
    were ``seen``; any other page must have it.
    """
    reply = _object(content)
    total = _total(reply.get("total"))
    items = reply.get("data")
    if items is None:
        items = []
        if total > seen:
            raise SourceUnavailable(
                f"Semantic Scholar counts {total} papers but sent a page without any."
            )
    if not isinstance(items, list):
        raise SourceUnavailable("Semantic Scholar's page is not a list of papers.")
    return Page(total, len(items), _token(reply.get("token")))


def _total(said: object) -> int:
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    if isinstance(said, bool) or not isinstance(said, int):
        raise SourceUnavailable("Semantic Scholar's answer says no total.")
    if not 0 <= said <= MOST_PAPERS:
        raise SourceUnavailable(f"Semantic Scholar counts {said} papers, which cannot be.")
    return said


def _token(said: object) -> str | None:
    """The token of the next page: a text; a number will do."""
    if said is None or said == "":
        return None
    if isinstance(said, str | int) and not isinstance(said, bool):
        return str(said)
    raise SourceUnavailable("Semantic Scholar's token of the next page is none.")


def read_batch(content: bytes) -> list[Any]:
    """The items of a batch in the order of the ids, None where one was not known."""
    reply = _json(content)
    if isinstance(reply, list):
        return reply
    raise _in_band(reply)


def read_links(content: bytes) -> tuple[list[Any], int | None]:
    """The links of one page, and the offset of the next or None."""
    reply = _object(content)
    items = reply.get("data") or []
    following = reply.get("next")
    if not isinstance(items, list) or ("data" not in reply and "offset" not in reply):
        raise SourceUnavailable("Semantic Scholar's answer is not a list of papers.")
    return items, following if isinstance(following, int) else None


def _object(content: bytes) -> dict[str, Any]:
    reply = _json(content)
    if not isinstance(reply, dict):
        raise SourceUnavailable("Semantic Scholar's answer is not what was asked for.")
    if reply.get("error") or reply.get("message"):
        raise _in_band(reply)
    return reply


def _json(content: bytes) -> Any:
    try:
        return json.loads(content, strict=False)
    except RecursionError:
        raise SourceUnavailable("Semantic Scholar's answer is nested without end.") from None
    except ValueError:
        if content.lstrip()[:1] == b"<":
            raise SourceUnavailable(
                "Semantic Scholar answered with a web page instead of data."
            ) from None
        raise SourceUnavailable("Semantic Scholar's answer is cut off or damaged.") from None


def _in_band(reply: Any) -> SourceUnavailable | SourceRejected:
    """An error that comes as a success (HTTP 200)."""
    said = ""
    if isinstance(reply, dict):
        said = str(reply.get("error") or reply.get("message") or "")[:200]
    return SourceUnavailable(f"Semantic Scholar had a fault of its own: “{said}”")
