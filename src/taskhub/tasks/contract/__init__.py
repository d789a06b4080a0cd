"""What other modules may use of tasks.

- `references`: how tasks and projects are named in paths, filters and bodies, and how that is read;
- `errors`: what is refused wherever something belongs to a task;
- `tasks`: the port `Tasks` over the caller's own connection, and `TaskReader` for reads;
- `events`: what happens to tasks.

Who may do what follows from the workspace: a member sees all tasks of it. So routes about things that belong to tasks stand below
``/v1/workspaces/{workspace_id}`` and demand a right of `workspaces.contract.access`: `READ`, `CONTRIBUTE` or `MANAGE`. Where a
right is for what is one's own, the use case is told who asks and whether they manage, as for comments.
"""
