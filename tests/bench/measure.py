"""One measured piece of work in a process of its own; its last line says what it took."""

from __future__ import annotations

import gzip
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from lxml import etree


def bare(path: str) -> None:
    """What any program must do at least: unpack, parse, take out the facts, keep nothing."""
    count = 0
    with gzip.open(path) as file:
        for _, element in etree.iterparse(file, tag="PubmedArticle"):
            extract(element)
            count += 1
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    print(count, "records", file=sys.stderr)


def extract(article: etree._Element) -> dict[str, object]:
    """Id, title, abstract, authors with affiliations, journal, MeSH, types, links."""
    citation = article.find("MedlineCitation")
    paper = citation.find("Article")
    title = paper.find("ArticleTitle")
    return {
        "pmid": citation.findtext("PMID"),
        "title": "".join(title.itertext()) if title is not None else "",
        "abstract": [
            (part.get("Label"), "".join(part.itertext()))
            for part in paper.iterfind("Abstract/AbstractText")
        ],
        "authors": [
            (
                author.findtext("LastName"),
                author.findtext("ForeName"),
                author.findtext("Initials"),
                [place.text for place in author.iterfind("AffiliationInfo/Affiliation")],
                author.findtext("Identifier"),
            )
            for author in paper.iterfind("AuthorList/Author")
        ],
        "journal": (
            paper.findtext("Journal/Title"),
            paper.findtext("Journal/ISOAbbreviation"),
            paper.findtext("Journal/ISSN"),
            paper.findtext("Journal/JournalIssue/Volume"),
            paper.findtext("Journal/JournalIssue/Issue"),
            paper.findtext("Journal/JournalIssue/PubDate/Year"),
        ),
        "mesh": [
            (
                heading.findtext("DescriptorName"),
                [qualifier.text for qualifier in heading.iterfind("QualifierName")],
            )
            for heading in citation.iterfind("MeshHeadingList/MeshHeading")
        ],
        "types": [kind.text for kind in paper.iterfind("PublicationTypeList/PublicationType")],
        "ids": [
            (i.get("IdType"), i.text)
            for i in article.iterfind("PubmedData/ArticleIdList/ArticleId")
        ],
        "related": [
            (link.get("RefType"), link.findtext("PMID"))
            for link in citation.iterfind("CommentsCorrectionsList/CommentsCorrections")
        ],
    }


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rmsreview.settings")
    import django

    django.setup()


def prepare() -> None:
    set_up_django()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def import_file(path: str) -> None:
    """Import a file by the service that a worker calls."""
    set_up_django()
    from papers.services.imports import run_import, store_upload

    with Path(path).open("rb") as file:
        chunks = iter(lambda: file.read(1 << 16), b"")
        job = store_upload(name=Path(path).name, chunks=chunks, by=None)
    job = run_import(job.pk) or job
    print(job.state, job.error, job.read, job.created, job.matched, job.rejected, file=sys.stderr)
    if job.state != "done" or job.rejected:
        sys.exit(f"the import did not take the whole file: {job.state}, {job.rejected} rejected")


def pull(query: str) -> None:
    """Pull from the source that NCBI_BASE_URL names, by the service that a worker calls."""
    set_up_django()
    from papers.services.pulls import queue_pull, run_pull
    from papers.services.searches import search_for

    pull = run_pull(queue_pull(search=search_for("pubmed", query), by=None).pk)
    assert pull is not None
    print(pull.state, pull.error, pull.read, pull.created, pull.missing, file=sys.stderr)
    if pull.state != "done" or pull.missing:
        sys.exit(f"the pull did not bring everything: {pull.state}, {pull.missing} missing")


def write_share(path: str, target: str, share: str) -> None:
    """The first ``share`` of a file as a file."""
    unpacked = gzip.decompress(Path(path).read_bytes())
    cut = unpacked.rindex(b"<PubmedArticle>", 0, int(len(unpacked) * float(share)))
    Path(target).write_bytes(gzip.compress(unpacked[:cut] + b"</PubmedArticleSet>", 1))


def on_server(statement: str) -> Callable[[str], None]:
    def run(name: str) -> None:
        set_up_django()
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute(statement.format(connection.ops.quote_name(name)))

    return run


PIECES: dict[str, Callable[..., None]] = {
    "bare": bare,
    "prepare": prepare,
    "import": import_file,
    "pull": pull,
    "write_share": write_share,
    "create_database": on_server("CREATE DATABASE {}"),
    "drop_database": on_server("DROP DATABASE {}"),
}

if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    started = time.perf_counter()
    PIECES[name](*arguments)
    wall_s = time.perf_counter() - started
    # With that of the process that reads ahead, which lives beside this one.
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    peak_mb = sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / 1024
    print(json.dumps({"wall_s": wall_s, "peak_mb": peak_mb}))
