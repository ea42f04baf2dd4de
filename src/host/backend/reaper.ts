import { type ChildProcess, spawn } from 'node:child_process';

/** Ends node processes when this process ends in any way, like iisnode's kill-on-close job object. */
export interface Reaper {
  watch(pid: number): void;
  forget(pid: number): void;
  /** Ends the reaper; it then kills the processes it still watches. */
  close(): void;
}

/**
 * Reads `+ pid` and `- pid` lines; at the end of its input, which comes even when the parent is killed by SIGKILL, it kills
 * the process groups still listed and all processes with a pipe of the folder in their environment (ProcessTree), and removes the
 * folder of the sockets. Plain sh: a few hundred KiB, a millisecond.
 */
const script = `
trap '' HUP INT TERM
pids=' '
while read -r op pid; do
  case $op in
    +) pids="$pids$pid " ;;
    -) case $pids in *" $pid "*) pids="\${pids%% $pid *} \${pids#* $pid }" ;; esac ;;
  esac
done
for pid in $pids; do kill -s KILL -- "-$pid" 2>/dev/null || kill -9 "-$pid" 2>/dev/null; done
marked() {
  if [ -r /proc/self/environ ]; then
    grep -lsF -- "$1/" /proc/[0-9]*/environ | while IFS=/ read -r _ _ pid _; do echo "$pid"; done
  else
    ps -axwwE -o pid=,command= 2>/dev/null | while read -r pid rest; do
      case $rest in *"$1/"*) echo "$pid" ;; esac
    done
  fi
}
for round in 1 2 3 4 5; do
  left=$(marked "$1")
  [ -z "$left" ] && break
  for pid in $left; do kill -s KILL "$pid" 2>/dev/null; done
done
rm -rf -- "$1"
`;

/**
 * Not needed on Windows: libuv puts every child that is not detached into a job object with
 * JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE (libuv, src/win/process.c).
 */
export function createReaper(directory: string | undefined): Reaper {
  if (directory === undefined) return { watch: () => undefined, forget: () => undefined, close: () => undefined };
  let child: ChildProcess | undefined;
  const send = (line: string): void => {
    child ??= start(directory);
    child.stdin?.write(`${line}\n`);
  };
  return {
    watch: (pid) => send(`+ ${pid}`),
    forget: (pid) => send(`- ${pid}`),
    close: () => child?.stdin?.end(),
  };
}

function start(directory: string): ChildProcess {
  const child = spawn('/bin/sh', ['-c', script, 'iisnode-reaper', directory], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without sh (some containers) only the interceptor's own watch remains.
  child.on('error', () => undefined);
  child.stdin?.on('error', () => undefined);
  child.unref();
  if (child.stdin !== null && 'unref' in child.stdin) (child.stdin as unknown as { unref(): void }).unref();
  return child;
}
