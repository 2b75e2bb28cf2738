"""An XML file cut into its records, each parsed by itself.

A record that is not well-formed then costs nobody but itself, the bytes of every record are at
hand to be stored, and memory stays flat however long the file is. The document type is never
read: no entity is expanded, no file and no address is opened.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from lxml import etree

from papers.formats.input import InputFile, Unreadable

LONGEST_RECORD = 32 << 20
"""Bytes of one record. The longest seen, with 3,000 authors, has under 2 MB."""

_LONGEST_TAG = 64
_DECLARED = re.compile(rb"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_UTF8_NAMES = ("utf-8", "ascii")


class Slice(NamedTuple):
    """The bytes of one record as UTF-8, and the line on which it begins."""

    content: bytes
    line: int
    is_whole: bool


def slices(file: InputFile, names: Sequence[str]) -> Iterator[Slice]:
    """Every element of these names, outermost ones only, in the order of the file.

    Raises Unreadable where the document declares entities. An element without its end, because
    the file was cut or it is damaged, ends where the next begins and is not ``is_whole``.
    """
    start = re.compile(rf"<({'|'.join(names)})(?=[\s>/])".encode())
    ends = {name.encode(): re.compile(rf"</{name}\s*>".encode()) for name in names}
    rest, line, is_prolog = b"", 1, True
    for chunk in _utf8_chunks(file):
        rest += chunk
        at = 0
        while found := start.search(rest, at):
            if is_prolog:
                refuse_entities(rest[: found.start()])
                is_prolog = False
            cut = _end_of(rest, found, start, ends[found.group(1)])
            if cut is None:
                break
            end, is_whole = cut
            line += rest.count(b"\n", at, found.start())
            yield Slice(rest[found.start() : end], line, is_whole)
            line += rest.count(b"\n", found.start(), end)
            at = end
        if is_prolog:
            refuse_entities(rest)
        elif not found:
            # What stands between records is dropped, but for a tag that the chunk may cut.
            end = max(at, len(rest) - _LONGEST_TAG)
            line += rest.count(b"\n", at, end)
            at = end
        rest = rest[at:]
        if len(rest) > LONGEST_RECORD:
            raise Unreadable(
                f"After line {line} more than {LONGEST_RECORD >> 20} MB follow without the end "
                "of a record. The file is damaged or is none of the kind. Export it again."
            )
    if found := start.search(rest):
        line += rest.count(b"\n", 0, found.start())
        yield Slice(rest[found.start() :], line, is_whole=False)


def _end_of(
    text: bytes, found: re.Match[bytes], start: re.Pattern[bytes], end: re.Pattern[bytes]
) -> tuple[int, bool] | None:
    """(where the record ends, whether by its own end tag); None where more must be read."""
    opening, plain = b"<" + found.group(1), b"</" + found.group(1) + b">"
    at = found.end()
    # Never further than the next opening tag: where all end tags are missing, looking for one to
    # the end of the text from every record would take hours.
    while True:
        again = text.find(opening, at)
        limit = again if again >= 0 else len(text)
        # Finding plain bytes is several times faster than the pattern, which allows "</a >" too.
        closing = text.find(plain, at, limit)
        if closing >= 0:
            return closing + len(plain), True
        if spaced := end.search(text, at, limit):
            return spaced.end(), True
        if again < 0:
            return None
        if start.match(text, again):
            # It begins before this one has ended: its end tag is missing.
            following = start.search(text, found.end())
            return (following or found).start(), False
        at = again + len(opening)


def refuse_entities(prolog: bytes) -> None:
    """Raises Unreadable where a document type declares entities of its own."""
    if _ENTITY.search(prolog):
        raise Unreadable(
            "The XML declares entities of its own, which no bibliography needs and which can "
            "hide an attack. Nothing of it was read. Export the file again from its source."
        )


def _utf8_chunks(file: InputFile) -> Iterator[bytes]:
    """The document in UTF-8, whatever it is written in and whatever it says it is."""
    declared = _DECLARED.search(file.head[:300])
    name = declared.group(1).decode().lower() if declared else "utf-8"
    if name in _UTF8_NAMES and not file.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield from file.chunks()
        return
    encoding = file.encoding
    if encoding == "cp1252" and _can_read(name):
        encoding = name  # the bytes are not UTF-8, so the declaration counts
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    for chunk in file.chunks():
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _can_read(encoding: str) -> bool:
    """Whether the declared encoding reads markup at all; no UTF-16 without its mark, no "hex"."""
    try:
        return b"<record>".decode(encoding, "replace") == "<record>"
    except (LookupError, ValueError):
        return False


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=True,  # LONGEST_RECORD is the limit
        remove_comments=True,
        remove_pis=True,
    )


_PARSER = _parser()


def parse(content: bytes) -> etree._Element:
    """The element of one slice. Raises etree.XMLSyntaxError.

    Bytes that are not UTF-8 although the file says so are taken as Windows-1252.
    """
    try:
        return etree.fromstring(content, _PARSER)
    except etree.XMLSyntaxError:
        try:
            content.decode()
        except UnicodeDecodeError:
            return etree.fromstring(content.decode("cp1252", "replace").encode(), _PARSER)
        raise
