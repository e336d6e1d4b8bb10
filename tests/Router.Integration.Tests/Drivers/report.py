"""What the scripts of the Python drivers share: one line for each case, and the servers that answered."""

import traceback

pids = set()


def case(name, work):
    """Prints what work returns, or the error that it raises: its class and SQLSTATE."""
    try:
        print(f"{name}: {work()!r}", flush=True)
    except Exception as error:
        print(f"{name}: {describe(error)}", flush=True)


async def case_async(name, work):
    try:
        print(f"{name}: {await work()!r}", flush=True)
    except Exception as error:
        print(f"{name}: {describe(error)}", flush=True)


def describe(error):
    code = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
    if code is None:
        traceback.print_exc()
    return f"{type(error).__name__} {code} {str(error).splitlines()[0] if str(error) else ''}"


def saw(pid):
    pids.add(pid)


def end():
    print(f"# servers {len(pids)}")
