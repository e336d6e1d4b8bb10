namespace Router.Commands;

/// <summary>What was asked of <c>router ctl</c> is not possible or was declined; the message says why.</summary>
internal sealed class CtlException(string message) : Exception(message);
