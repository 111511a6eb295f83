"""Courses of action in the same worlds: what they change, whom they save, what causes an ending, what is regretted."""
