"""The text of a search as tokens, each field before what it qualifies.

PubMed writes its fields behind a term (``relapse[ti]``); here they are moved before it, so that the
parser knows one way only.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

FIELDS = {
    "title": "title", "ti": "title",
    "abstract": "abstract", "ab": "abstract",
    "tiab": "tiab",
    "author": "author", "au": "author", "authors": "author",
    "journal": "journal", "ta": "journal",
    "keyword": "keyword", "keywords": "keyword", "mesh": "keyword", "mh": "keyword",
    "doi": "doi", "pmid": "pmid", "pmcid": "pmcid",
    "year": "year",
    "class": "class", "regimen": "regimen", "drug": "drug",
    "setting": "setting", "design": "design",
    "type": "type", "status": "status", "tag": "tag",
}  # fmt: skip
"""What may stand before a colon."""

TAGS = {
    "ti": "title", "title": "title",
    "ab": "abstract", "abstract": "abstract",
    "tiab": "tiab", "title/abstract": "tiab",
    "au": "author", "author": "author", "fau": "author", "1au": "author", "lastau": "author",
    "author - first": "author", "author - last": "author", "full author name": "author",
    "ta": "journal", "jour": "journal", "journal": "journal", "so": "journal",
    "mh": "keyword", "mesh": "keyword", "mesh terms": "keyword", "majr": "keyword",
    "mesh major topic": "keyword", "ot": "keyword", "other term": "keyword", "nm": "keyword",
    "supplementary concept": "keyword", "rn": "keyword", "sh": "keyword",
    "tw": "all", "text word": "all", "text words": "all", "all": "all", "all fields": "all",
    "si": "all", "secondary source id": "all",
    "dp": "year", "pdat": "year", "date - publication": "year", "publication date": "year",
    "pmid": "pmid", "uid": "pmid", "pmcid": "pmcid", "pmc": "pmcid",
    "aid": "doi", "doi": "doi", "lid": "doi",
    "pt": "type", "publication type": "type",
}  # fmt: skip
"""PubMed's search field tags."""

_OPERATORS = ("AND", "OR", "NOT")
_OPEN_QUOTES, _CLOSE_QUOTES = '"“„', '"”“'

QUOTES = re.escape("".join(dict.fromkeys(_OPEN_QUOTES + _CLOSE_QUOTES)))
_FIELD = re.compile(r"([A-Za-z]{2,}):(?!//)")
_TAG = re.compile(r"\s*\[([^\[\]]{1,40})\](?![^\s()])")
_MINUS = re.compile(r"-+[^\s)-]")
_TAG_ADDITION = re.compile(r"\s*:\s*noexp$")


class SearchSyntaxError(ValueError):
    """A search that cannot be read. The message is a sentence that says what to do."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: WORD, PHRASE, FIELD (text: its name), TAG, AND, OR, NOT, ( or )."""

    kind: str
    text: str
    position: int
    is_prefix: bool = False


# Text to tokens


def tokens_of(text: str) -> Iterator[Token]:
    at = 0
    last: Token | None = None
    while at < len(text):
        token, at = _next_token(text, at, last)
        if token:
            yield token
            last = token


def _next_token(text: str, at: int, last: Token | None) -> tuple[Token | None, int]:
    tag = _tag(text, at) if last and last.kind in ("WORD", "PHRASE", ")") else None
    if tag:
        return tag
    letter = text[at]
    if letter.isspace():
        return None, at + 1
    if letter in "()":
        return Token(letter, letter, at), at + 1
    if letter in _OPEN_QUOTES + _CLOSE_QUOTES:
        return _phrase(text, at)
    is_open_range = last is not None and (last.kind, last.text) == ("FIELD", "year")
    if letter == "-" and not is_open_range and _MINUS.match(text, at):
        return Token("NOT", "-", at), at + 1
    field = _FIELD.match(text, at)
    if field and (name := _field_name(text, field)):
        return Token("FIELD", name, at), field.end()
    return _word(text, at)


def _tag(text: str, at: int) -> tuple[Token, int] | None:
    """PubMed's ``[tiab]`` behind a term."""
    found = _TAG.match(text, at)
    if not found:
        return None
    written = _TAG_ADDITION.sub("", " ".join(found.group(1).lower().split()))
    name = TAGS.get(written)
    if name:
        return Token("TAG", name, found.start(1)), found.end()
    if text[at] != "[" or not written[0].isalpha():
        return None
    raise SearchSyntaxError(
        f"The field [{found.group(1)}] is not known here. Use [ti], [tiab], [au], [ta], [mh], "
        "[dp], [pt], [pmid] or [all]; to find the word itself, put it in quotation marks.",
        found.start(1),
    )


