"""The part of the Academic Graph API that is asked: bulk search, batch, citations, references."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from tests.fake_sources.faults import Answer

if TYPE_CHECKING:
    from tests.fake_sources.server import FakeSources


def answer(sources: FakeSources, door: str, params: dict[str, str], ids: list[str]) -> Answer:
    papers = [holding.paper for holding in sources.holdings if holding.paper]
    if door == "paper/search/bulk":
        return _bulk(sources, papers, params)
    if door == "paper/batch":
        return _batch(papers, ids)
    links = re.fullmatch(r"paper/(.+)/(citations|references)", unquote(door))
    if links:
        return _links(papers, links.group(1), links.group(2), params)
    return _json({"error": "Not found"}, 404)


def _bulk(sources: FakeSources, papers: list[dict[str, Any]], params: dict[str, str]) -> Answer:
    if "tldr" in params.get("fields", ""):
        return _json({"error": "Unrecognized or unsupported fields: [tldr]"}, 400)
    words = re.findall(r"\w{4,}", params.get("query", "").lower())
    found = sorted(
        (p for p in papers if any(word in p["title"].lower() for word in words)),
        key=lambda paper: paper["paperId"],
    )
    if not found:
        return _json({"total": 0, "offset": 0})
    if not re.fullmatch(r"T\d+", params.get("token", "T0")):
        return _json({"error": "Invalid token"}, 400)
    start = int(params.get("token", "T0")[1:])
    reply: dict[str, Any] = {"total": len(found), "data": found[start : start + sources.page]}
    if start + sources.page < len(found):
        reply["token"] = f"T{start + sources.page}"
    return _json(reply)


def _batch(papers: list[dict[str, Any]], ids: list[str]) -> Answer:
    known: dict[str, dict[str, Any]] = {}
    for paper in papers:
        known |= dict.fromkeys(_keys(paper), paper)
    items = [known.get(one if ":" not in one else _id(one)) for one in ids]
    if not any(items):
        return _json({"error": "No valid paper ids given"}, 400)
    return _json([item and {**item, "tldr": {"text": f"About {item['title']}."}} for item in items])


def _keys(paper: dict[str, Any]) -> list[str]:
    ids = paper["externalIds"]
    return [paper["paperId"], f"PMID:{ids['PubMed']}", f"DOI:{ids['DOI'].lower()}"]


def _id(one: str) -> str:
    kind, _, value = one.partition(":")
    return f"{kind}:{value.lower() if kind == 'DOI' else value}"


def _links(
    papers: list[dict[str, Any]], paper_id: str, direction: str, params: dict[str, str]
) -> Answer:
    """Each paper cites the three before it; one link is to a paper that was never matched."""
    places = {key: place for place, paper in enumerate(papers) for key in _keys(paper)}
    place = places.get(_id(paper_id) if ":" in paper_id else paper_id)
    if place is None:
        return _json({"error": f"Paper with id {paper_id} not found"}, 404)
    if direction == "references":
        linked, key = papers[max(0, place - 3) : place], "citedPaper"
    else:
        linked, key = papers[place + 1 : place + 4], "citingPaper"
    items = [{key: paper | {"abstract": None}, "isInfluential": False} for paper in linked]
    items.append({key: {"paperId": None, "title": "An unmatched abstract book entry"}})
    start, limit = int(params.get("offset", 0)), int(params.get("limit", 100))
    reply: dict[str, Any] = {"offset": start, "data": items[start : start + limit]}
    if start + limit < len(items):
        reply["next"] = start + limit
    return _json(reply)


def _json(reply: object, status: int = 200) -> Answer:
    return Answer(json.dumps(reply).encode(), status, {"Content-Type": "application/json"})
