"""The modules of this installation: found, ordered, and checked to fit together."""
