"""A service with something in it to look at, in a data folder of its own (`taskhub demo`)."""
