namespace Router.Proxy.Authentication.Ldap;

/// <summary>A directory could not be asked, or gave no answer that means anything.</summary>
internal sealed class LdapException : Exception
{
    public LdapException(string message)
        : base(message)
    {
    }

    public LdapException(string message, Exception inner)
        : base(message, inner)
    {
    }

    public LdapException()
    {
    }
}
