"""Designs of many cells: sampled, cut into parts, run on any engine, kept, merged, replayed."""
