using System.Collections.Immutable;

namespace Router.Testing.Wire;

/// <summary>One field of a layout.</summary>
/// <param name="Default">What a sent message has where the script leaves the field out.</param>
internal sealed record MessageField(FieldKind Kind, string Default = "")
{
    public static readonly MessageField Text = new(FieldKind.Text);
    public static readonly MessageField Letter = new(FieldKind.Letter);
    public static readonly MessageField Number8 = new(FieldKind.Int8, "0");
    public static readonly MessageField Number16 = new(FieldKind.Int16, "0");
    public static readonly MessageField Number32 = new(FieldKind.Int32, "0");
    public static readonly MessageField Version = new(FieldKind.Version, "3.0");
    public static readonly MessageField Value = new(FieldKind.Value);
    public static readonly MessageField Rest = new(FieldKind.Rest);
    public static readonly MessageField SecretRest = new(FieldKind.SecretRest);
    public static readonly MessageField Texts = new(FieldKind.Texts);
    public static readonly MessageField Parameters = new(FieldKind.Parameters);
    public static readonly MessageField ErrorFields = new(FieldKind.ErrorFields);

    public ImmutableArray<MessageField> Inner { get; private init; } = [];

    /// <summary>The field takes every term that is left.</summary>
    public bool IsOpenEnded => Kind is FieldKind.Parameters or FieldKind.ErrorFields;

    public static MessageField List16(params ImmutableArray<MessageField> inner) =>
        new(FieldKind.List16) { Inner = inner };

    public static MessageField List32(params ImmutableArray<MessageField> inner) =>
        new(FieldKind.List32) { Inner = inner };

    public MessageField Or(string defaultText) => this with { Default = defaultText };
}
