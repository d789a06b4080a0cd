"""How the tables are placed over the nodes of a Citus cluster, and which nodes are away. Any other database is passed over."""

from collections.abc import AsyncIterator, Iterable

from sqlalchemy import Text, bindparam, text

from taskhub.cli.doctor.checks import Finding, fail, ok, warn
from taskhub.kernel.infrastructure.postgres.connection import Connection
from taskhub.kernel.infrastructure.postgres.database import Database
from taskhub.kernel.infrastructure.postgres.rows import Row
from taskhub.kernel.infrastructure.postgres.statements import Statement
from taskhub.schema.distribute import FIRST_TABLE, HAS_CITUS, SETTINGS, NotDistributable, plan_distribution

_NODES = Statement(
    text("""
    SELECT nodename || ':' || nodeport AS name, isactive AND success AS answers, result = '0' AS prepares_nothing,
        count(shardid) AS shards
    FROM pg_dist_node JOIN run_command_on_all_nodes('SHOW max_prepared_transactions') USING (nodeid)
    LEFT OUTER JOIN (
        SELECT groupid, shardid FROM pg_dist_placement JOIN pg_dist_shard USING (shardid)
        WHERE logicalrelid = to_regclass(:first_table)
    ) AS placed USING (groupid)
    WHERE noderole = 'primary' GROUP BY 1, 2, 3 ORDER BY 1
    """).bindparams(bindparam("first_table", type_=Text()))
)


_GIVE_UP_EARLY = Statement(
    text("SELECT set_config('citus.node_connection_timeout', :milliseconds, false)").bindparams(
        bindparam("milliseconds", type_=Text())
    )
)
"""Or a node that hangs takes longer than a statement may, and nobody knows which one it is."""


async def placement_findings(database: Database, rows: Iterable[type[Row]]) -> AsyncIterator[Finding]:
    """``rows``: of all tables. A failure of "nodes" means that nothing can be said of what is in the tables."""
    async with database.connection() as connection:
        [(has_citus,)] = await connection.fetch(HAS_CITUS, {})
        if has_citus:
            yield await _nodes(connection)
            yield await _placement(connection, rows)


async def _nodes(connection: Connection) -> Finding:
    await connection.fetch(_GIVE_UP_EARLY, {"milliseconds": SETTINGS["citus.node_connection_timeout"]})
    nodes = await connection.fetch(_NODES, {"first_table": FIRST_TABLE})
    if away := [node["name"] for node in nodes if not node["answers"]]:
        sentence = "what is on them is answered with 503 until they are back: workspaces, and sessions of users."
        return fail("nodes", f"these do not answer: {', '.join(away)}; {sentence}")
    if unprepared := [node["name"] for node in nodes if node["prepares_nothing"]]:
        sentence = "nothing can be changed that is on several nodes: set it there as high as max_connections, and restart them."
        return fail("nodes", f"max_prepared_transactions is 0 on {', '.join(unprepared)}; {sentence}")
    placed = (f"{node['name']} has {node['shards']} parts of each table" for node in nodes if node["shards"])
    return ok("nodes", f"all {len(nodes)} answer; {', '.join(placed) or 'no table is distributed'}")


async def _placement(connection: Connection, rows: Iterable[type[Row]]) -> Finding:
    try:
        distribution = await plan_distribution(connection, rows)
    except NotDistributable as error:
        return fail("placement", str(error))
    if distribution.is_done:
        return ok("placement", "all tables are distributed as they should be")
    to_be_done = f"to be done by `taskhub distribute`: {', '.join(distribution.lines())}."
    if distribution.is_unsafe:
        return fail("placement", f"a change of an account may be answered as done and be lost if a node goes away; {to_be_done}")
    return warn("placement", to_be_done)
