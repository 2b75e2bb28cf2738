"""Abstracts written in HTML or JATS: paragraphs whose label is a heading or bold text."""

from __future__ import annotations

import re

from papers.formats.text import plain_and_html, sections_from_text
from papers.records import AbstractSection

_MARKED_UP = re.compile(r"<(?:p|div|h[1-6]|br|strong|b|sec|title|jats:\w+)\b[^<>]*>", re.I)

# A heading element, or bold text that opens a paragraph and ends in a colon.
_LABEL = re.compile(
    r"<(?P<head>h[1-6]|(?:jats:)?title)\b[^<>]*>(?P<heading>[^<]{1,100})</(?P=head)\s*>"
    r"|(?:^|(?<=>))\s*<(?P<bold>strong|b|(?:jats:)?bold)\b[^<>]*>\s*"
    r"(?:(?P<inside>[^<:]{1,100}):\s*</(?P=bold)\s*>|(?P<before>[^<:]{1,100})</(?P=bold)\s*>\s*:)",
    re.IGNORECASE,
)
_NO_LABEL = frozenset(("abstract", "summary"))


def sections_from_html(text: str | None) -> tuple[AbstractSection, ...]:
    """Sections of an abstract that may hold markup; plain text is split where it writes labels."""
    if not text or not _MARKED_UP.search(text):
        return sections_from_text(text)
    labels = list(_LABEL.finditer(text))
    if not labels:
        return _unlabelled(text)
    sections = list(_unlabelled(text[: labels[0].start()]))
    for label, following in zip(labels, [*labels[1:], None], strict=True):
        end = following.start() if following else len(text)
        sections.extend(_section(label, text[label.end() : end]))
    return tuple(sections)


def _unlabelled(text: str) -> tuple[AbstractSection, ...]:
    plain, markup = plain_and_html(text)
    if not plain:
        return ()
    return (AbstractSection(None, plain, markup),) if markup else sections_from_text(plain)


def _section(label: re.Match[str], text: str) -> tuple[AbstractSection, ...]:
    heading = label["heading"] or label["inside"] or label["before"]
    name = (plain_and_html(heading)[0] or "").rstrip(" :")
    plain, markup = plain_and_html(text)
    if not plain:
        return ()
    return (AbstractSection(None if name.lower() in _NO_LABEL else name or None, plain, markup),)
