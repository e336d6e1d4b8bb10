namespace Router.Postgres.Tests.Instance;

/// <summary>
/// A test in whose own process PostgreSQL is started, which PostgreSQL refuses to root. Under root
/// <see cref="AsUserPostgresTests"/> runs these in a process of user postgres.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute()
    {
        if (Environment.IsPrivilegedProcess)
        {
            Skip = "PostgreSQL does not run as root: AsUserPostgresTests runs this as user postgres";
        }
    }
}
