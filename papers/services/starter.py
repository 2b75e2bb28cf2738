"""The starter library: bibliographic facts of papers whose identifiers were checked, untagged; and
search strategies, paused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from papers.models import Import, Search, Sources
from papers.services.imports import run_import, store_upload

FOLDER = Path(__file__).resolve().parent.parent / "starter"


def load_starter_library() -> Import:
    """Import every file of ``papers/starter`` that this library has not taken in yet.

    Returns an unsaved job with the sums. A file is known by its bytes; a paper that a curator
    has since corrected or tagged is not touched.
    """
    total = Import(name="starter library")
    for path in sorted(FOLDER.glob("*.json*")):
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if Import.objects.filter(sha256=digest, state=Import.State.DONE).exists():
            continue
        job = store_upload(name=f"starter library, {path.stem}", chunks=[content], by=None)
        job = run_import(job.pk) or job
        if job.state != Import.State.DONE:
            raise RuntimeError(f"{path.name} of the starter library was not loaded: {job.error}")
        total.created += job.created
        total.matched += job.matched
    return total


def load_starter_searches() -> int:
    """Save the strategies that come with the house, paused; returns how many were new.

    Only into a library that never had a search: a team's own, or one that it deleted, is its word.
    """
    if Search.history.exists():
        return 0
    searches = list(_starter_searches())
    for search in searches:
        search.save()
    return len(searches)


def _starter_searches() -> Iterator[Search]:
    content = (FOLDER / "searches" / "strategies.json").read_text(encoding="utf-8")
    for strategy in json.loads(content):
        either = " | " if strategy["source"] == Sources.SEMANTIC_SCHOLAR else " OR "
        blocks = {name: f"({either.join(terms)})" for name, terms in strategy["blocks"].items()}
        yield Search(
            name=strategy["name"],
            source=strategy["source"],
            query=strategy["query"].format(**blocks),
            note=strategy["note"],
            schedule=strategy["schedule"],
            is_off_peak=strategy["is_off_peak"],
            is_paused=True,
        )
