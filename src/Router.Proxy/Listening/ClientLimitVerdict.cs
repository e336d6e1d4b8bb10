namespace Router.Proxy.Listening;

/// <summary>Whether one more client may come, and else which limit is reached.</summary>
internal enum ClientLimitVerdict
{
    Granted,

    /// <summary><c>max_db_client_connections</c>.</summary>
    DatabaseFull,

    /// <summary><c>max_user_client_connections</c>.</summary>
    UserFull,
}
