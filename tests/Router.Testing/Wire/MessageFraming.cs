namespace Router.Testing.Wire;

/// <summary>What stands before the fields.</summary>
internal enum MessageFraming
{
    /// <summary>Type byte and length word.</summary>
    Typed,

    /// <summary>A length word only: the first messages of a connection.</summary>
    Untyped,

    /// <summary>Nothing: bytes as they are.</summary>
    None,
}
