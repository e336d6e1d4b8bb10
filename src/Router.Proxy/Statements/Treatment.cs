namespace Router.Proxy.Statements;

/// <summary>What becomes of an answer on its way to the client.</summary>
internal enum Treatment : byte
{
    Pass,

    /// <summary>It answers a request of ours.</summary>
    Swallow,

    /// <summary>The client hears ParseComplete instead: the server had the statement already.</summary>
    ToParseComplete,

    /// <summary>The request was made to fail; the client hears our error instead.</summary>
    Refuse,
}
