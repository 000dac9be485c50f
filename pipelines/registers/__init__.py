"""Snapshots of regulators' registers: one TOML table each, dated, every entry with its source.

Refreshed by `hotlines registry import`, never edited by a crawl. Only an entry of grade A, which
means a file of the regulator itself, may raise a verdict (level T5 of domain.md D1).
"""
