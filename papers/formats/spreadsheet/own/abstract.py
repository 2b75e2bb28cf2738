"""The abstract: one readable text, with its labels and markup beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from papers.formats.spreadsheet.cells import as_json, json_list
from papers.formats.spreadsheet.own.group import Cells, Fields, Group, markup_of
from papers.formats.text import sections_from_text
from papers.records import AbstractSection, Record, join_sections


def _write_abstract(record: Record) -> Sequence[str]:
    sections = record.abstract_sections
    labels = [section.label or "" for section in sections] if len(sections) else []
    html = [section.html for section in sections]
    return (
        join_sections(sections) or "",
        _written_labels(labels) if any(labels) else "",
        as_json(html) if any(html) else "",
    )


def _written_labels(labels: Sequence[str]) -> str:
    text = "; ".join(labels)
    return text if _labels(text, 0) == labels else as_json(labels)


def _read_abstract(cells: Cells, _: list[str]) -> Fields:
    text = cells["abstract"].replace("\r\n", "\n")
    paragraphs = [part for part in re.split(r"\n\s*\n", text) if part]
    labels = _labels(cells["abstract_labels"], len(paragraphs))
    if len(labels) != len(paragraphs) or not all(map(_opens_with, paragraphs, labels)):
        return {"abstract_sections": sections_from_text(text)}
    texts = [
        part[len(label) + 2 :] if label else part
        for part, label in zip(paragraphs, labels, strict=True)
    ]
    html = json_list(cells["abstract_html"])
    if len(html) != len(texts):
        html = [None] * len(texts)
    sections = (
        AbstractSection(label or None, text, markup_of(text, markup))
        for label, text, markup in zip(labels, texts, html, strict=True)
    )
    return {"abstract_sections": tuple(sections)}


def _labels(cell: str, count: int) -> list[str]:
    if not cell:
        return [""] * count
    if cell.startswith("["):
        return [item for item in json_list(cell) if isinstance(item, str)]
    return [label.strip() for label in cell.split(";")]


def _opens_with(paragraph: str, label: str) -> bool:
    return not label or paragraph.startswith(f"{label}: ")


ABSTRACT = Group(("abstract", "abstract_labels", "abstract_html"), _write_abstract, _read_abstract)
