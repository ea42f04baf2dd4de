import { probes } from './probes.js';
import { answersOf, batches } from './scripts.js';
import type { AppOnServer, Probe, Question, ServerAnswer, ServerLook, ServerRun, ServerSeen } from './types.js';

interface LookOptions {
  /** The app that is to run there. */
  readonly app?: AppOnServer | undefined;
  /** How long a program of the server may take, ms. */
  readonly patience?: number;
}

/** PowerShell alone may need some seconds to start. */
const usualPatience = 15_000;

/** What a probe learned: data, or the reason why there is none. */
type Learned = ServerSeen | string;

/** A probe with its question. */
interface Asked {
  readonly probe: Probe;
  readonly question: Question;
}

/**
 * Asks a server all questions of the probes at once: programs of Windows, each under a limit of time. What cannot be seen (a right that
 * is missing, a program that is not there or gives no answer) is said in `notSeen`. Changes nothing on the server, and never throws.
 *
 * @param run Runs a program on the server.
 */
export async function lookAtServer(run: ServerRun, options: LookOptions = {}): Promise<ServerLook> {
  const { app, patience = usualPatience } = options;
  const asked = probes.flatMap((probe): Asked[] => {
    const question = probe.ask(app);
    return question === undefined ? [] : [{ probe, question }];
  });
  const ask = (program: readonly string[], args: readonly string[]) => withinTime(run, program, args, patience);
  const answers = await Promise.all([
    ...asked.flatMap(({ probe, question }) =>
      'script' in question
        ? []
        : [ask(question.program, question.args).then((answer) => [fromProgram(probe, answer, app)])],
    ),
    ...batches(asked.flatMap(({ probe, question }) => ('script' in question ? [{ probe, ...question }] : []))).map(
      ({ program, args, probes: together }) => ask(program, args).then((answer) => fromScripts(together, answer, app)),
    ),
  ]);
  const learned = new Map(answers.flat());
  let seen: ServerSeen = {};
  const reasons = new Map<string, string[]>();
  for (const { probe } of asked) {
    const answer = learned.get(probe) ?? {};
    if (typeof answer === 'string') reasons.set(answer, [...(reasons.get(answer) ?? []), probe.about]);
    else seen = { ...seen, ...answer, ...togetherIn(seen, answer) };
  }
  return { seen, notSeen: [...reasons].map(([reason, abouts]) => `${abouts.join(', ')}: ${reason}`) };
}

/** Several probes see rights and events. */
const togetherIn = (seen: ServerSeen, { rights, events }: ServerSeen): ServerSeen => ({
  ...(rights && { rights: [...(seen.rights ?? []), ...rights] }),
  ...(events && { events: [...(seen.events ?? []), ...events].sort((one, other) => (one.at < other.at ? 1 : -1)) }),
});

type Answer = ServerAnswer | string;

/** An answer of which nothing could be read is none. */
const understood = (seen: ServerSeen): Learned =>
  Object.values(seen).some((value) => value !== undefined) ? seen : 'its answer was not understood';

function fromProgram(probe: Probe, answer: Answer, app: AppOnServer | undefined): readonly [Probe, Learned] {
  if (typeof answer === 'string') return [probe, answer];
  const isAnswer = answer.exitCode === 0 || probe.answers?.test(answer.stdout);
  return [probe, isAnswer ? understood(probe.read(answer.stdout, app)) : reasonOf(answer.exitCode, answer.stdout)];
}

/** Of one process of PowerShell: a probe that fails leaves the others as they are. */
function fromScripts(
  together: readonly Probe[],
  answer: Answer,
  app: AppOnServer | undefined,
): readonly (readonly [Probe, Learned])[] {
  if (typeof answer === 'string') return together.map((probe) => [probe, answer]);
  const texts = answersOf(answer.stdout);
  return together.map((probe, index) => {
    const text = texts[index];
    if (text === undefined) return [probe, reasonOf(answer.exitCode, answer.stdout)];
    return [probe, 'failed' in text ? reasonOf(0, text.failed) : understood(probe.read(text.printed, app))];
  });
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
