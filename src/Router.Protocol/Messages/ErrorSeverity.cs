namespace Router.Protocol.Messages;

/// <summary>How bad an ErrorResponse or NoticeResponse is, from its V field, which is never translated.</summary>
public enum ErrorSeverity
{
    /// <summary>The field is missing (servers before 9.6) or says something new.</summary>
    Unknown,
    Debug,
    Log,
    Info,
    Notice,
    Warning,

    /// <summary>The statement failed.</summary>
    Error,

    /// <summary>The session ends with it.</summary>
    Fatal,

    /// <summary>All sessions end with it.</summary>
    Panic,
}
