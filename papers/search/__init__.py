"""Search over the library: ``grammar`` reads what a person typed, ``engine`` finds the papers,
``index`` keeps the full-text index, ``facets`` counts what was found.
"""
