"""A pull from Semantic Scholar: the pages of a bulk search, one after the other."""

from __future__ import annotations

from django.db import transaction

from papers.formats.parcels import pack
from papers.models import Exchange, Pull
from papers.records import Record, Rejected
from papers.services.notebook import Notebook
from papers.services.pull_batches import Batch, conclude, read_answer, save, store_batch
from papers.sources import semantic_scholar
from papers.sources.questions import SourceRejected

CHAINS = 3
"""How often the chain of pages is followed at most: again when a token is no longer taken, or when
it ended before all papers had come."""

MOST_BARREN = 2
"""Pages in a row without a new paper, after which a chain leads nowhere."""


def pull_records(pull: Pull, notebook: Notebook) -> None:
    """Bring what the query finds into the library. Raises SourceError and TakenAway."""
    found = _found_before(pull)
    while True:
        before = len(found)
        try:
            total, warnings = _follow_pages(pull, notebook, found)
        except _TokenRefused as error:
            if pull.turn >= CHAINS:
                raise SourceRejected(str(error)) from error
        else:
            is_whole = len(found) + pull.rejected >= total
            # A page that shrank or lost its token does so once; a total that errs, always.
            is_hopeless = pull.turn > 1 and len(found) == before
            if is_whole or is_hopeless or pull.turn >= CHAINS:
                break
        _begin_again(pull)
    _reckon(pull, len(found) + pull.rejected, total, warnings)
    # Nobody knows the number of a piece that could not be read.
    conclude(pull, found, is_whole=not pull.missing and not pull.rejected)


def _found_before(pull: Pull) -> set[str]:
    """What the chains before this one brought. Its own pages are read again anyway."""
    found: set[str] = set()
    if pull.turn > 1:
        answers = Exchange.objects.filter(pull=pull, payload__isnull=False)
        for exchange in answers.iterator(chunk_size=1):
            found |= _read(exchange.content).names
    return found


def _begin_again(pull: Pull) -> None:
    """Tokens do not live for ever, and a pull may have waited long."""
    pull.turn += 1
    pull.position = pull.read = pull.rejected = 0
    with transaction.atomic():
        save(pull, "turn", "position", "read", "rejected")
        pull.rejected_pieces.all().delete()


class _TokenRefused(Exception):
    pass


def _follow_pages(pull: Pull, notebook: Notebook, found: set[str]) -> tuple[int, list[str]]:
    """One chain, page by page, into the library and ``found``; its total, and what went wrong."""
    token: str | None = None
    followed: set[str] = set()
    seen: set[str] = set()
    number = barren = 0
    while True:
        content = _asked(pull, notebook, token, len(seen))
        page = semantic_scholar.read_page(content, len(seen))
        batch = _read(content)
        barren = 0 if batch.names - seen else barren + 1
        seen |= batch.names
        found |= batch.names
        number += 1
        if number > pull.position:
            pull.found, pull.to_fetch = max(page.total, len(found)), page.total
            pull.windows = number
            store_batch(pull, batch)
            notebook.on_progress(pull)
        token = page.token
        if not token:
            return page.total, []
        if token in followed or barren >= MOST_BARREN:
            return page.total, [_looped(number)]
        followed.add(token)


def _asked(pull: Pull, notebook: Notebook, token: str | None, seen: int) -> bytes:
    question = semantic_scholar.bulk(pull.query, token, turn=pull.turn)
    try:
        return notebook.ask(question, lambda content: semantic_scholar.read_page(content, seen))
    except SourceRejected as error:
        if token:
            raise _TokenRefused(str(error)) from error
        raise


def _read(content: bytes) -> Batch:
    batch = Batch()
    for entry in read_answer(content, "semantic_scholar"):
        if isinstance(entry, Record):
            batch.parcels.append(pack(entry))
        elif isinstance(entry, Rejected):
            batch.rejected.append(entry)
    return batch


def _looped(pages: int) -> str:
    return (
        f"Semantic Scholar led back to a page that it had shown already; the pull ended after "
        f"{pages} pages. Run the search again later."
    )


def _reckon(pull: Pull, seen: int, total: int, warnings: list[str]) -> None:
    """Compare what came with what was said to be there."""
    pull.found, pull.missing, pull.read = max(total, seen), max(0, total - seen), seen
    pull.warnings = warnings
    if pull.missing:
        pull.warnings = [
            *pull.warnings,
            f"Semantic Scholar estimates {total:,} papers but sent {seen:,}: up to "
            f"{total - seen:,} may be missing. Its count is an estimate; run the search again to "
            "see whether it stays so.",
        ]
