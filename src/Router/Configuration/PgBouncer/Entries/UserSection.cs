using Router.Configuration.PgBouncer.Ini;
using Router.Configuration.PgBouncer.Settings;

namespace Router.Configuration.PgBouncer.Entries;

/// <summary>Reads the entries of <c>[users]</c>.</summary>
internal static class UserSection
{
    /// <summary>Null where it is no good.</summary>
    public static UserEntry? Read(IniEntry entry, Findings findings)
    {
        if (EntryFields.Of(entry, $"users.{entry.Key}", findings) is not { } fields)
        {
            return null;
        }

        var user = new UserEntry
        {
            Name = entry.Key,
            At = entry.KeyAt,
            Written = fields.Pairs,
            PoolMode = fields.Choice("pool_mode", SettingTable.PoolModes),
            PoolSize = fields.Number("pool_size"),
            ReservePoolSize = fields.Number("reserve_pool_size"),
            MaxUserConnections = fields.Number("max_user_connections"),
            MaxUserClientConnections = fields.Number("max_user_client_connections"),
            QueryTimeout = fields.Seconds("query_timeout"),
            QueryWaitTimeout = fields.Seconds("query_wait_timeout"),
            IdleTransactionTimeout = fields.Seconds("idle_transaction_timeout"),
            TransactionTimeout = fields.Seconds("transaction_timeout"),
            ClientIdleTimeout = fields.Seconds("client_idle_timeout"),
        };
        fields.ReportUnknown();
        return fields.IsGood ? user : null;
    }
}
