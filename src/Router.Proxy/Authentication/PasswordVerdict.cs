namespace Router.Proxy.Authentication;

/// <summary>What somebody else says of a password.</summary>
internal enum PasswordVerdict
{
    Wrong,
    Right,

    /// <summary>He does not answer.</summary>
    Unknown,
}
