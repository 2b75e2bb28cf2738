"""The full-text index: one document for each paper, in the same words on both engines.

Whoever writes papers calls ``write_documents`` (with rows at hand) or ``index_papers`` (with ids)
in the same transaction; the index is never written behind anybody's back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from itertools import batched
from types import ModuleType
from typing import Any, Protocol

from django.db import connections, router

from papers.search import postgresql, sqlite
from papers.search.words import fold

ENGINES: Mapping[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgresql}
PAPERS_A_BATCH = 1_000
LONGEST_FIELD = 50_000
"""Characters of a field that are indexed: a tsvector holds no more than 1 MB."""
