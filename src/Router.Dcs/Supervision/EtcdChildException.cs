namespace Router.Dcs.Supervision;

/// <summary>The child cannot run; the message is one sentence that says what to do.</summary>
public sealed class EtcdChildException(string message, Exception? inner = null) : Exception(message, inner);
