"""Placeholder until the reads helper writes this file."""

from taskhub.kernel.api.operations import Routes

READS = Routes("Tasks")
