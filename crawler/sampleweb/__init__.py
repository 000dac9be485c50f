"""The embedded web: invented brands on loopback over three days, as nasty as the real one.

Nothing here is real: every name says 示例 (example), every host ends in `.test`, every number
has a shape the plan knows but nobody's telephone. What stands where is in `site.toml` (hosts,
certificates, broken answers) and `site/<host>/day1|day2|day3/` (pages; a later day overrides an
earlier one); what a careful reader makes of it is in `expected.toml`.

`corner/` is the adversary's: clones, farms, forums, tampered pages, and the hosts where leads come
from, with brands of its own. What was planted there is in `adversary.toml`, what others claim in
`claims.toml`.
"""
