"""Spiders: they fetch, capture and discover. What a page says is read in `pipelines/`."""
