"""Curators' tags as keywords: how they travel in formats that know no tags, and come back.

``RMS Review: chemotherapy (confirmed)`` is a therapy class, ``RMS Review regimen: ivado (rejected)``
a regimen, and ``RMS Review setting: …``, ``RMS Review design: …`` are a setting and a study design;
each by its slug, so that what comes back is unambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from papers.records import TARGETS, TagLabel

_STATES = ("confirmed", "rejected")
_KINDS = {field: f" {word}" for field, word in TARGETS.items()} | {"therapy_class": ""}
_FIELDS = {kind: field for field, kind in _KINDS.items()}
_WRITTEN = re.compile(
    rf"RMS Review(?P<kind>{'|'.join(_FIELDS)}): (?P<slug>[\w-]+) \((?P<state>{'|'.join(_STATES)})\)"
)


def encode(tag: TagLabel) -> str:
    """The keyword of a tag.

    >>> encode(TagLabel(therapy_class="car_t-gd2"))
    'RMS Review: car_t-gd2 (confirmed)'
    """
    field, slug = tag.target
    return f"RMS Review{_KINDS[field]}: {slug} ({tag.state})"


def decode(keyword: str) -> TagLabel | None:
    """The tag that a keyword writes; None for any other keyword."""
    found = _WRITTEN.fullmatch(" ".join(keyword.split()))
    if not found:
        return None
    return TagLabel(**{_FIELDS[found["kind"]]: found["slug"]}, state=found["state"])


def split(keywords: Iterable[str]) -> tuple[tuple[str, ...], tuple[TagLabel, ...]]:
    """(the keywords proper, the tags among them), each once and in order."""
    plain: dict[str, None] = {}
    tags: dict[TagLabel, None] = {}
    for keyword in keywords:
        tag = decode(keyword)
        if tag:
            tags[tag] = None
        else:
            plain[keyword] = None
    return tuple(plain), tuple(tags)
