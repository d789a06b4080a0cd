"""A whole workspace as a file, and back."""
