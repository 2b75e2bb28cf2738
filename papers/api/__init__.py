"""The REST API: what it serves of the papers. Addresses are in ``rmsreview.api``."""
