"""Drugs that are named by nothing but what they block: "EHMT2 inhibitors", "inhibitors of KDM3"."""

from __future__ import annotations

import re

WORDS = ("inhibitor", "inhibitors", "inhibition")

_GENE = r"[\w/-]*(?:[A-Z]{2}|[A-Z]\d|\d[A-Z])[\w/-]*"
_OF_A_GENE = re.compile(rf"(?<![\w-])(\()?({_GENE})(?(1)\)) (?:kinase |activity )?$")
_GENE_OF = re.compile(
    rf" of (?:the )?({_GENE}|mTOR|(?:a )?histone (?:de)?(?:acetyl|methyl)(?:transfer)?ases?)\b"
)
_HISTONE = re.compile("histone")
_NO_DRUG = re.compile(
    r"^(?:ACE|DPP|SGLT|TNF|COX|HMG|CYP|PCR|PDE|SSRI|H2|PPI|RNA|DNA|LPS|NO)\b|^(?:DPP|SGLT|CYP|PDE)"
    r"|-(?:mediated|induced|dependent)$|mi-?R|RNA"
)
"""Inhibitors of medicine at large, and "siRNA-mediated inhibition", which is no drug."""


def blocked(text: str, start: int, end: int) -> tuple[int, int, str] | None:
    """What the word ``text[start:end]``, one of ``WORDS``, is the inhibitor of.

    The place of the whole name and the gene; None where no gene is named or it is no drug.
    """
    before = _OF_A_GENE.search(text[max(0, start - 40) : start])
    if before:
        found = start - len(before.group()), end, before.group(2)
    else:
        after = _GENE_OF.match(text[end : end + 60])
        # "Inhibition of MYCN by siRNA" is biology; that of a histone enzyme is done by drugs.
        if after is None or (
            text[start:end].lower() == "inhibition" and not _HISTONE.search(after[1])
        ):
            return None
        found = start, end + after.end(), after.group(1)
    return None if _NO_DRUG.search(found[2]) else found
