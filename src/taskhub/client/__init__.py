"""`taskhub` as a client of a service: it talks to the public API, and imports nothing of the service."""
