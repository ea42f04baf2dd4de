# Runs a program on a pseudo-terminal of its own: what comes in is typed there, what it shows goes out.
# The last line on stderr is `exit N` or `signal N`.
#   python3 pseudo-terminal.py DELAY program arguments...     DELAY: Ctrl-C so many ms after the program began, or -
import fcntl, os, pty, select, signal, struct, sys, termios, time

signal.signal(signal.SIGINT, signal.SIG_DFL)  # else Python's own handler takes a Ctrl-C that comes before exec
began, begins = os.pipe()  # closed by exec: that is when the program begins
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
os.close(begins)
os.read(began, 1)
due = None if sys.argv[1] == "-" else time.monotonic() + int(sys.argv[1]) / 1000
sources = [terminal, 0]
while terminal in sources:
    wait = None if due is None else max(0, due - time.monotonic())
    ready = select.select(sources, [], [], wait)[0]
    if due is not None and time.monotonic() >= due:
        due = None
        os.write(terminal, b"\x03")
    for source in ready:
        try:
            data = os.read(source, 65536)
        except OSError:  # EIO: the program has closed its terminal
            data = b""
        if not data:
            sources.remove(source)
        else:
            os.write(terminal if source == 0 else 1, data)
_, status = os.waitpid(pid, 0)
ended = f"exit {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else f"signal {os.WTERMSIG(status)}"
print(ended, file=sys.stderr)
