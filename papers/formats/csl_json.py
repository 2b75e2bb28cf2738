"""CSL-JSON as Zotero, Mendeley, Crossref, PubMed and we ourselves write it.

An item is read by ``csl_reading`` and written by ``csl_writing``; what CSL has no words for stands
in lines of the note (``csl_notes``), so that a file of ours is read back without loss.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from papers.formats import csl_notes, json_input
from papers.formats.csl_reading import record_from_item
from papers.formats.csl_writing import item_from_record
from papers.formats.input import InputFile
from papers.formats.json_input import listed, mapping
from papers.records import Record, Rejected

_SIGNS = re.compile(
    r'"(?:container-title(?:-short)?|date-parts|issued|citation-key|publisher-place)"\s*:'
    r'|"type"\s*:\s*"(?:article-journal|paper-conference|chapter|thesis|book|report|webpage)"'
)


def detect(head: str) -> int:
    if not head.lstrip().startswith(("{", "[")) or '"paperId"' in head:
        return 0
    return 80 if _SIGNS.search(head) else 0


def read(file: InputFile) -> Iterator[Record | Rejected]:
    document: object = json_input.load(file)
    if isinstance(document, dict):
        # Crossref wraps a paper or a list of them in "message", Zotero's API the list in "items".
        document = document.get("message", document)
        document = mapping(document).get("items", document)
    for number, item in enumerate(listed(document), start=1):
        yield _entry(item, number)


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """A list, one item a line."""
    used: set[str] = set()
    opening = "[\n"
    for number, record in enumerate(records, start=1):
        item = {"id": _unused(_id(record, number), used), **_item(record)}
        yield (opening + json.dumps(item, ensure_ascii=False)).encode("utf-8", "replace")
        opening = ",\n"
    yield b"[]\n" if not used else b"\n]\n"


def _entry(item: object, number: int) -> Record | Rejected:
    if not isinstance(item, dict):
        reason = f"Item {number} is {json_input.describe(item)}; expected an object."
        return Rejected(0, None, json_input.excerpt(item), reason)
    remarks: list[str] = []
    record = _record(item, remarks)
    if record.names_a_paper:
        return dataclasses.replace(record, raw=json_input.canonical(item), remarks=tuple(remarks))
    why = f" {remarks[0]}" if remarks else ""
    reason = f"Item {number} has neither a title, nor a valid identifier, nor authors.{why}"
    return Rejected(0, None, json_input.excerpt(item), reason)


def _record(item: Mapping[str, object], remarks: list[str]) -> Record:
    given = item.get("note")
    note, columns = csl_notes.split(given if isinstance(given, str) else None)
    return csl_notes.completed(record_from_item({**item, "note": note}, remarks), columns, remarks)


def _item(record: Record) -> dict[str, object]:
    item = item_from_record(record)
    note = record.note if csl_notes.split(record.note) == (record.note, {}) else None
    said = record_from_item({**item, "note": note}, [])
    lines = [*([note] if note else []), *csl_notes.lines(record, said)]
    return {**item, "note": "\n".join(lines)} if lines else item


def _id(record: Record, number: int) -> str:
    if record.pmid:
        return f"pmid:{record.pmid}"
    return f"doi:{record.doi}" if record.doi else f"item-{number}"


def _unused(wished: str, used: set[str]) -> str:
    """citeproc-py does not tell ids apart by their case; these are in lower case."""
    candidate, number = wished, 1
    while candidate in used:
        number += 1
        candidate = f"{wished}-{number}"
    used.add(candidate)
    return candidate
