using System.Formats.Asn1;

namespace Router.Proxy.Authentication.Ldap;

/// <summary>The tags of LDAP's messages (RFC 4511).</summary>
internal static class LdapTags
{
    public static readonly Asn1Tag BindRequest = Of(0);
    public static readonly Asn1Tag BindResponse = Of(1);
    public static readonly Asn1Tag SearchRequest = Of(3);
    public static readonly Asn1Tag SearchResultEntry = Of(4);
    public static readonly Asn1Tag SearchResultDone = Of(5);
    public static readonly Asn1Tag ExtendedRequest = Of(23);
    public static readonly Asn1Tag ExtendedResponse = Of(24);

    /// <summary>Of a password in a bind, and of the name in an extended request.</summary>
    public static readonly Asn1Tag First = new(TagClass.ContextSpecific, 0);

    public static readonly Asn1Tag And = In(0);
    public static readonly Asn1Tag Or = In(1);
    public static readonly Asn1Tag Not = In(2);
    public static readonly Asn1Tag EqualityMatch = In(3);
    public static readonly Asn1Tag Substrings = In(4);
    public static readonly Asn1Tag GreaterOrEqual = In(5);
    public static readonly Asn1Tag LessOrEqual = In(6);
    public static readonly Asn1Tag Present = new(TagClass.ContextSpecific, 7);
    public static readonly Asn1Tag ApproxMatch = In(8);

    public static readonly Asn1Tag Initial = new(TagClass.ContextSpecific, 0);
    public static readonly Asn1Tag Middle = new(TagClass.ContextSpecific, 1);
    public static readonly Asn1Tag Final = new(TagClass.ContextSpecific, 2);

    private static Asn1Tag Of(int number) => new(TagClass.Application, number, isConstructed: true);

    private static Asn1Tag In(int number) => new(TagClass.ContextSpecific, number, isConstructed: true);
}
