using Router.Proxy.Authentication;
using Router.Testing;

namespace Router.Proxy.Tests.Authentication;

/// <summary>Who does not answer holds up a bounded number of questions, each for a bounded time.</summary>
public sealed class OutsideQuestionsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public async Task No_more_are_asked_at_once_than_there_are_places_and_each_place_is_given_on()
    {
        var questions = new OutsideQuestions(_time, atOnceMax: 2);
        var answers = Enumerable.Range(0, 6).Select(_ => new TaskCompletionSource<int>()).ToList();
        var begun = 0;
        var asked = answers.ConvertAll(answer => questions.AskAsync(
            _ =>
            {
                Interlocked.Increment(ref begun);
                return answer.Task;
            },
            CancellationToken.None));
        await Eventually.TrueAsync(() => Volatile.Read(ref begun) == 2, "two are asked");
        answers[0].SetResult(7);
        Assert.Equal(7, await asked[0]);
        await Eventually.TrueAsync(() => Volatile.Read(ref begun) == 3, "another is asked");
        Assert.All(asked[1..], static one => Assert.False(one.IsCompleted));
        answers.ForEach(static answer => answer.TrySetResult(1));
        await Task.WhenAll(asked);
    }

    [Fact]
    public async Task Nobody_waits_beyond_the_deadline_neither_for_an_answer_nor_for_a_place()
    {
        var questions = new OutsideQuestions(_time, atOnceMax: 1);
        var asked = Enumerable.Range(0, 3).Select(_ => questions.AskAsync(
            static async late =>
            {
                await Task.Delay(Timeout.Infinite, late);
                return 0;
            },
            CancellationToken.None)).ToList();
        _time.Advance(OutsideQuestions.Deadline);
        foreach (var one in asked)
        {
            await Assert.ThrowsAsync<TimeoutException>(() => one);
        }

        Assert.Equal(5, await questions.AskAsync(static _ => Task.FromResult(5), CancellationToken.None));
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task A_question_that_nothing_stops_keeps_its_place_and_only_that()
    {
        var questions = new OutsideQuestions(_time, atOnceMax: 1);
        using var release = new ManualResetEventSlim();
        var stuck = questions.AskBlockingAsync(
            () =>
            {
                release.Wait();
                return 1;
            },
            CancellationToken.None);
        _time.Advance(OutsideQuestions.Deadline);
        await Assert.ThrowsAsync<TimeoutException>(() => stuck);

        var next = questions.AskBlockingAsync(static () => 2, CancellationToken.None);
        Assert.False(next.IsCompleted);
        release.Set();
        Assert.Equal(2, await next);
    }

    [Fact]
    public async Task A_session_that_is_cut_asks_no_longer()
    {
        var questions = new OutsideQuestions(_time, atOnceMax: 1);
        using var cut = new CancellationTokenSource();
        var asked = questions.AskAsync(
            static async late =>
            {
                await Task.Delay(Timeout.Infinite, late);
                return 0;
            },
            cut.Token);
        await cut.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }
}
