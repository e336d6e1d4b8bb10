namespace Router.Testing.Wire;

/// <summary>How a field of a message stands on the wire.</summary>
internal enum FieldKind
{
    /// <summary>Text ended by a zero.</summary>
    Text,

    /// <summary>One byte that is a letter: Describe's kind, ReadyForQuery's status.</summary>
    Letter,

    Int8,
    Int16,
    Int32,

    /// <summary>The word of a protocol version, written 3.2.</summary>
    Version,

    /// <summary>A length word and as many bytes; -1 is NULL.</summary>
    Value,

    /// <summary>Everything up to the end of the message.</summary>
    Rest,

    /// <summary>The same, never shown as text.</summary>
    SecretRest,

    /// <summary>A 16-bit count and as many times the inner fields.</summary>
    List16,

    /// <summary>A 32-bit count and as many times the inner fields.</summary>
    List32,

    /// <summary>Texts up to an empty one.</summary>
    Texts,

    /// <summary>Pairs of texts up to an empty name: startup parameters.</summary>
    Parameters,

    /// <summary>A letter and a text each, up to a zero: the parts of an error.</summary>
    ErrorFields,
}
