"""A strategist's own alliances: how long each will live, what endangers it, what would help."""
