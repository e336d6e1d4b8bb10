namespace Router.Transport.Uring;

/// <summary>Who hears what became of operations: a connection, a connect under way, a listener.</summary>
internal interface IUringTarget
{
    /// <param name="result">A count or descriptor, or the negative errno.</param>
    /// <param name="flags">The completion's; <see cref="UringCalls"/> names them.</param>
    void OnCompleted(UringOperation operation, int result, uint flags);
}
