namespace Router.Transport.Loops;

/// <summary>One posted callback.</summary>
internal readonly record struct LoopWork(Action<object?> Callback, object? State);
