"""How names are compared: atom by atom, whatever the spelling.

Atom     a run of letters or a run of digits. ``VP-16``, ``VP 16`` and ``VP16`` have the same
         atoms; so have British and American spellings, Greek letters and their names, singular
         and plural, once each atom is in its canonical form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

ATOM = re.compile(r"[^\W\d_]+|\d+")
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "ε": "epsilon",
}  # fmt: skip
# American spelling, in which names are compared; the vocabulary and the texts use both.
_SPELLINGS = (
    ("tumour", "tumor"), ("paediatric", "pediatric"), ("haem", "hem"), ("leukaem", "leukem"),
    ("isation", "ization"), ("labelled", "labeled"), ("sulphate", "sulfate"), ("oedema", "edema"),
    ("signalling", "signaling"), ("modelling", "modeling"), ("mesilate", "mesylate"),
    ("oestr", "estr"), ("personalised", "personalized"),
)  # fmt: skip
_BACK = tuple((american, british) for british, american in _SPELLINGS)

LONGEST_BARE = 4


def canonical(atom: str) -> str:
    """The form in which an atom is compared: lower case, American, singular, Greek in letters."""
    word = atom.lower()
    word = _GREEK.get(word, word)
    for british, american in _SPELLINGS:
        if british in word:
            word = word.replace(british, american)
    if len(word) > 3 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def is_bare(name: str) -> bool:
    """Whether a name is so short that it means nothing by itself: VAC, TC, A12, Cy."""
    found = letters(name)
    if len(found) >= LONGEST_BARE and re.search(r"[\s-]", name):
        return False  # CAR-T, L-PAM: nothing else is written so
    if len(found) > LONGEST_BARE:
        return len(found) == LONGEST_BARE + 1 and found.isupper() and found.isalpha()
    is_code = any(char.isdigit() for char in found) and len(found) == LONGEST_BARE
    is_word = found.isalpha() and found[1:].islower() and len(found) == LONGEST_BARE
    return not is_code and not is_word


def surfaces(key: str) -> Iterator[str]:
    """The forms in which a text may write a canonical atom."""
    forms = {key, *(key.replace(american, british) for american, british in _BACK)}
    forms |= {letter for letter, name in _GREEK.items() if name == key}
    for form in forms:
        yield form
        yield form + "s"
        if form.endswith("y"):
            yield form[:-1] + "ies"


def letters(name: str) -> str:
    """A name without what parts its atoms."""
    return "".join(ATOM.findall(name))
