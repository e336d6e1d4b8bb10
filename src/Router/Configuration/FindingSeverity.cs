namespace Router.Configuration;

internal enum FindingSeverity
{
    /// <summary>Good to know: what was assumed.</summary>
    Notice,

    /// <summary>Goes on without the value; somebody should look.</summary>
    Warning,

    /// <summary>The file is refused.</summary>
    Error,
}
