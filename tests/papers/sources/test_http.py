"""A question is asked until it is answered whole, politely, without telling secrets."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import httpx
import pytest

from papers.sources import pubmed
from papers.sources.http import Patience
from papers.sources.pace import Crowded, RedisPace
from papers.sources.questions import Question, SourceRejected, SourceUnavailable
from tests.papers.sources.conftest import HURRY

SEARCH = pubmed.search("rhabdomyosarcoma")


def always(status: int, content: bytes = b"", **options: object) -> httpx.MockTransport:
    return httpx.MockTransport(
        lambda request: httpx.Response(status, content=iter([content]), **options)
    )


PASSING = [
    "429", "429 without a time", "429 at 200", "500", "502", "503", "page at 200", "error at 200",
    "backend failed", "cut", "cut, packed", "cut connection", "reset", "hang", "drip", "redirect",
    "drip in the head", "202", "304", "425", "429 until no such day", "counts nonsense",
]  # fmt: skip


@pytest.mark.parametrize("fault", PASSING)
def test_ask_gets_its_answer_after_a_fault_that_passes(asker, sources, attempts, fault):
    sources.misbehave(fault, times=2)

    content = asker().ask(SEARCH, pubmed.read_search)

    assert pubmed.read_search(content).count == 30
    assert [bool(attempt.problem) for attempt in attempts] == [True, True, False]


@pytest.mark.parametrize(
    "fault",
    ["429", "503", "page at 200", "cut, packed", "hang", "drip", "drip in the head", "redirect"],
)
def test_ask_ends_with_its_patience_and_says_how_often_it_asked(asker, sources, fault):
    sources.misbehave(fault, times=1000)
    begun = time.monotonic()

    with pytest.raises(
        SourceUnavailable, match=r"PubMed .* Asked \d+ times? since \d\d:\d\d:\d\d UTC"
    ):
        asker(patience=replace(HURRY, question=1)).ask(SEARCH, pubmed.read_search)

    assert time.monotonic() - begun < 4


def test_ask_does_not_repeat_what_is_refused_for_good(asker, sources):
    with pytest.raises(SourceRejected, match=r"refused the question \(HTTP 404\)"):
        asker().ask(Question("no-such.fcgi"), lambda content: None)

    assert len(sources.hits) == 1


def test_ask_says_that_a_key_is_wrong(asker, sources):
    sources.misbehave("403")

    with pytest.raises(SourceRejected, match="the key is wrong or blocked"):
        asker("Semantic Scholar").ask(Question("paper/search/bulk"), lambda content: None)


def test_ask_of_nobody_says_where_nobody_is(asker):
    with pytest.raises(SourceUnavailable, match=r"PubMed cannot be reached at 127\.0\.0\.1"):
        asker(patience=replace(HURRY, question=0), base_url="http://127.0.0.1:9/").ask(
            SEARCH, pubmed.read_search
        )


def test_ask_waits_as_long_as_the_source_asks(asker, sources):
    sources.misbehave("429")

    asker().ask(SEARCH, pubmed.read_search)

    first, second = sources.hits
    assert second.at - first.at >= 1


def test_ask_hands_a_long_wait_on_at_once(asker, sources):
    sources.misbehave("429 for an hour")

    with pytest.raises(SourceUnavailable) as raised:
        asker().ask(SEARCH, pubmed.read_search)

    assert raised.value.retry_after == 3600
    assert len(sources.hits) == 1


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("2", 2),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30),
        ("Mon, 23 Nov 2026 11:00:00 GMT", None),
        ("soon", None),
        ("-5", None),
        ("inf", None),
        ("999999999", 24 * 3600),
        ("Fri, 31 Dec 99999999 23:59:59 GMT", None),
    ],
)
def test_retry_after_is_a_number_or_a_date_of_the_source_s_clock(asker, said, seconds):
    headers = {"Retry-After": said, "Date": "Mon, 23 Nov 2026 12:00:00 GMT"}
    client = asker(patience=replace(HURRY, question=0), transport=always(429, headers=headers))

    with pytest.raises(SourceUnavailable) as raised:
        client.ask(SEARCH, pubmed.read_search)

    assert raised.value.retry_after == seconds


def test_ask_sends_the_account_with_every_request_and_tells_its_key_to_nobody(
    asker, sources, attempts, caplog
):
    sources.misbehave("429 at 200")
    key = "7f3a9-secret"
    client = asker(params=(("tool", "rmsreview"), ("api_key", key)), secrets=(key,))

    content = client.ask(SEARCH, lambda content: None)

    assert {hit.params["api_key"] for hit in sources.hits} == {key}
    assert {hit.params["tool"] for hit in sources.hits} == {"rmsreview"}
    assert key.encode() not in content
    assert b"[key]" in content
    assert key not in caplog.text
    assert key not in repr(attempts)


def test_ask_blots_the_key_out_of_what_a_source_says_when_it_refuses(asker):
    key = "7f3a9-secret"
    said = json.dumps({"error": f"API key invalid: {key}"}).encode()
    client = asker(secrets=(key,), transport=always(400, said))

    with pytest.raises(SourceRejected) as raised:
        client.ask(SEARCH, pubmed.read_search)

    assert key not in str(raised.value)
    assert "API key invalid" in str(raised.value)


@pytest.mark.parametrize(
    ("key", "spelling"),
    [
        ("a/b+c=1&", "a%2Fb%2Bc%3D1%26"),
        ("a/b+c=1&", "a%2fb%2bc%3d1%26"),
        ("a/b+c=1&", "a/b%2Bc%3D1%26"),
        ("a b", "a+b"),
        ('a"b', r"a\"b"),
        ("a/b", r"a\/b"),
        ("a&b", "a&amp;b"),
    ],
)
def test_ask_blots_the_key_out_in_whatever_spelling_it_is_echoed(asker, key, spelling):
    client = asker(secrets=(key,), transport=always(200, f"<a>{spelling}</a>".encode()))

    assert client.ask(SEARCH, lambda content: None) == b"<a>[key]</a>"


def test_ask_reads_a_reply_that_is_packed_in_two_streams(asker, sources):
    sources.misbehave("packed twice")

    content = asker().ask(SEARCH, pubmed.read_search)

    assert pubmed.read_search(content).count == 30
    assert len(sources.hits) == 1


def test_nobody_waits_long_in_silence_while_the_source_is_to_be_left_alone(asker, sources):
    client = asker()
    client.pace.hold_off(1800)
    begun = time.monotonic()

    with pytest.raises(SourceUnavailable, match="be left alone for another 30 minutes") as raised:
        client.ask(SEARCH, pubmed.read_search)

    assert 1700 < raised.value.retry_after <= 1800
    assert time.monotonic() - begun < 1
    assert sources.hits == []


def test_without_redis_the_pace_is_to_blame_and_not_the_source(asker, sources):
    client = asker(patience=replace(HURRY, question=0))
    client.pace = RedisPace("redis://127.0.0.1:9/0", "test", 10)

    with pytest.raises(SourceUnavailable, match="PubMed was not asked: Redis, which keeps"):
        client.ask(SEARCH, pubmed.read_search)
    assert sources.hits == []


def test_what_the_source_said_is_told_also_when_no_turn_comes_to_ask_it_again(asker, sources):
    sources.misbehave("500", times=1000)
    client = asker()

    class Taken(type(client.pace)):
        def take(self, *arguments):
            if sources.hits:
                raise Crowded
            return super().take(*arguments)

    client.pace = Taken(client.pace.path, 1000)
    with pytest.raises(SourceUnavailable, match=r"HTTP 500.*Asked 1 time since") as raised:
        client.ask(SEARCH, pubmed.read_search)
    assert raised.value.since is not None


def test_ask_does_not_follow_to_another_host(asker, sources):
    sources.misbehave("redirect", times=1000)

    with pytest.raises(SourceUnavailable, match=r"redirected to elsewhere\.example, which is not"):
        asker(patience=replace(HURRY, question=0)).ask(SEARCH, pubmed.read_search)


def test_ask_sends_a_long_query_in_the_body(asker, sources):
    long = " OR ".join(f"vincristine{number}" for number in range(400))

    asker().ask(pubmed.search(long), pubmed.read_search)

    assert sources.hits[0].params["term"] == long
    assert "form" in sources.hits[0].headers["Content-Type"]


def test_ask_can_be_given_up_while_it_waits(asker, sources):
    class GivenUp(Exception):
        pass

    def sleep(seconds: float) -> None:
        raise GivenUp

    sources.misbehave("503", times=1000)
    client = asker(patience=Patience())
    client.sleep = sleep

    with pytest.raises(GivenUp):
        client.ask(SEARCH, pubmed.read_search)
