"""What Semantic Scholar knows of the papers that the library has: citations, access, ids, summaries.

Nothing is added to the library: a record that is about none of its papers is left out.
"""

from __future__ import annotations

import json
import zlib

from papers.formats.parcels import pack
from papers.models import Paper, Pull
from papers.records import Record
from papers.services.matching import Matcher
from papers.services.notebook import Notebook
from papers.services.pull_batches import Batch, conclude, read_answer, save, store_batch
from papers.sources import semantic_scholar
from papers.sources.questions import SourceRejected, SourceUnavailable


def enrich_papers(pull: Pull, notebook: Notebook) -> None:
    """Ask for every paper that has a PMID or a DOI. Raises SourceError and TakenAway."""
    if pull.plan is None:
        ids = _ids()
        pull.plan = zlib.compress(json.dumps(ids).encode())
        pull.found = pull.to_fetch = len(ids)
        save(pull, "plan", "found", "to_fetch")
    ids = json.loads(zlib.decompress(bytes(pull.plan)))
    size = semantic_scholar.PAPERS_A_BATCH
    for start in range(pull.position * size, len(ids), size):
        batch, unknown = _fetched(ids[start : start + size], notebook)
        pull.missing += unknown
        store_batch(pull, batch)
        notebook.on_progress(pull)
    if pull.missing:
        pull.warnings = [_unknown(pull.missing)]
    conclude(pull, (), is_whole=False)


def _ids() -> list[str]:
    papers = Paper.objects.order_by("pk").values_list("pmid", "doi")
    return [f"PMID:{pmid}" if pmid else f"DOI:{doi}" for pmid, doi in papers if pmid or doi]


def _fetched(ids: list[str], notebook: Notebook) -> tuple[Batch, int]:
    """The records about papers of the library, and how many ids brought none."""

    def check(content: bytes) -> None:
        if len(semantic_scholar.read_batch(content)) != len(ids):
            raise SourceUnavailable("Semantic Scholar answered for another number of papers.")

    try:
        content = notebook.ask(semantic_scholar.batch(ids), check)
    except SourceRejected as error:
        if "No valid paper ids" not in str(error):
            raise
        return Batch(), len(ids)  # that is how it says that it knows none of them
    entries = read_answer(content, "semantic_scholar")
    records = [entry for entry in entries if isinstance(entry, Record)]
    matcher = Matcher.for_records(records)
    about_ours = [record for record in records if matcher.paper_of(record)]
    return Batch([pack(record) for record in about_ours]), len(ids) - len(about_ours)


def _unknown(papers: int) -> str:
    return (
        f"Semantic Scholar does not know {papers:,} of the papers, or says of them what their "
        "identifiers here contradict. They stay as they are."
    )
