"""EndNote's XML export: <xml><records><record>…, each text in <style> elements.

The faces of the styles become the markup that they mean. EndNote writes one field's several
values with line breaks between them (&#xD;), in keywords and addresses for instance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from papers.formats import xml_slices
from papers.formats.endnote_record import entry_from
from papers.formats.input import InputFile
from papers.records import Record, Rejected

_PATHS = {
    "author": ("contributors/authors/author",),
    "editor": ("contributors/secondary-authors/author",),
    "title": ("titles/title",),
    "translated_title": ("titles/translated-title",),
    "secondary_title": ("titles/secondary-title",),
    "journal": ("periodical/full-title",),
    "abbreviation": ("periodical/abbr-1", "alt-periodical/abbr-1"),
    "year": ("dates/year",),
    "date": ("dates/pub-dates/date",),
    "volume": ("volume",),
    "issue": ("number", "issue"),
    "pages": ("pages",),
    "number_of_article": ("custom7", "electronic-pages"),
    "isbn": ("isbn", "issn"),
    "accession": ("accession-num",),
    "doi": ("electronic-resource-num",),
    "pmcid": ("custom2",),
    "database": ("remote-database-name",),
    "language": ("language",),
    "keyword": ("keywords/keyword",),
    "abstract": ("abstract",),
    "note": ("notes", "research-notes"),
    "url": ("urls/related-urls/url", "urls/web-urls/url", "urls/text-urls/url"),
    "address": ("auth-address",),
    "publisher": ("publisher",),
    "place": ("pub-location",),
    "work_type": ("work-type",),
}
_TAG_OF_FACE = {
    "superscript": "sup",
    "subscript": "sub",
    "italic": "i",
    "bold": "b",
    "underline": "u",
}
_BLANK_LINE = re.compile(r"\s*\n\s*")


def detect(head: str) -> int:
    if not re.search(r"<records?[\s>]", head):
        return 0
    marks = ("<ref-type", "<rec-number", "<source-app", "<electronic-resource-num", "<foreign-keys")
    return 95 if any(mark in head for mark in marks) else 20


def read(file: InputFile) -> Iterator[Record | Rejected]:
    """Raises Unreadable where the XML declares entities."""
    for piece in xml_slices.slices(file, ("record",)):
        yield _entry(piece)


def _entry(piece: xml_slices.Slice) -> Record | Rejected:
    if not piece.is_whole:
        return _rejected(
            piece, "The record has no end: the file is cut off or damaged here. Export it again."
        )
    try:
        element = xml_slices.parse(piece.content)
    except etree.XMLSyntaxError as error:
        return _rejected(piece, f"The record is not well-formed XML: {error.msg}. Export it again.")
    return entry_from(_values(element), _stored(piece), piece.line)


def _rejected(piece: xml_slices.Slice, reason: str) -> Rejected:
    return Rejected(0, piece.line, piece.content[:8000].decode("utf-8", "replace"), reason)


def _stored(piece: xml_slices.Slice) -> bytes:
    """The record's bytes, in UTF-8 also where the file only said that it was."""
    try:
        piece.content.decode()
    except UnicodeDecodeError:
        return piece.content.decode("cp1252", "replace").encode()
    return piece.content


def _values(record: etree._Element) -> dict[str, list[str]]:
    values = {
        name: [_marked_up(element) for path in paths for element in record.iterfind(path)]
        for name, paths in _PATHS.items()
    }
    kind = record.find("ref-type")
    values["type"] = [kind.get("name") or ""] if kind is not None else []
    return values


def _marked_up(element: etree._Element) -> str:
    """The text of all its styles, as HTML where one is raised, lowered, slanted or bold."""
    if not any("face" in child.attrib for child in element):
        return "".join(map(str, element.itertext())).strip()
    parts = [element.text or ""]
    for style in element:
        parts.append(_styled(style))
        parts.append(style.tail or "")
    # Line breaks between the styles are the layout of the XML and no part of the text.
    kept = (part for part in parts if not _BLANK_LINE.fullmatch(part))
    return "".join(kept).strip()


def _styled(style: etree._Element) -> str:
    text = "".join(map(str, style.itertext()))
    tags = [
        _TAG_OF_FACE[face] for face in (style.get("face") or "").split() if face in _TAG_OF_FACE
    ]
    for tag in tags:
        text = f"<{tag}>{text}</{tag}>"
    return text
