"""Paths of what reads the log of a workspace."""

WORKSPACE = "/v1/workspaces/{workspace_id}"
CHANGES = WORKSPACE + "/changes"
STREAM = WORKSPACE + "/stream"
UNDO = CHANGES + "/{seq}/undo"
