"""A pull from Semantic Scholar: the pages of a bulk search, one after the other."""

from __future__ import annotations

from papers import formats
from papers.formats import InputFile
from papers.formats.parcels import pack
from papers.models import Pull
from papers.records import Record, Rejected
from papers.services.notebook import Notebook
from papers.services.pull_batches import Batch, conclude, save, store_batch
from papers.sources import semantic_scholar
from papers.sources.questions import SourceRejected

CHAINS = 3
"""How often the chain of pages is begun again when a token is no longer taken."""


def pull_records(pull: Pull, notebook: Notebook) -> None:
    """Bring what the query finds into the library. Raises SourceError and TakenAway."""
    while True:
        try:
            _follow_pages(pull, notebook)
            return
        except _TokenRefused as error:
            if pull.turn >= CHAINS:
                raise SourceRejected(str(error)) from error
            # Tokens do not live for ever, and a pull may have waited long.
            pull.turn += 1
            pull.position = pull.read = 0
            save(pull, "turn", "position", "read")


class _TokenRefused(Exception):
    pass


def _follow_pages(pull: Pull, notebook: Notebook) -> None:
    token: str | None = None
    followed: set[str] = set()
    found: set[str] = set()
    number = 0
    while True:
        question = semantic_scholar.bulk(pull.query, token, turn=pull.turn)
        try:
            content = notebook.ask(question, semantic_scholar.read_page)
        except SourceRejected as error:
            if token:
                raise _TokenRefused(str(error)) from error
            raise
        page = semantic_scholar.read_page(content)
        batch = _read(content)
        found.update(parcel.record.source_id for parcel in batch.parcels if parcel.record.source_id)
        number += 1
        if number > pull.position:
            pull.found, pull.to_fetch = max(page.total, len(found)), page.total
            pull.windows = number
            store_batch(pull, batch)
            notebook.on_progress(pull)
        token = page.token
        if not token:
            break
        if token in followed:
            pull.warnings = [*pull.warnings, _looped(number)]
            break
        followed.add(token)
    _reckon(pull, len(found) + pull.rejected, page.total)
    conclude(pull, found)


def _read(content: bytes) -> Batch:
    batch = Batch()
    for entry in formats.read(InputFile.from_bytes(content), "semantic_scholar"):
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


def _reckon(pull: Pull, seen: int, total: int) -> None:
    """Compare what came with what was said to be there."""
    pull.found, pull.missing = max(total, seen), max(0, total - seen)
    if pull.missing:
        pull.warnings = [
            *pull.warnings,
            f"Semantic Scholar estimates {total:,} papers but sent {seen:,}: up to "
            f"{total - seen:,} may be missing. Its count is an estimate; run the search again to "
            "see whether it stays so.",
        ]
