"""Does the simulated world behave like real alliances? Patterns of the literature, measured with one set of defaults.

`evidence.py` runs worlds and collects sums, `measure.py` says what a measure is, `measures/` holds one per pattern,
`scoreboard.py` puts them side by side. The patterns themselves, bands and sources, are data: `patterns.toml`.
"""
