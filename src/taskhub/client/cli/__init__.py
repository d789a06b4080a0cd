"""The commands of the client: their arguments and help. Each imports what it needs when it runs."""
