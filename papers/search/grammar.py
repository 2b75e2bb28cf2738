"""What a person types into the search box, read into a tree.

::

    vincristine maintenance          both words, anywhere
    "high risk"  rhabdo*             a phrase; the beginning of a word
    VAC OR IVA   -adult  NOT adult   AND binds tighter than OR; parentheses group
    title:relapse   author:"Bisogno G"   journal:lancet   keyword:   abstract:   tiab:
    year:2015-2024  year:2020  year:2015-
    doi:  pmid:  pmcid:  class:car_t  regimen:ivado  drug:vincristine
    type:"Clinical Trial"  status:retracted  tag:confirmed|rejected|none

PubMed's ``relapse[ti]``, ``Bisogno G[au]``, ``2015:2024[dp]`` … mean the same as they do there. A
DOI, a PMCID or a link to PubMed stands for its paper. Operators are capitals: ``or`` is a word.
Words joined by other signs (``CAR-T``, ``t(2;13)``) are a phrase; signs alone are left out.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from papers.identifiers import normalise_doi, normalise_pmcid, normalise_pmid
from papers.search.tree import Fact, Node, Text, Years, all_of, any_of, none_of
from papers.search.words import words_of

LONGEST_SEARCH = 8_000
MOST_TERMS = 300
DEEPEST_NESTING = 25

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

COLUMNS_OF = {
    "all": (),
    "title": ("title",),
    "abstract": ("abstract",),
    "tiab": ("title", "abstract"),
    "author": ("authors",),
    "journal": ("journal",),
    "keyword": ("keywords",),
}
STATUSES = ("published", "retracted", "corrected", "expression_of_concern")
TAG_STATES = ("confirmed", "rejected", "none")
_OPERATORS = ("AND", "OR", "NOT")
_OPEN_QUOTES, _CLOSE_QUOTES = '"“„', '"”“'

_QUOTES = re.escape("".join(dict.fromkeys(_OPEN_QUOTES + _CLOSE_QUOTES)))
_FIELD = re.compile(r"([A-Za-z]{2,}):(?!//)")
_TAG = re.compile(r"\s*\[([^\[\]]{1,40})\](?![^\s()])")
_MINUS = re.compile(r"-+[^\s)-]")
_TAG_ADDITION = re.compile(r"\s*:\s*noexp$")
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/)?10\.\d{4,9}(?:\.\d+)*/\S+", re.IGNORECASE)
_PMCID = re.compile(r"pmc\d+", re.ASCII)
_PMC_LINK = re.compile(r"https?://\S+/PMC\d+(?:\.\d+)?/?", re.IGNORECASE)
_PUBMED_LINK = re.compile(r"https?://\S*ncbi\.nlm\.nih\.gov/(?:pubmed/)?\d+/?", re.IGNORECASE)
_DATE = r"([1-3]\d{3})?(?:/\d\d?){0,2}"
_YEARS = re.compile(rf"{_DATE}\s*(-|–|—|:|\.\.)?\s*{_DATE}", re.ASCII)


class SearchSyntaxError(ValueError):
    """A search that cannot be read. The message is a sentence that says what to do."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.message = message
        self.position = position


def parse(text: str) -> Node:
    """The tree of a search; ``Everything`` for an empty one.

    Raises ``SearchSyntaxError``, and nothing else, whatever the text.
    """
    if len(text) > LONGEST_SEARCH:
        raise SearchSyntaxError(
            f"The search is longer than {LONGEST_SEARCH:,} characters. Split it into several.",
            LONGEST_SEARCH,
        )
    return _Parser(list(_fields_first(list(_tokens(text))))).tree()


@dataclass(frozen=True, slots=True)
class _Token:
    """``kind``: WORD, PHRASE, FIELD (text: its name), TAG, AND, OR, NOT, ( or )."""

    kind: str
    text: str
    position: int
    is_prefix: bool = False


# Text to tokens


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    last: _Token | None = None
    while at < len(text):
        token, at = _next_token(text, at, last)
        if token:
            yield token
            last = token


