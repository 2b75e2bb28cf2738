"""Figures of the house, measured on real records: ``python -m tests.bench [NAME]``."""
