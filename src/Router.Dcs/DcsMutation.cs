namespace Router.Dcs;

/// <summary>What a transaction writes.</summary>
public abstract record DcsMutation(DcsKey Key)
{
    /// <param name="Key">The key.</param>
    /// <param name="Value">Its new text.</param>
    /// <param name="LeaseId">The lease that it hangs on; 0 for none.</param>
    public sealed record Put(DcsKey Key, string Value, long LeaseId = 0) : DcsMutation(Key);

    public sealed record Delete(DcsKey Key) : DcsMutation(Key);
}
