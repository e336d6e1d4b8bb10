using System.Text;

namespace Router.Command.Tests.Hosting;

/// <summary>A writer onto a disk that may be full.</summary>
internal sealed class FillingDisk : TextWriter
{
    private readonly Lock _lock = new();
    private readonly StringBuilder _written = new();
    private bool _isFull;
    private int _refused;

    public override Encoding Encoding => Encoding.UTF8;

    public bool IsFull
    {
        set
        {
            lock (_lock)
            {
                _isFull = value;
            }
        }
    }

    /// <summary>Lines that found no room.</summary>
    public int Refused
    {
        get
        {
            lock (_lock)
            {
                return _refused;
            }
        }
    }

    public string Text
    {
        get
        {
            lock (_lock)
            {
                return _written.ToString();
            }
        }
    }

    public override Task WriteLineAsync(string? value)
    {
        lock (_lock)
        {
            if (_isFull)
            {
                _refused++;
                throw new IOException("No space left on device");
            }

            _written.Append(value).Append('\n');
            return Task.CompletedTask;
        }
    }
}