def _next_token(text: str, at: int, last: _Token | None) -> tuple[_Token | None, int]:
    tag = _tag(text, at) if last and last.kind in ("WORD", "PHRASE", ")") else None
    if tag:
        return tag
    letter = text[at]
    if letter.isspace():
        return None, at + 1
    if letter in "()":
        return _Token(letter, letter, at), at + 1
    if letter in _OPEN_QUOTES + _CLOSE_QUOTES:
        return _phrase(text, at)
    is_open_range = last is not None and (last.kind, last.text) == ("FIELD", "year")
    if letter == "-" and not is_open_range and _MINUS.match(text, at):
        return _Token("NOT", "-", at), at + 1
    field = _FIELD.match(text, at)
    if field and (name := _field_name(text, field)):
        return _Token("FIELD", name, at), field.end()
    return _word(text, at)


def _tag(text: str, at: int) -> tuple[_Token, int] | None:
    """PubMed's ``[tiab]`` behind a term."""
    found = _TAG.match(text, at)
    if not found:
        return None
    written = _TAG_ADDITION.sub("", " ".join(found.group(1).lower().split()))
    name = TAGS.get(written)
    if name:
        return _Token("TAG", name, found.start(1)), found.end()
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


def _phrase(text: str, at: int) -> tuple[_Token, int]:
    """A quoted phrase; one that is not closed ends with the search."""
    end = at + 1
    while end < len(text) and text[end] not in _CLOSE_QUOTES:
        end += 1
    phrase = text[at + 1 : end]
    has_star = text[end + 1 : end + 2] == "*"
    is_prefix = has_star or phrase.rstrip().endswith("*")
    return _Token("PHRASE", phrase, at, is_prefix), end + 1 + has_star


def _word(text: str, at: int) -> tuple[_Token | None, int]:
    """A word up to a blank; brackets that it opens itself belong to it, as in ``t(2;13)``."""
    end, depth = at, 0
    while end < len(text) and not text[end].isspace() and text[end] not in _QUOTES:
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


def _word_token(word: str, at: int) -> _Token:
    if word in _OPERATORS:
        return _Token(word, word, at)
    if word.startswith("*"):
        raise SearchSyntaxError(
            "A * stands for the rest of a word. Write the beginning before it, as in rhabdo*.", at
        )
    bare = word.rstrip(".,;:!?")
    return _Token("WORD", word, at, bare.endswith("*"))


# PubMed's tags behind a term to fields before it


def _fields_first(tokens: list[_Token]) -> list[_Token]:
    """Every TAG turned into a FIELD before what it qualifies.

    As in PubMed it qualifies the phrase, the group or all the plain words right before it.
    """
    placed: list[_Token] = []
    for token in tokens:
        if token.kind != "TAG":
            placed.append(token)
        elif not _closes_date_range(placed, token):
            start = _start_of_qualified(placed)
            placed[start:] = _qualified(placed[start:], token)
    return placed


def _closes_date_range(placed: list[_Token], tag: _Token) -> bool:
    """PubMed's ``"2015/01/01"[dp] : "2024"[dp]``, made one range in place."""
    if tag.text != "year" or len(placed) < 4:
        return False
    field, first, colon, last = placed[-4:]
    if (field.kind, field.text, colon.text) != ("FIELD", "year", ":"):
        return False
    placed[-4:] = [field, replace(first, text=f"{first.text}:{last.text}")]
    return True


def _start_of_qualified(placed: list[_Token]) -> int:
    last = len(placed) - 1
    if placed[last].kind == ")":
        return _opening(placed, last)
    if placed[last].kind == "PHRASE":
        return last
    start = last
    while start > 0 and placed[start - 1].kind == "WORD" and not _has_field(placed, start - 1):
        start -= 1
    return start


def _has_field(placed: list[_Token], at: int) -> bool:
    return at > 0 and placed[at - 1].kind == "FIELD"


def _opening(placed: list[_Token], closing: int) -> int:
    depth = 0
    for at in range(closing, -1, -1):
        depth += (placed[at].kind == ")") - (placed[at].kind == "(")
        if depth == 0:
            return at
    raise SearchSyntaxError(
        "A ) has no ( before it. Take it away or open it.", placed[closing].position
    )


