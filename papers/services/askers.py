"""The clients of the sources, made from the settings. Keys go no further than here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from papers.models import Sources
from papers.sources.http import Account, Asker, Attempt, Patience
from papers.sources.pace import FilePace, Pace, RedisPace, Sleep

TOOL = "rmsreview"


def asker_for(
    source: str,
    *,
    sleep: Sleep,
    on_attempt: Callable[[Attempt], None],
    patience: Patience | None = None,
) -> Asker:
    """A client of a source. ``sleep`` is called while it waits, a second at most at a time."""
    return Asker(
        _ACCOUNTS[source](),
        _pace(source),
        patience or Patience(reply=45, question=settings.SOURCE_PATIENCE_S),
        sleep=sleep,
        on_attempt=on_attempt,
    )


def _pubmed() -> Account:
    params = [("tool", TOOL)]
    if settings.NCBI_EMAIL:
        params.append(("email", settings.NCBI_EMAIL))
    if settings.NCBI_API_KEY:
        params.append(("api_key", settings.NCBI_API_KEY))
    return Account(
        source=Sources.PUBMED.label,
        base_url=settings.NCBI_BASE_URL,
        params=tuple(params),
        headers=(("User-Agent", TOOL),),
        secrets=_secrets(settings.NCBI_API_KEY),
    )


def _semantic_scholar() -> Account:
    key = settings.SEMANTIC_SCHOLAR_API_KEY
    return Account(
        source=Sources.SEMANTIC_SCHOLAR.label,
        base_url=settings.SEMANTIC_SCHOLAR_BASE_URL,
        headers=(("User-Agent", TOOL), *((("x-api-key", key),) if key else ())),
        secrets=_secrets(key),
    )


_ACCOUNTS: dict[str, Callable[[], Account]] = {
    Sources.PUBMED: _pubmed,
    Sources.SEMANTIC_SCHOLAR: _semantic_scholar,
}


def _secrets(*keys: str) -> tuple[str, ...]:
    return tuple(key for key in keys if key)


def _pace(source: str) -> Pace:
    rates = {
        Sources.PUBMED: settings.NCBI_REQUESTS_PER_SECOND,
        Sources.SEMANTIC_SCHOLAR: settings.SEMANTIC_SCHOLAR_REQUESTS_PER_SECOND,
    }
    rate = rates[Sources(source)]
    if settings.REDIS_URL:
        return RedisPace(settings.REDIS_URL, source, rate)
    return FilePace(Path(settings.DATA_DIR) / "pace" / source, rate)
