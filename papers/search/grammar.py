"""What a person types into the search box, read into a tree.

::

    vincristine maintenance          both words, anywhere
    "high risk"  rhabdo*             a phrase; the beginning of a word
    VAC OR IVA   -adult  NOT adult   AND binds tighter than OR; parentheses group
    title:relapse   author:"Bisogno G"   journal:lancet   keyword:   abstract:   tiab:
    year:2015-2024  year:2020  year:2015-
    doi:  pmid:  pmcid:  class:car_t  regimen:ivado  drug:vincristine
    setting:first_relapse  design:rct  type:"Clinical Trial"  status:retracted  tag:confirmed|rejected|waiting|none

PubMed's ``relapse[ti]``, ``Bisogno G[au]``, ``2015:2024[dp]`` … mean the same as they do there. A
DOI, a PMCID or a link to PubMed stands for its paper. Operators are capitals: ``or`` is a word.
Words joined by other signs (``CAR-T``, ``t(2;13)``) are a phrase; signs alone are left out.
"""

from __future__ import annotations

from collections.abc import Callable

from papers.search.leaves import leaf
from papers.search.tokens import SearchSyntaxError, Token, fields_first, tokens_of
from papers.search.tree import Node, all_of, any_of, none_of

__all__ = ["SearchSyntaxError", "parse"]

LONGEST_SEARCH = 8_000
MOST_TERMS = 300
DEEPEST_NESTING = 25


def parse(text: str) -> Node:
    """The tree of a search; ``Everything`` for an empty one.

    Raises ``SearchSyntaxError``, and nothing else, whatever the text.
    """
    if len(text) > LONGEST_SEARCH:
        raise SearchSyntaxError(
            f"The search is longer than {LONGEST_SEARCH:,} characters. Split it into several.",
            LONGEST_SEARCH,
        )
    return _Parser(list(fields_first(list(tokens_of(text))))).tree()


class _Parser:
    """Recursive descent; ``None`` stands for signs without a word, which are left out."""

    def __init__(self, tokens: list[Token]) -> None:
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

    def take(self) -> Token:
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

    def need_operand(self, operator: Token, *, has_left: bool) -> None:
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

    def nested(self, token: Token, read: Callable[[], Node | None]) -> Node | None:
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

    def negated(self, token: Token, field: str) -> Node | None:
        if self.kind in ("", ")", "AND", "OR"):
            raise SearchSyntaxError("NOT needs a word after it, as in NOT adult.", token.position)
        part = self.nested(token, lambda: self.unit(field))
        return none_of(part) if part else None

    def qualified(self, token: Token) -> Node:
        """A field with its term or group."""
        found = None
        if self.kind in ("WORD", "PHRASE", "(", "FIELD", "NOT"):
            found = self.nested(token, lambda: self.unit(token.text))
        if not found:
            raise SearchSyntaxError(
                f"Write what to look for after “{token.text}:”.", token.position
            )
        return found

    def term(self, token: Token, field: str) -> Node | None:
        self.terms += 1
        if self.terms > MOST_TERMS:
            raise SearchSyntaxError(
                f"More than {MOST_TERMS} words. Split the search into several.", token.position
            )
        return leaf(token, field)
