"""``python -m tests.bench.source FILE``: a fake PubMed that holds a file's records, without limit.

Prints its address, and ends when its standard input does.
"""

from __future__ import annotations

import gzip
import sys
from dataclasses import replace
from pathlib import Path

from tests.fake_sources import FakeSources
from tests.fake_sources.holdings import recorded

if __name__ == "__main__":
    held = recorded(gzip.decompress(Path(sys.argv[1]).read_bytes()))
    with FakeSources([replace(holding, text="") for holding in held]) as fake:
        print(len(held), fake.pubmed_url, flush=True)
        sys.stdin.read()
