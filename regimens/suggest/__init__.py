"""From the words of a paper to proposals with quotes: classes, regimens, setting and design.

``suggest`` makes them, ``place`` gives the mentions that they rest on. How the words walk:
``sentences`` parts them, ``contexts`` says what part each mention plays, ``rulings`` for which
class it speaks, ``grounds`` weighs it, ``facts`` asks what the paper as a whole is about.
"""

from regimens.proposals import RULES_VERSION, Quote, Suggestion, Text
from regimens.suggest.contexts import Part, Placed
from regimens.suggest.proposing import place, suggest

__all__ = ["RULES_VERSION", "Part", "Placed", "Quote", "Suggestion", "Text", "place", "suggest"]
