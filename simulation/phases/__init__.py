"""Loops: one file per line of the schedule. Each loops, calls rules, throws dice, writes arrays and events.

Every phase reads the state as it stood when the phase began and applies all changes together, so no order of firms or
alliances can matter.
"""
