namespace Router.Transport;

/// <summary>Is told, on the loop, that a connection which nobody reads has something to read.</summary>
public interface IReadinessWatcher
{
    /// <summary>Bytes have arrived, or the connection ended or failed. Nothing has been taken.</summary>
    /// <param name="isPeerClosing">
    /// The peer has closed its writing side, or the connection is broken; bytes may still come before the end. A back end
    /// that cannot tell says false.
    /// </param>
    void OnReadable(bool isPeerClosing);
}
