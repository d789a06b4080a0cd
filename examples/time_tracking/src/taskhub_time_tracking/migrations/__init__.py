"""The revisions of this module: a branch of their own, which `taskhub migrate` runs after those that it depends on."""
