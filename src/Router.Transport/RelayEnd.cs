namespace Router.Transport;

/// <summary>Why a relay ended. Whatever was forwarded has been handed to the other socket or is counted as held.</summary>
public enum RelayEnd
{
    /// <summary>The client closed its writing side, and all that it sent has been forwarded.</summary>
    ClientClosed,

    /// <summary>The backend closed its writing side, and all that it sent has been forwarded.</summary>
    BackendClosed,

    /// <summary>The client's connection failed (reset, broken pipe).</summary>
    ClientFailed,

    /// <summary>The backend's connection failed.</summary>
    BackendFailed,

    /// <summary>The filter of the client's bytes stopped the relay; its forwarded bytes have been sent.</summary>
    StoppedByClientFilter,

    /// <summary>The filter of the backend's bytes stopped the relay; its forwarded bytes have been sent.</summary>
    StoppedByBackendFilter,

    /// <summary>The token fired.</summary>
    Aborted,
}
