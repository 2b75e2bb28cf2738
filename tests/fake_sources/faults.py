"""What can be wrong with an answer: each fault turns a good one into a bad one."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote


@dataclass
class Answer:
    """An HTTP answer and how it is sent."""

    content: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    keep: float | None = None
    """The share of the content that is sent, as if it were all."""

    promise_more: int = 0
    """Bytes that the length promises and that never come."""

    hang_s: float = 0
    drip_head_s: float = 0
    """Between two of a thousand headers that say nothing."""

    drip_s: float = 0
    is_reset: bool = False
    is_packed: bool = False
    is_packed_twice: bool = False
    """As two packed streams, one after the other."""


Params = Mapping[str, str]
Fault = Callable[[Answer, Params, Mapping[str, str]], Answer]

_PAGE = b"<html><head><title>%d</title></head><body><h1>WWW Error %d Diagnostic</h1></body></html>"


def _page(status: int, shown: int) -> Fault:
    def fault(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
        return Answer(_PAGE % (shown, shown), status, {"Content-Type": "text/html"})

    return fault


def _too_many(status: int, retry_after: str | None) -> Fault:
    def fault(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
        key = params.get("api_key") or headers.get("x-api-key") or "127.0.0.1"
        body = {"error": "API rate limit exceeded", "api-key": key, "count": "4", "limit": "3"}
        more = {"Retry-After": retry_after} if retry_after else {}
        return Answer(json.dumps(body).encode(), status, {"X-RateLimit-Limit": "3", **more})

    return fault


def _in_band(sentence: str) -> Fault:
    def fault(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
        name = re.search(rb"<(eSearchResult)", answer.content)
        root = name.group(1).decode() if name else "eFetchResult"
        return Answer(
            '<?xml version="1.0" ?>\n<!DOCTYPE x PUBLIC "-//NLM//DTD efetch 20131226//EN" '
            '"https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20131226/efetch.dtd">\n'
            f"<{root}>\n\t<ERROR>{sentence}</ERROR>\n</{root}>".encode()
        )

    return fault


def _counted(change: Callable[[int], int]) -> Fault:
    def fault(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
        def other(found: re.Match[bytes]) -> bytes:
            return b"%s%d" % (found.group(1), max(0, change(int(found.group(2)))))

        content = re.sub(rb'(<Count>|"total": )(\d+)', other, answer.content, count=1)
        return replace(answer, content=content)

    return fault


def _fewer(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
    """A page that lost its last third: ids, records or papers."""
    for pattern in (rb"<Id>\d+</Id>\n?", rb"<PubmedArticle>.*?</PubmedArticle>"):
        pieces = re.findall(pattern, answer.content, re.DOTALL)
        if pieces:
            content = answer.content
            for piece in pieces[len(pieces) - len(pieces) // 3 :]:
                content = content.replace(piece, b"", 1)
            return replace(answer, content=content)
    return answer


def _doubled(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
    content = re.sub(rb"(<Id>\d+</Id>\n?)", rb"\1\1", answer.content, count=5)
    content = re.sub(
        rb"(<PubmedArticle>.*?</PubmedArticle>)", rb"\1\1", content, count=3, flags=re.DOTALL
    )
    return replace(answer, content=content)


def _same_token(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
    reply = json.loads(answer.content)
    if "token" in params:
        reply["token"] = params["token"]
    return replace(answer, content=json.dumps(reply).encode())


def _without_data(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
    reply = json.loads(answer.content)
    reply.pop("data", None)
    reply.pop("token", None)
    return replace(answer, content=json.dumps(reply).encode())


def _page_of(change: Callable[[dict[str, Any], Params], object]) -> Fault:
    """A page of the bulk search with something changed in it."""

    def fault(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
        reply = json.loads(answer.content)
        change(reply, params)
        return replace(answer, content=json.dumps(reply).encode())

    return fault


def _lose_items(reply: dict[str, Any], params: Params) -> None:
    del reply["data"][len(reply["data"]) // 2 :]


def _lead_on(reply: dict[str, Any], params: Params) -> None:
    """A token that was never given before, to a page that was."""
    reply["token"] = "T" + "0" * len(params.get("token", "T"))


def _show_again(reply: dict[str, Any], params: Params) -> None:
    reply["next"] = int(params.get("offset", 0)) + 1000
    reply["data"] = reply["data"] or [{"citingPaper": {"paperId": None}}]


def _in_content(old: bytes, new: bytes) -> Fault:
    return lambda answer, params, headers: replace(
        answer, content=answer.content.replace(old, new, 1)
    )


def _key_in_an_address(answer: Answer, params: Params, headers: Mapping[str, str]) -> Answer:
    key = quote(params.get("api_key") or headers.get("x-api-key") or "", safe="")
    return Answer(f"not allowed: /entrez/eutils/esearch.fcgi?api_key={key}".encode(), 403)


def _sent(**how: object) -> Fault:
    return lambda answer, params, headers: replace(answer, **how)


FAULTS: dict[str, Fault] = {
    "429": _too_many(429, "1"),
    "429 without a time": _too_many(429, None),
    "429 for an hour": _too_many(429, "3600"),
    "429 until no such day": _too_many(429, "Fri, 31 Dec 99999999 23:59:59 GMT"),
    "429 at 200": _too_many(200, None),
    "202": _page(202, 202),
    "304": lambda answer, params, headers: Answer(b"", 304),
    "425": _page(425, 425),
    "500": _page(500, 500),
    "502": _page(502, 502),
    "503": _page(503, 503),
    "page at 200": _page(200, 500),
    "403": lambda answer, params, headers: Answer(b'{"message":"Forbidden"}', 403),
    "key in an address": _key_in_an_address,
    "error at 200": _in_band("Error: External viewer error: Empty Response. Bytes read: 0 Timeout"),
    "backend failed": _in_band("Search Backend failed: Database is not supported: pubmed"),
    "empty set": lambda answer, params, headers: Answer(
        b'<?xml version="1.0" ?>\n<PubmedArticleSet></PubmedArticleSet>'
    ),
    "cut": lambda answer, params, headers: replace(
        answer, content=answer.content[: len(answer.content) * 3 // 5]
    ),
    "cut, packed": _sent(keep=0.6, is_packed=True),
    "cut connection": _sent(promise_more=1000),
    "reset": _sent(is_reset=True),
    "hang": _sent(hang_s=3.0),
    "drip": _sent(drip_s=0.05),
    "drip in the head": _sent(drip_head_s=0.05),
    "packed twice": _sent(is_packed_twice=True),
    "remark at the end": lambda answer, params, headers: replace(
        answer, content=answer.content + b"\n<!-- served by node 7 -->\n"
    ),
    "entities": _in_content(b'.dtd">', b'.dtd" [<!ENTITY file SYSTEM "file:///etc/passwd">]>'),
    "redirect": lambda answer, params, headers: Answer(
        b"", 302, {"Location": "https://elsewhere.example/"}
    ),
    "counts too many": _counted(lambda count: count + 7),
    "counts too many revisions": lambda answer, params, headers: (
        _counted(lambda count: count + 7)(answer, params, headers)
        if params.get("datetype") == "mdat"
        else answer
    ),
    "counts too few": _counted(lambda count: count - 7),
    "counts nonsense": _counted(lambda count: 10**12 + count),
    "no numbers": lambda answer, params, headers: replace(
        answer, content=re.sub(rb"<Id>\d+</Id>\n?", b"", answer.content)
    ),
    "fewer": _fewer,
    "doubled": _doubled,
    "same token": _same_token,
    "no data": _without_data,
    "no data, a token": _page_of(lambda reply, params: reply.pop("data")),
    "half a page": _page_of(_lose_items),
    "no token": _page_of(lambda reply, params: reply.pop("token", None)),
    "tokens for ever": _page_of(_lead_on),
    "a negative total": _page_of(lambda reply, params: reply.update(total=-1)),
    "more for ever": _page_of(_show_again),
    "nested": lambda answer, params, headers: Answer(
        b'{"total": 1, "data": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"
    ),
}
