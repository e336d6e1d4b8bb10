namespace Router.Postgres.Tests.Fencing;

/// <summary>A test that needs to make a cgroup of version 2, which containers mostly forbid.</summary>
internal sealed class CgroupFactAttribute : FactAttribute
{
    public CgroupFactAttribute()
    {
        if (!ScratchCgroup.IsPossible)
        {
            Skip = "no cgroup of version 2 can be made here";
        }
    }
}
