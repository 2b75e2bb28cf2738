"""``make fake-sources``: both sources on this machine, until Ctrl-C."""

from __future__ import annotations

import argparse
import time

from tests.fake_sources import FakeSources, invented
from tests.fake_sources.faults import FAULTS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--records", type=int, default=1200)
    parser.add_argument(
        "--window", type=int, default=500, help="PMIDs that PubMed shows of a result"
    )
    parser.add_argument(
        "--fault", choices=FAULTS, action="append", default=[], help="once in a while; repeatable"
    )
    chosen = parser.parse_args()
    with FakeSources(invented(chosen.records), window=chosen.window, port=chosen.port) as fake:
        for number, fault in enumerate(chosen.fault):
            for after in range(3 + number, 2000, 10):
                fake.misbehave(fault, after=after)
        print(
            f"{chosen.records} invented publications. In another terminal:\n\n"
            f"  NCBI_BASE_URL={fake.pubmed_url} \\\n"
            f"  SEMANTIC_SCHOLAR_BASE_URL={fake.semantic_scholar_url} make run\n\n"
            "then search for rhabdomyosarcoma. Ctrl-C ends this.",
            flush=True,
        )
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print(f"{len(fake.hits)} requests were answered.")


if __name__ == "__main__":
    main()
