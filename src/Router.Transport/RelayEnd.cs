namespace Router.Transport;

/// <summary>
/// Why a relay ended. It ends at once and never waits for a slow reader: forwarded bytes that the other socket has not
/// taken yet (at most <see cref="RelayOptions.HeldMax"/>) stay held at that connection's Output and go out before
/// anything written later; <c>Output.FlushAsync</c> awaits them. So a backend is free as soon as it has answered.
/// </summary>
public enum RelayEnd
{
    /// <summary>The client closed its writing side, and all that it sent has been forwarded.</summary>
    ClientClosed,

    /// <summary>The backend closed its writing side, and all that it sent has been forwarded.</summary>
    BackendClosed,

    /// <summary>The client's connection failed (reset, broken pipe); what it had sent before has been forwarded.</summary>
    ClientFailed,

    /// <summary>The backend's connection failed; what it had sent before (its last error message) has been forwarded.</summary>
    BackendFailed,

    /// <summary>The filter of the client's bytes stopped the relay after the bytes it let pass.</summary>
    StoppedByClientFilter,

    /// <summary>The filter of the backend's bytes stopped the relay after the bytes it let pass.</summary>
    StoppedByBackendFilter,

    /// <summary>The token fired.</summary>
    Aborted,
}
