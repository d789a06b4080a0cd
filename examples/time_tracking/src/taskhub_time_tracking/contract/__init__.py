"""What other modules may use of time tracking.

- `events`: what happens to time entries.
"""
