"""The vocabulary in use, as the lexicon wants it: the tables' rows, an editor's among them."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass

from regimens.proposals import RULES_VERSION
from regimens.services.vocabulary import table_as_rows
from regimens.terms import PHRASES, Vocabulary, build

_TABLES = ("therapy_classes", "drugs", "regimens")


@dataclass(frozen=True, slots=True)
class Wording:
    """The words that papers are read with. Papers read with others are read again."""

    vocabulary: Vocabulary
    version: str
    """The rules' version and a mark of the words: "1-9f86d081"."""


_latest: Wording | None = None
_looked_at = float("-inf")

FRESH_FOR_S = 60.0
"""To see whether rows have changed costs some 50 ms; a page looks no more often than this."""


def wording() -> Wording:
    """The wording of now. Built anew only when rows have changed since the last call."""
    global _latest, _looked_at
    _looked_at = time.monotonic()
    rows = {name: table_as_rows(name) for name in _TABLES}
    version = f"{RULES_VERSION}-{_mark(rows)}"
    if _latest is None or _latest.version != version:
        vocabulary = build(
            classes=rows["therapy_classes"], drugs=rows["drugs"], regimens=rows["regimens"]
        )
        _latest = Wording(vocabulary, version)
    return _latest


def recent_wording() -> Wording:
    """The wording as of at most a minute ago, for pages that mark its words."""
    if _latest is None or time.monotonic() - _looked_at > FRESH_FOR_S:
        return wording()
    return _latest


def _mark(rows: object) -> str:
    words = json.dumps(rows, sort_keys=True).encode() + PHRASES.read_bytes()
    return hashlib.sha256(words).hexdigest()[:8]
