"""The search box's language: what is typed, what it means, what is said when it cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papers.search.grammar import (
    DEEPEST_NESTING,
    LONGEST_SEARCH,
    MOST_TERMS,
    SearchSyntaxError,
    parse,
)
from papers.search.tokens import FIELDS, TAGS
from papers.search.tree import And, Everything, Fact, Node, Not, Or, Text, Years, sought_texts


def word(text: str, *columns: str, is_prefix: bool = False) -> Text:
    return Text(tuple(text.split()), columns, is_prefix)


VINCRISTINE, RELAPSE, ADULT = word("vincristine"), word("relapse"), word("adult")

READINGS = {
    # Words
    "": Everything(),
    "   ": Everything(),
    "vincristine": VINCRISTINE,
    "Vincristine relapse": And((VINCRISTINE, RELAPSE)),
    "vincristine or relapse and": And((VINCRISTINE, word("or"), RELAPSE, word("and"))),
    "CAR-T": word("car t"),
    "B7-H3 IGF-1R": And((word("b7 h3"), word("igf 1r"))),
    "TGF-β": word("tgf beta"),
    "Müller’s": word("mullers"),
    "Ewing's": word("ewings"),
    "t(2;13)(q35;q14)": word("t 2 13 q35 q14"),
    "foo(bar baz)": And((word("foo"), word("bar"), word("baz"))),
    "2019": word("2019"),
    "[18F]FDG": word("18f fdg"),
    "HLA-A*02:01": word("hla a 02 01"),
    # Signs alone
    "vincristine & relapse": And((VINCRISTINE, RELAPSE)),
    "- vincristine": VINCRISTINE,
    "+": Everything(),
    "NOT +": Everything(),
    "vincristine OR ()": VINCRISTINE,
    # Phrases and beginnings
    '"high risk"': word("high risk"),
    '"high risk': word("high risk"),
    "“high risk”": word("high risk"),
    "rhabdo*": word("rhabdo", is_prefix=True),
    '"car t"*': word("car t", is_prefix=True),
    '"embryonal rhabdo*"': word("embryonal rhabdo", is_prefix=True),
    # Operators
    "vincristine AND relapse": And((VINCRISTINE, RELAPSE)),
    "vincristine OR relapse": Or((VINCRISTINE, RELAPSE)),
    "vincristine relapse OR adult": Or((And((VINCRISTINE, RELAPSE)), ADULT)),
    "vincristine (relapse OR adult)": And((VINCRISTINE, Or((RELAPSE, ADULT)))),
    "(vincristine (relapse adult": And((VINCRISTINE, RELAPSE, ADULT)),
    "vincristine NOT adult": And((VINCRISTINE, Not(ADULT))),
    "vincristine -adult": And((VINCRISTINE, Not(ADULT))),
    "NOT(relapse OR adult)": Not(Or((RELAPSE, ADULT))),
    "NOT NOT adult": ADULT,
    '-"high risk"': Not(word("high risk")),
    # Fields
    "title:relapse": word("relapse", "title"),
    "title: relapse": word("relapse", "title"),
    "TITLE:relapse adult": And((word("relapse", "title"), ADULT)),
    "title:(relapse OR adult)": Or((word("relapse", "title"), word("adult", "title"))),
    "-title:relapse": Not(word("relapse", "title")),
    "title:-relapse": Not(word("relapse", "title")),
    'abstract:"event free"': word("event free", "abstract"),
    "journal:lancet": word("lancet", "journal"),
    "keyword:sarcoma": word("sarcoma", "keywords"),
    "author:bisogno": word("bisogno", "authors"),
    'author:"Di Carlo D"': word("di carlo d", "authors", is_prefix=True),
    "tiab:relapse": word("relapse", "title", "abstract"),
    "nct:03041701": word("nct 03041701"),
    # Facts
    "year:2020": Years(2020, 2020),
    "year:2015-2024": Years(2015, 2024),
    "year:2015–2024": Years(2015, 2024),
    "year:2024-2015": Years(2015, 2024),
    "year:2015-": Years(2015, None),
    "year:-2015": Years(None, 2015),
    "class:car_t": Fact("class", "car_t"),
    "class:(car_t OR targeted)": Or((Fact("class", "car_t"), Fact("class", "targeted"))),
    "regimen:ivado": Fact("regimen", "ivado"),
    "setting:first_relapse": Fact("setting", "first_relapse"),
    'design:"Case report"': Fact("design", "Case report"),
    "drug:vincristine": Fact("drug", "vincristine"),
    'type:"Clinical Trial"': Fact("type", "Clinical Trial"),
    "status:Retracted": Fact("status", "retracted"),
    'status:"Expression of concern"': Fact("status", "expression_of_concern"),
    "tag:none": Fact("tag", "none"),
    # Identifiers
    "pmid:31562043": Fact("pmid", "31562043"),
    "PMID: 31562043": Fact("pmid", "31562043"),
    "doi:10.1016/S1470-2045(19)30617-5": Fact("doi", "10.1016/s1470-2045(19)30617-5"),
    "10.1016/S1470-2045(19)30617-5.": Fact("doi", "10.1016/s1470-2045(19)30617-5"),
    "https://doi.org/10.1200/JCO.19.1": Fact("doi", "10.1200/jco.19.1"),
    "PMC8178207": Fact("pmcid", "PMC8178207"),
    "pmcid:8178207": Fact("pmcid", "PMC8178207"),
    "https://pubmed.ncbi.nlm.nih.gov/31562043/": Fact("pmid", "31562043"),
    "NCT03041701": word("nct03041701"),
    "31562043": word("31562043"),
    # PubMed's tags
    "relapse[ti]": word("relapse", "title"),
    "relapse [Title/Abstract]": word("relapse", "title", "abstract"),
    '"high risk"[tiab]': word("high risk", "title", "abstract"),
    "relapse adult[ti]": And((word("relapse", "title"), word("adult", "title"))),
    "relapse AND adult[ti]": And((RELAPSE, word("adult", "title"))),
    "(relapse OR adult)[ti]": Or((word("relapse", "title"), word("adult", "title"))),
    "Di Carlo D[au]": word("di carlo d", "authors", is_prefix=True),
    "Lancet Oncol[ta]": word("lancet oncol", "journal"),
    "Rhabdomyosarcoma/drug therapy[mh]": word("rhabdomyosarcoma drug therapy", "keywords"),
    '"Sarcoma"[MeSH Terms:noexp]': word("sarcoma", "keywords"),
    "relapse[tw] adult[all]": And((RELAPSE, ADULT)),
    "2020[dp]": Years(2020, 2020),
    "2015:2024[dp]": Years(2015, 2024),
    "2015/01/01:2024/12/31[dp]": Years(2015, 2024),
    '"2015/01/01"[Date - Publication] : "3000"[Date - Publication]': Years(2015, 3000),
    "31562043[pmid]": Fact("pmid", "31562043"),
    "31562043 1[uid]": Or((Fact("pmid", "31562043"), Fact("pmid", "1"))),
    "Clinical Trial[pt]": Fact("type", "Clinical Trial"),
}


@pytest.mark.parametrize(("text", "tree"), READINGS.items())
def test_parse_reads(text, tree):
    assert parse(text) == tree


@pytest.mark.parametrize("text", READINGS)
def test_tree_is_written_as_a_search_that_means_the_same(text):
    tree = parse(text)

    assert parse(str(tree)) == tree


COMPLAINTS = {
    "*": (0, "rhabdo*"),
    "*oma": (0, "rhabdo*"),
    "a*": (0, "two letters"),
    "relapse OR": (8, "OR needs something on both sides"),
    "AND relapse": (0, "AND needs something on both sides"),
    "relapse OR OR adult": (8, "OR needs something on both sides"),
    "(OR adult)": (1, "OR needs something on both sides"),
    "relapse NOT": (8, "NOT needs a word after it"),
    "relapse)": (7, "no ( before it"),
    "relapse)[ti]": (7, "no ( before it"),
    "auther:bisogno": (0, "Did you mean “author:”?"),
    "relapse[tiabb]": (8, "The field [tiabb] is not known"),
    "title:": (0, "Write what to look for"),
    "title:+": (0, "Write what to look for"),
    "year:soon": (5, "year:2015-2024"),
    "year:20225": (5, "year:2015-2024"),
    "pmid:0": (5, "A PMID looks like"),
    "doi:none": (4, "A DOI looks like"),
    "status:fine": (7, "published, retracted, corrected or expression_of_concern"),
    "tag:maybe": (4, "confirmed, rejected, waiting or none"),
    "(" * (DEEPEST_NESTING + 1) + "a": (DEEPEST_NESTING, "levels of brackets"),
    "-" * 3000 + "a": (DEEPEST_NESTING, "levels of brackets"),
    "a " * (MOST_TERMS + 1): (2 * MOST_TERMS, "Split the search"),
    "a" * (LONGEST_SEARCH + 1): (LONGEST_SEARCH, "Split it"),
}


@pytest.mark.parametrize(
    ("text", "complaint"), COMPLAINTS.items(), ids=lambda value: str(value)[:30]
)
def test_parse_says_where_and_what_to_do(text, complaint):
    with pytest.raises(SearchSyntaxError) as caught:
        parse(text)

    position, advice = complaint
    assert (caught.value.position, advice in caught.value.message) == (position, True)


PIECES = st.one_of(
    st.sampled_from(
        [*'()"“”*-: β’', "2015", "PMC12", "10.1000/", "%22", "%252F", "https://doi.org/", "AND"]
        + [f"{field}:" for field in FIELDS]
        + [f"[{tag}]" for tag in TAGS]
    ),
    st.sampled_from([" ", " OR ", " AND ", " NOT "]),
    st.text(max_size=6),
)


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_any_text_has_a_tree_that_survives_writing_or_a_complaint(text):
    tree = tree_or_complaint(text)

    if isinstance(tree, SearchSyntaxError):
        assert 0 <= tree.position <= len(text)
    else:
        assert parse(str(tree)) == tree


def tree_or_complaint(text: str) -> Node | SearchSyntaxError:
    try:
        return parse(text)
    except SearchSyntaxError as complaint:
        return complaint


def test_sought_texts_leave_out_what_is_excluded():
    tree = parse("(vincristine OR relapse) -adult year:2020 -(a OR b)")

    assert list(sought_texts(tree)) == [VINCRISTINE, RELAPSE]
