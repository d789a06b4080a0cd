"""Revisions of this module's tables: `tasks_0001_….py` comes after `0011`, the last one of before modules had their own."""