def _field_name(text: str, found: re.Match[str]) -> str | None:
    """The field that stands before a colon; None where the colon is part of the text."""
    written = found.group(1).lower()
    name = FIELDS.get(written)
    followed = text[found.end() : found.end() + 1]
    if name or not followed.strip():
        return name
    likely = difflib.get_close_matches(written, FIELDS, n=1, cutoff=0.8)
    if not likely:
        return None
    raise SearchSyntaxError(
        f"There is no field “{found.group(1)}:”. Did you mean “{likely[0]}:”? "
        "To find the words themselves, put them in quotation marks.",
        found.start(),
    )


def _phrase(text: str, at: int) -> tuple[Token, int]:
    """A quoted phrase; one that is not closed ends with the search."""
    end = at + 1
    while end < len(text) and text[end] not in _CLOSE_QUOTES:
        end += 1
    phrase = text[at + 1 : end]
    has_star = text[end + 1 : end + 2] == "*"
    is_prefix = has_star or phrase.rstrip().endswith("*")
    return Token("PHRASE", phrase, at, is_prefix), end + 1 + has_star


def _word(text: str, at: int) -> tuple[Token | None, int]:
    """A word up to a blank; brackets that it opens itself belong to it, as in ``t(2;13)``."""
    end, depth = at, 0
    while end < len(text) and not text[end].isspace() and text[end] not in QUOTES:
        if text[end] == "(" and text[at:end] in _OPERATORS:
            break
        if text[end] == "[" and end > at and _TAG.match(text, end):
            break
        depth += (text[end] == "(") - (text[end] == ")")
        if depth < 0:
            break
        end += 1
    # A bracket that the word opens and does not close cannot be one of its own.
    if depth > 0:
        end = text.index("(", at)
    return _word_token(text[at:end], at), end


def _word_token(word: str, at: int) -> Token:
    if word in _OPERATORS:
        return Token(word, word, at)
    if word.startswith("*"):
        raise SearchSyntaxError(
            "A * stands for the rest of a word. Write the beginning before it, as in rhabdo*.", at
        )
    bare = word.rstrip(".,;:!?")
    return Token("WORD", word, at, bare.endswith("*"))


# PubMed's tags behind a term to fields before it


def fields_first(tokens: list[Token]) -> list[Token]:
    """Every TAG turned into a FIELD before what it qualifies.

    As in PubMed it qualifies the phrase, the group or all the plain words right before it.
    """
    placed: list[Token] = []
    for token in tokens:
        if token.kind != "TAG":
            placed.append(token)
        elif not _closes_date_range(placed, token):
            start = _start_of_qualified(placed)
            placed[start:] = _qualified(placed[start:], token)
    return placed


def _closes_date_range(placed: list[Token], tag: Token) -> bool:
    """PubMed's ``"2015/01/01"[dp] : "2024"[dp]``, made one range in place."""
    if tag.text != "year" or len(placed) < 4:
        return False
    field, first, colon, last = placed[-4:]
    if (field.kind, field.text, colon.text) != ("FIELD", "year", ":"):
        return False
    placed[-4:] = [field, replace(first, text=f"{first.text}:{last.text}")]
    return True


def _start_of_qualified(placed: list[Token]) -> int:
    last = len(placed) - 1
    if placed[last].kind == ")":
        return _opening(placed, last)
    if placed[last].kind == "PHRASE":
        return last
    start = last
    while start > 0 and placed[start - 1].kind == "WORD" and not _has_field(placed, start - 1):
        start -= 1
    return start


def _has_field(placed: list[Token], at: int) -> bool:
    return at > 0 and placed[at - 1].kind == "FIELD"


def _opening(placed: list[Token], closing: int) -> int:
    depth = 0
    for at in range(closing, -1, -1):
        depth += (placed[at].kind == ")") - (placed[at].kind == "(")
        if depth == 0:
            return at
    raise SearchSyntaxError(
        "A ) has no ( before it. Take it away or open it.", placed[closing].position
    )


def _qualified(run: list[Token], tag: Token) -> list[Token]:
    field = Token("FIELD", tag.text, tag.position)
    if len(run) == 1 or run[0].kind == "(":
        return [field, *run]
    if tag.text in ("author", "journal", "keyword", "type"):
        words = " ".join(token.text for token in run)
        return [field, Token("PHRASE", words, run[0].position, run[-1].is_prefix)]
    if tag.text == "pmid":
        run = [part for token in run for part in (token, Token("OR", "OR", token.position))][:-1]
    opening, closing = Token("(", "(", run[0].position), Token(")", ")", tag.position)
    return [field, opening, *run, closing]
