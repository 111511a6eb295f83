"""Theory: one file per theory, pure scalar functions with equation, units and source. No loops, no dice, no tables."""
