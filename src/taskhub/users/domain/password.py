"""What a password must be."""

SHORTEST, LONGEST = 12, 128
"""In characters, however many bytes those take. Nothing is trimmed: blanks belong to the password."""
