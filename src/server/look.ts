import { probes } from './probes.js';
import { answersOf, type Batch, batches } from './scripts.js';
import type { Probe, ServerLook, ServerRun, ServerSeen } from './types.js';

interface LookOptions {
  /** How long a program of the server may take, ms. */
  readonly patience?: number;
}

/** PowerShell alone may need some seconds to start. */
const usualPatience = 15_000;

/** What one probe learned: data, or the reason why there is none. */
type Learned = ServerSeen | string;

/**
 * Asks a server all questions of the probes at once: programs of Windows, each under a limit of time. What cannot be seen (a right that
 * is missing, a program that is not there or gives no answer) is said in `notSeen`. Changes nothing on the server, and never throws.
 *
 * @param run Runs a program on the server.
 */
export async function lookAtServer(run: ServerRun, options: LookOptions = {}): Promise<ServerLook> {
  const { patience = usualPatience } = options;
  const learned = new Map<Probe, Learned>();
  const scripted = probes.flatMap((probe) => {
    const question = probe.ask();
    return 'script' in question ? [{ probe, script: question.script }] : [];
  });
  await Promise.all([
    ...probes.map((probe) => askProgram(probe, run, patience, learned)),
    ...batches(scripted).map((batch) => askBatch(batch, run, patience, learned)),
  ]);
  let seen: ServerSeen = {};
  const notSeen: string[] = [];
  for (const probe of probes) {
    const answer = learned.get(probe);
    if (typeof answer === 'string') notSeen.push(`${probe.about}: ${answer}`);
    else seen = { ...seen, ...answer };
  }
  return { seen, notSeen };
}

async function askProgram(probe: Probe, run: ServerRun, patience: number, learned: Map<Probe, Learned>): Promise<void> {
  const question = probe.ask();
  if ('script' in question) return;
  const answer = await withinTime(run, question.program, question.args, patience);
  if (typeof answer === 'string') learned.set(probe, answer);
  else if (answer.exitCode === 0 || probe.answers?.test(answer.stdout)) learned.set(probe, probe.read(answer.stdout));
  else learned.set(probe, reasonOf(answer.exitCode, answer.stdout));
}

/** One process of PowerShell for several probes; one that fails leaves the others as they are. */
async function askBatch(
  batch: Batch<Probe>,
  run: ServerRun,
  patience: number,
  learned: Map<Probe, Learned>,
): Promise<void> {
  const answer = await withinTime(run, batch.program, batch.args, patience);
  const texts = typeof answer === 'string' ? [] : answersOf(answer.stdout);
  for (const [index, probe] of batch.probes.entries()) {
    const text = texts[index];
    if (text === undefined)
      learned.set(probe, typeof answer === 'string' ? answer : reasonOf(answer.exitCode, answer.stdout));
    else if ('failed' in text) learned.set(probe, reasonOf(0, text.failed));
    else learned.set(probe, probe.read(text.printed));
  }
}

/** The answer, or the reason why there is none. */
async function withinTime(run: ServerRun, program: readonly string[], args: readonly string[], patience: number) {
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => {
      resolve(`no answer within ${patience / 1000} s`);
      ending.abort();
    }, patience);
  });
  const answer = run(program, args, { signal: ending.signal }).catch((error: unknown) => {
    const { code, message } = error as { code?: unknown; message?: unknown };
    return reasonOf(code, String(message ?? error));
  });
  return await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

/** One clause: a right that is missing, or what the program said. */
function reasonOf(code: unknown, said: string): string {
  if (code === 'ENOENT') return 'its program is not on the server';
  if (
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 5 ||
    /access is denied|UnauthorizedAccess|SecurityException/i.test(said)
  )
    return 'this user has no right to see it';
  const [line = ''] = said.trim().split(/\r\n|\r|\n/);
  return line === '' ? `its program ended with ${String(code)}` : line.slice(0, 200);
}
