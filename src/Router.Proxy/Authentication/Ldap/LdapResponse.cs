using System.Formats.Asn1;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>A message of a directory.</summary>
/// <param name="Code">The result's; 0: success.</param>
/// <param name="Text">The name of an entry, or what the server adds to its result.</param>
internal sealed record LdapResponse(int Id, Asn1Tag Tag, int Code, string Text)
{
    public const int Success = 0;
    public const int InvalidCredentials = 49;
    private const int Busy = 51;
    private const int Unavailable = 52;

    /// <summary>It says nothing of who was asked about.</summary>
    public bool IsPassing => Code is Busy or Unavailable;

    public string Reason => Text.Length == 0 ? $"result {Code}" : $"result {Code}, {Text}";
}
