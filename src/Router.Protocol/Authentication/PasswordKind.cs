namespace Router.Protocol.Authentication;

/// <summary>In which form a password is stored.</summary>
public enum PasswordKind
{
    Plain,
    Md5,
    Scram,
}