def _qualified(run: list[_Token], tag: _Token) -> list[_Token]:
    field = _Token("FIELD", tag.text, tag.position)
    if len(run) == 1 or run[0].kind == "(":
        return [field, *run]
    if tag.text in ("author", "journal", "keyword", "type"):
        words = " ".join(token.text for token in run)
        return [field, _Token("PHRASE", words, run[0].position, run[-1].is_prefix)]
    if tag.text == "pmid":
        run = [part for token in run for part in (token, _Token("OR", "OR", token.position))][:-1]
    opening, closing = _Token("(", "(", run[0].position), _Token(")", ")", tag.position)
    return [field, opening, *run, closing]


# Tokens to tree


class _Parser:
    """Recursive descent; ``None`` stands for signs without a word, which are left out."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.terms = 0
        self.depth = 0

    def tree(self) -> Node:
        found = self.either("all")
        if self.at < len(self.tokens):
            raise SearchSyntaxError(
                "A ) has no ( before it. Take it away or open it.", self.tokens[self.at].position
            )
        return found or all_of(())

    @property
    def kind(self) -> str:
        return self.tokens[self.at].kind if self.at < len(self.tokens) else ""

    def take(self) -> _Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def either(self, field: str) -> Node | None:
        """both { OR both }"""
        parts = [self.both(field)]
        while self.kind == "OR":
            operator = self.take()
            self.need_operand(operator, has_left=self.at > 1)
            parts.append(self.both(field))
        found = [part for part in parts if part]
        return any_of(found) if found else None

    def both(self, field: str) -> Node | None:
        """unit { [AND] unit }"""
        parts: list[Node | None] = []
        while self.kind not in ("", ")", "OR"):
            if self.kind == "AND":
                operator = self.take()
                self.need_operand(operator, has_left=bool(parts))
            parts.append(self.unit(field))
        found = [part for part in parts if part]
        return all_of(found) if found else None

    def need_operand(self, operator: _Token, *, has_left: bool) -> None:
        if not has_left or self.kind in ("", ")", "AND", "OR"):
            raise SearchSyntaxError(
                f"{operator.text} needs something on both sides. To find the word itself, write "
                f"it small: {operator.text.lower()}.",
                operator.position,
            )

    def unit(self, field: str) -> Node | None:
        """NOT unit | field unit | ( either ) | term"""
        token = self.take()
        match token.kind:
            case "NOT":
                return self.negated(token, field)
            case "FIELD":
                return self.qualified(token)
            case "(":
                return self.nested(token, lambda: self.group(field))
            case _:
                return self.term(token, field)

    def nested(self, token: _Token, read: Callable[[], Node | None]) -> Node | None:
        self.depth += 1
        if self.depth > DEEPEST_NESTING:
            raise SearchSyntaxError(
                f"More than {DEEPEST_NESTING} levels of brackets. Take some away.", token.position
            )
        found = read()
        self.depth -= 1
        return found

    def group(self, field: str) -> Node | None:
        """What stands in brackets; one that is not closed ends with the search."""
        if self.kind in ("AND", "OR"):
            self.need_operand(self.take(), has_left=False)
        found = self.either(field)
        if self.kind == ")":
            self.take()
        return found

    def negated(self, token: _Token, field: str) -> Node | None:
        if self.kind in ("", ")", "AND", "OR"):
            raise SearchSyntaxError("NOT needs a word after it, as in NOT adult.", token.position)
        part = self.nested(token, lambda: self.unit(field))
        return none_of(part) if part else None

    def qualified(self, token: _Token) -> Node:
        """A field with its term or group."""
        found = None
        if self.kind in ("WORD", "PHRASE", "(", "FIELD", "NOT"):
            found = self.nested(token, lambda: self.unit(token.text))
        if not found:
            raise SearchSyntaxError(
                f"Write what to look for after “{token.text}:”.", token.position
            )
        return found

    def term(self, token: _Token, field: str) -> Node | None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise SearchSyntaxError(
                f"More than {MOST_TERMS} words. Split the search into several.", token.position
            )
        return _leaf(token, field)


# Terms to leaves


def _leaf(token: _Token, field: str) -> Node | None:
    if field in COLUMNS_OF:
        identified = _identified(token) if field == "all" else None
        return identified or _text(token, COLUMNS_OF[field])
    if field == "year":
        return _years(token)
    value = " ".join(token.text.split())
    return Fact(field, _READERS[field](value, token.position), token.position) if value else None


def _text(token: _Token, columns: tuple[str, ...]) -> Text | None:
    words = words_of(token.text)
    if not words:
        return None
    # "Bisogno G" is also the way to ask for "Bisogno, Gianni".
    ends_in_initial = columns == ("authors",) and len(words) > 1 and len(words[-1]) == 1
    if token.is_prefix and len("".join(words)) < 2:
        raise SearchSyntaxError(
            "Write at least two letters before the *, as in rhabdo*.", token.position
        )
    return Text(words, columns, token.is_prefix or ends_in_initial)


def _identified(token: _Token) -> Fact | None:
    """The paper that a bare identifier or a link names. Plain digits stay words."""
    written = token.text.strip()
    words = words_of(written)
    if token.is_prefix or not words:
        return None
    if len(words) == 1 and _PMCID.fullmatch(words[0]):
        return _identifier_fact("pmcid", words[0], token)
    if _PMC_LINK.fullmatch(written):
        return _identifier_fact("pmcid", written, token)
    if _PUBMED_LINK.fullmatch(written):
        return _identifier_fact("pmid", written, token)
    return _identifier_fact("doi", written, token) if _DOI.fullmatch(written) else None


def _identifier_fact(field: str, written: str, token: _Token) -> Fact | None:
    value = _normal(_IDENTIFIERS[field].normalise, written)
    return Fact(field, value, token.position) if value else None


def _years(token: _Token) -> Years:
    found = _YEARS.fullmatch(token.text.strip())
    first, dash, last = found.groups() if found else (None, None, None)
    if not first and not last:
        raise SearchSyntaxError(
            f"“{token.text.strip()}” is no year. Write year:2020, year:2015-2024 or year:2015-.",
            token.position,
        )
    if not dash:
        last = first = first or last
    years = (int(first) if first else None, int(last) if last else None)
    if years[0] and years[1] and years[0] > years[1]:
        years = years[::-1]
    return Years(*years)


@dataclass(frozen=True, slots=True)
class _Identifier:
    name: str
    example: str
    normalise: Callable[[object], str | None]

    def __call__(self, value: str, position: int) -> str:
        normal = _normal(self.normalise, value)
        if normal is None:
            raise SearchSyntaxError(
                f"“{value}” is no {self.name}. A {self.name} looks like {self.example}.", position
            )
        return normal


def _normal(normalise: Callable[[object], str | None], value: str) -> str | None:
    """The normal form, unless escapes hide something in it that no search could write."""
    normal = normalise(value)
    if normal is None or re.search(rf"[\s{_QUOTES}]", normal) or normalise(normal) != normal:
        return None
    return normal


def _one_of(field: str, values: tuple[str, ...]) -> Callable[[str, int], str]:
    def read(value: str, position: int) -> str:
        normal = value.lower().replace(" ", "_").replace("-", "_")
        if normal not in values:
            raise SearchSyntaxError(
                f"{field}: knows no “{value}”. Use {', '.join(values[:-1])} or {values[-1]}.",
                position,
            )
        return normal

    return read


def _as_written(value: str, position: int) -> str:
    return value


_IDENTIFIERS = {
    "doi": _Identifier("DOI", "10.1080/14656566.2025.2484319", normalise_doi),
    "pmid": _Identifier("PMID", "31562043", normalise_pmid),
    "pmcid": _Identifier("PMCID", "PMC8178207", normalise_pmcid),
}
_READERS: dict[str, Callable[[str, int], str]] = {
    **_IDENTIFIERS,
    "class": _as_written,
    "regimen": _as_written,
    "drug": _as_written,
    "type": _as_written,
    "status": _one_of("status", STATUSES),
    "tag": _one_of("tag", TAG_STATES),
}
