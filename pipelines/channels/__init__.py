"""Ways to reach a brand besides its numbers, read from the same pages.

`read.py` is the path; one reader per kind of channel stands beside it, and the words they know are
in `channels.toml`. Each reader looks for a few literal words first: most pages have none of them.
"""
