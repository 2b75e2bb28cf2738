"""The stewards' panel: ``library`` for records, ``people`` for accounts and keys."""

from papers.admin import library, people

__all__ = ["library", "people"]
