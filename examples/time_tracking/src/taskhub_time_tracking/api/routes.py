"""All routes of this module, the most frequent ones first."""

from taskhub_time_tracking.api.time_entries import TIME_ENTRY_ROUTES
from taskhub_time_tracking.api.time_reports import TIME_REPORT_ROUTES

ROUTES = [TIME_ENTRY_ROUTES, TIME_REPORT_ROUTES]
