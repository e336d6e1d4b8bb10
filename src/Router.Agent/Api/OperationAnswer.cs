namespace Router.Agent.Api;

/// <summary>How an operation that was asked for by REST ended, in the text that the caller gets.</summary>
public sealed record OperationAnswer(bool IsSuccess, string Text);
