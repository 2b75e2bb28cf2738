"""The note of a CSL item: Zotero's identifiers in it, and what CSL itself has no words for.

CSL-JSON knows neither MeSH nor ORCIDs nor trial numbers. Our files say them in the note, one line
for each column of our spreadsheets that the item would otherwise not give back:

    RMS Review mesh_headings: *Rhabdomyosarcoma/*drug therapy; Child

So a file of ours is read back whole, and other programs keep the lines with the item.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterator, Mapping

from papers.formats.spreadsheet import own
from papers.records import Record

_OWN_LINE = re.compile(r"^RMS Review (\w+): ?(.*)$")
_IDENTIFIER = re.compile(r"^(PMID|PMCID|DOI):\s*(\S+)\s*$", re.IGNORECASE)


def split(note: str | None) -> tuple[str | None, dict[str, str]]:
    """(the note without our lines, the cells in our lines by their column)."""
    kept: list[str] = []
    columns: dict[str, str] = {}
    for line in (note or "").replace("\r\n", "\n").split("\n"):
        found = _OWN_LINE.match(line)
        if found and found[1] in own.HEADER:
            columns[found[1]] = _cell(found[2])
        else:
            kept.append(line)
    return "\n".join(kept).strip() or None, columns


def identifiers(note: str | None) -> tuple[str | None, dict[str, str]]:
    """(the note without Zotero's lines of identifiers, the identifiers in lower case)."""
    kept: list[str] = []
    found: dict[str, str] = {}
    for line in (note or "").split("\n"):
        if match := _IDENTIFIER.match(line):
            found.setdefault(match[1].lower(), match[2])
        else:
            kept.append(line)
    return "\n".join(kept).strip() or None, found


def lines(record: Record, said: Record) -> Iterator[str]:
    """The lines that turn ``said``, the Record of the bare item, into ``record``."""
    for group in own.GROUPS:
        cells = zip(group.columns, group.write(record), group.write(said), strict=True)
        for column, cell, already in cells:
            if cell != already:
                yield f"RMS Review {column}: {_written(cell)}"


def completed(said: Record, columns: Mapping[str, str], remarks: list[str]) -> Record:
    """``lines`` undone: the Record that the item and the columns in its note say together."""
    if not columns:
        return said
    fields: dict[str, object] = {}
    for group in own.GROUPS:
        if not set(group.columns).isdisjoint(columns):
            cells = dict(zip(group.columns, group.write(said), strict=True))
            fields |= group.read({**cells, **columns}, remarks)
    return dataclasses.replace(said, **fields)  # type: ignore[arg-type]


def _written(cell: str) -> str:
    """On one line; JSON where the cell has several."""
    is_plain = "\n" not in cell and not cell.startswith('"') and cell == cell.strip()
    return cell if is_plain else json.dumps(cell, ensure_ascii=False)


def _cell(text: str) -> str:
    if not text.startswith('"'):
        return text.strip()
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return value if isinstance(value, str) else text
