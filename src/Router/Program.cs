using Router.Commands;

return await new CommandLine(Console.Out, Console.Error).RunAsync(args);
