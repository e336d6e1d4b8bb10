namespace Router.Integration.Tests;

/// <summary>A test that makes network namespaces, which only root may.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Skip = "needs root for network namespaces";
        }
    }
}
