namespace Router.Protocol.Messages;

/// <summary>One column of a RowDescription.</summary>
public readonly record struct FieldDescription(string Name, int TypeOid, short TypeSize)
{
    /// <summary>Zero where the column is no column of a table.</summary>
    public int TableOid { get; init; }

    public short AttributeNumber { get; init; }

    public int TypeModifier { get; init; } = -1;

    /// <summary>0 is text, 1 is binary.</summary>
    public short Format { get; init; }

    public static FieldDescription Text(string name) => new(name, TypeOid: 25, TypeSize: -1);

    public static FieldDescription Int4(string name) => new(name, TypeOid: 23, TypeSize: 4);

    public static FieldDescription Int8(string name) => new(name, TypeOid: 20, TypeSize: 8);

    public static FieldDescription Numeric(string name) => new(name, TypeOid: 1700, TypeSize: -1);

    public static FieldDescription Bytea(string name) => new(name, TypeOid: 17, TypeSize: -1);
}
