namespace Router.Commands;

/// <summary>The command line does not fit; the message says in one sentence what is wrong with it.</summary>
internal sealed class UsageException(string message) : Exception(message);
