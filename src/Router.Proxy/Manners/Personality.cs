namespace Router.Proxy.Manners;

/// <summary>In whose manner the proxy speaks to its clients.</summary>
public enum Personality
{
    /// <summary>Its own: the SQLSTATE that says what happened.</summary>
    Router,

    /// <summary>
    /// PgBouncer's: its texts to the letter, one SQLSTATE for everything, and none of the fields that it does not send.
    /// </summary>
    PgBouncer,
}
