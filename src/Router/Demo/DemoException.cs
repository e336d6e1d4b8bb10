namespace Router.Demo;

/// <summary>The demo cannot go on; the message is what a person needs to see.</summary>
internal sealed class DemoException(string message) : Exception(message);
