"""PubMed and Semantic Scholar on this machine, with their habits and their faults.

For the tests, and by hand with ``make fake-sources``: the whole product then works offline.
Written after sources.md; what the real services do was recorded or reported there.
"""

from tests.fake_sources.holdings import Holding, invented
from tests.fake_sources.server import FakeSources

__all__ = ["FakeSources", "Holding", "invented"]
