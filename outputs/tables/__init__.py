"""Definitions of the published tables, by group; `outputs/schema.py` lists them."""
