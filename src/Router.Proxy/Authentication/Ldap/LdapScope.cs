namespace Router.Proxy.Authentication.Ldap;

/// <summary>How far below its base a search goes; the numbers are LDAP's.</summary>
internal enum LdapScope
{
    Base = 0,
    OneLevel = 1,
    Subtree = 2,
}
