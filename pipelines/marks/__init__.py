"""What a page shows of its publisher, checked offline: footer marks, host names, its own words.

Well-formed marks prove nothing, since text is copied; a mark that is somebody else's proves a
lot (domain.md D2). Nothing in here ever raises a verdict.
"""
