"""How long alliances live, simulated or observed, and worlds fitted to an observed history."""
