"""A fake of both sources and clients that are in a hurry."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from papers.sources.http import Account, Asker, Attempt, Patience
from papers.sources.pace import FilePace
from tests.fake_sources import FakeSources, invented

HURRY = Patience(connect=1, read=0.5, reply=1, question=8)


@pytest.fixture
def sources() -> Iterator[FakeSources]:
    with FakeSources(invented(30)) as fake:
        yield fake


@pytest.fixture
def attempts() -> list[Attempt]:
    return []


@pytest.fixture
def asker(
    sources: FakeSources, attempts: list[Attempt], tmp_path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Asker]]:
    """Make a client of PubMed: a thousand requests a second, waits of hundredths of one."""
    monkeypatch.setattr("papers.sources.http.FIRST_WAIT_S", 0.02)
    made = []

    def make(
        source: str = "PubMed",
        patience: Patience = HURRY,
        transport: httpx.BaseTransport | None = None,
        **account: object,
    ) -> Asker:
        url = sources.pubmed_url if source == "PubMed" else sources.semantic_scholar_url
        client = Asker(
            Account(source, str(account.pop("base_url", url)), **account),
            FilePace(tmp_path / "pace", 1000),
            patience,
            on_attempt=attempts.append,
            transport=transport,
        )
        made.append(client)
        return client

    yield make
    for client in made:
        client.close()
