namespace Router.Proxy.Statements;

/// <summary>A statement as a server connection has it.</summary>
/// <param name="Name">The statement's name at the time: compared by reference.</param>
internal readonly record struct PreparedStatement(Statement Statement, byte[] Name)
{
    public static PreparedStatement Of(Statement statement) => new(statement, statement.ServerName);

    public bool Equals(PreparedStatement other) =>
        ReferenceEquals(Statement, other.Statement) && ReferenceEquals(Name, other.Name);

    public override int GetHashCode() => Statement.GetHashCode();
}
