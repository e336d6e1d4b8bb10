namespace Router.Transport;

/// <param name="HeldMax">Bytes that one direction may hold for a reader that is slow, before its source is paused.</param>
/// <param name="TurnBudget">Bytes that one socket may move in one turn of the loop before the others have theirs.</param>
public sealed record RelayOptions(int HeldMax = 128 * 1024, int TurnBudget = 256 * 1024)
{
    public static readonly RelayOptions Default = new();
}
