"""Finds the vocabulary's names in a text, with exact offsets into it.

It knows what a word names, not what a paper says of it: that is ``regimens.suggest``.
"""

from regimens.lexicon.finding import Lexicon
from regimens.lexicon.names import Family, Kind, Mention, Term

__all__ = ["Family", "Kind", "Lexicon", "Mention", "Term"]
