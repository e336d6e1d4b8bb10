using Npgsql;

namespace Router.Postgres.Operations;

/// <summary>Creates and drops physical replication slots.</summary>
internal sealed class Slots(LocalSession session)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    // A slot whose WAL was removed serves nobody: it is made anew.
    private const string DropLost = """
        SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots
         WHERE slot_name = $1 AND slot_type = 'physical' AND NOT active AND wal_status = 'lost'
        """;

    private const string Create = "SELECT slot_name::text FROM pg_create_physical_replication_slot($1, true)";

    private const string Drop = """
        SELECT pg_drop_replication_slot(slot_name)::text FROM pg_replication_slots
         WHERE slot_name = $1 AND slot_type = 'physical' AND NOT active
        """;

    public Task<InstanceResult> ReconcileAsync(
        IReadOnlyList<string> create, IReadOnlyList<string> drop, CancellationToken aborted) =>
        session.RunAsync(
            "Replication slots",
            Bound,
            async (connection, bounded) =>
            {
                foreach (var name in drop)
                {
                    _ = await LocalSession.QueryAsync(connection, Drop, bounded, name);
                }

                foreach (var name in create)
                {
                    await EnsureAsync(connection, name, bounded);
                }

                return $"Slots made: {List(create)}; dropped: {List(drop)}.";
            },
            aborted);

    private static async Task EnsureAsync(NpgsqlConnection connection, string name, CancellationToken aborted)
    {
        _ = await LocalSession.QueryAsync(connection, DropLost, aborted, name);
        var known = await LocalSession.QueryAsync(
            connection, "SELECT slot_name::text FROM pg_replication_slots WHERE slot_name = $1", aborted, name);
        if (known is null)
        {
            _ = await LocalSession.QueryAsync(connection, Create, aborted, name);
        }
    }

    private static string List(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
