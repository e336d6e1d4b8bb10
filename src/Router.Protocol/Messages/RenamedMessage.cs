namespace Router.Protocol.Messages;

/// <summary>How far <see cref="StatementRename.TryRewrite"/> came.</summary>
/// <param name="Status">Nothing was taken or written unless it is <see cref="ScanStatus.Taken"/>.</param>
/// <param name="Consumed">Bytes of the old message, from its type byte on, that what was written stands for.</param>
/// <param name="Rest">Bytes of the old message behind them, to be passed on as they are and by count.</param>
public readonly record struct RenamedMessage(ScanStatus Status, int Consumed, int Rest);
