import path from 'node:path';
import type { ServerCopy } from '../../app/index.js';
import { interrupted } from '../../errors.js';
import { inScratchFolder } from '../../files/index.js';
import type { HostEvent, HostOptions, RunningHost } from '../../host/index.js';
import type { HttpPlatformSettings } from '../../pipeline/sections/index.js';
import type { AppSources, ProbeStep } from '../../probe/index.js';
import { withoutEnd } from '../../trimmed.js';
import { type IisnodeSettings, isSamePath, type SiteApp } from '../../webconfig/index.js';
import { withoutCutSteps } from './cut-steps.js';
import { isOfModule } from './module-failure.js';
import { type Observations, observed, readObservations } from './observations.js';

export interface TrialOptions {
  /** Absolute physical path of the app. */
  readonly directory: string;
  /** '/' or '/dante'. */
  readonly vdirPath: string;
  /** The other applications of its site. */
  readonly apps?: readonly SiteApp[] | undefined;
  /** A copy of the server's applicationHost.config, which says what is configured above the app. */
  readonly server?: ServerCopy | undefined;
  /** Entry points, asked for as pages where the app's own URL has none. */
  readonly pages: readonly string[];
  /** The URL of plain WebSockets below the app's own. */
  readonly plainRoute?: string | undefined;
  /** What the app's sources say of its page and its sockets. */
  readonly sources?: (() => AppSources) | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** How long a trial may take in all, ms; 15000 by default. */
  readonly limit?: number | undefined;
  /** Ends the trial: UserError INTERRUPTED. */
  readonly signal?: AbortSignal | undefined;
}

/** What happened in a trial. */
export interface TrialRun {
  /** The app's URL in the trial. */
  readonly url: string;
  readonly ms: number;
  /** How long the app had to listen, ms. */
  readonly patience: number;
  /** Where a module of IIS makes the app listen: on a pipe of iisnode, on a port of HttpPlatformHandler; undefined: none was started. */
  readonly listensOn: 'pipe' | 'port' | undefined;
  /** What the host said. */
  readonly events: readonly HostEvent[];
  /** What a browser would have seen; steps that the end of the time cut off are not among them. */
  readonly steps: readonly ProbeStep[];
  readonly seen: Observations;
  /** What the app's sources say; undefined where they were not read. */
  readonly sources: AppSources | undefined;
  /** The copy of applicationHost.config that configured the server. */
  readonly apphost: string | undefined;
}

const usualLimit = 15_000;
/** The part of the limit that is kept for ending the processes, ms. */
const endingTime = 1_500;
/** How long the host may take to say why a process ended whose pipe broke, ms. */
const lastWordsTime = 500;

/**
 * Starts an app in the embedded IIS on a free port of this machine and asks it what a browser would ask. Its folder gets no logs,
 * it reaches no other machine, and it has ended with everything that it started when the promise settles.
 * @throws UserError INTERRUPTED, TEMPORARY_FOLDER_NOT_WRITABLE; the errors of `startHost`, such as ConfigError.
 */
export function runTrial(options: TrialOptions): Promise<TrialRun> {
  return inScratchFolder('trial', (scratch) => trialIn(scratch, options));
}

async function trialIn(scratch: string, options: TrialOptions): Promise<TrialRun> {
  const { directory, vdirPath, apps = [], server, signal, limit = usualLimit } = options;
  if (signal?.aborted) throw stopped();
  const began = performance.now();
  const { serveCopy, serveSite, startHost } = await import('../../host/index.js'); // loaded here: most commands of the doctor start nothing
  const record = path.join(scratch, 'observed.jsonl');
  const patience = Math.round(limit * 0.57);
  const events: HostEvent[] = [];
  let listensOn: TrialRun['listensOn'];
  const environment = observed(options.environment, record);
  const host = await startHost({
    loadConfig:
      server === undefined
        ? serveSite({
            directory,
            vdirPath,
            apps: apps.filter(({ path: each }) => !isSamePath(each, vdirPath)),
            environment,
          })
        : serveCopy(server, directory),
    listen: { host: '127.0.0.1', port: 0, ...(server && { siteName: server.site }) },
    environment,
    ...shortened(path.join(scratch, 'logs'), patience, (where) => {
      listensOn = where;
    }),
    onEvent: (event) => events.push(event),
  });
  const url = `${host.addresses[0]?.origin ?? ''}${encodeURI(`${withoutEnd(vdirPath, '/')}/`)}`;
  const end = new AbortController();
  const stop = (): void => end.abort();
  const timer = setTimeout(stop, limit - endingTime);
  signal?.addEventListener('abort', stop, { once: true });
  let steps: readonly ProbeStep[] = [];
  try {
    if (signal?.aborted) throw stopped(); // while the host started
    steps = await look(url, options, end.signal, limit);
    await lastWords(events, steps, end.signal);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
    await close(host);
  }
  if (signal?.aborted) throw stopped();
  const ms = Math.round(performance.now() - began);
  const sources = steps.every(({ ok }) => ok) ? undefined : options.sources?.();
  return {
    url,
    ms,
    patience,
    listensOn,
    events,
    steps,
    seen: readObservations(record),
    sources,
    apphost: server?.file,
  };
}

/** The settings of the modules in a trial; `onStart` is told which of them starts the app. */
const shortened = (
  logDirectory: string,
  patience: number,
  onStart: (listensOn: TrialRun['listensOn']) => void,
): Required<Pick<HostOptions, 'iisnode' | 'httpPlatform'>> => ({
  iisnode: (configured) => {
    onStart('pipe');
    return settingsOfTrial(configured, logDirectory, patience);
  },
  httpPlatform: (configured) => {
    onStart('port');
    return platformOfTrial(configured, patience);
  },
});

/** The configured settings, except what would write into the app's folder or wait longer than a trial may take. */
function settingsOfTrial(
  { nodeProcessCountPerApplication: processes, ...configured }: IisnodeSettings,
  logDirectory: string,
  patience: number,
): Partial<IisnodeSettings> {
  const { namedPipeConnectionRetryDelay: delay, maxNamedPipeConnectionRetry: retries } = configured;
  return {
    logDirectory,
    // Two processes that take turns already show what more of them would.
    nodeProcessCountPerApplication: Math.min(processes, 2),
    maxNamedPipeConnectionRetry: delay > 0 ? Math.min(retries, Math.ceil(patience / delay)) : retries,
    // A long answer is cut off at the end, and nothing is recycled in between.
    watchedFiles: '',
    recycleSignalEnabled: false,
  };
}

/** The same for HttpPlatformHandler: no log in the app's folder, one try, and no longer than a trial may take. */
function platformOfTrial(
  { processesPerApplication: processes, startupTimeLimit }: HttpPlatformSettings,
  patience: number,
): Partial<HttpPlatformSettings> {
  return {
    stdoutLogEnabled: false,
    processesPerApplication: Math.min(processes, 2),
    startupTimeLimit: Math.min(startupTimeLimit, patience / 1000),
    startupRetryCount: 1,
    recycleOnFileChange: [],
  };
}

async function look(
  url: string,
  { pages, plainRoute, sources }: TrialOptions,
  signal: AbortSignal,
  limit: number,
): Promise<readonly ProbeStep[]> {
  const { probeApp } = await import('../../probe/index.js');
  const began = performance.now();
  let ended: number | undefined;
  const note = (): void => {
    ended = performance.now() - began;
  };
  if (signal.aborted) note();
  signal.addEventListener('abort', note, { once: true });
  const { steps } = await probeApp(url, {
    pages,
    servesHttps: false,
    // With two processes that take turns, the chance that all polls reach the right one is 1 in 1000.
    polls: 10,
    timeout: Math.round(limit * 0.25),
    firstTimeout: Math.round(limit * 0.65),
    eventTimeout: 300,
    signal,
    ...(plainRoute !== undefined && { plainRoute }),
    ...(sources && { sources }),
  });
  return withoutCutSteps(steps, ended);
}

/** The client gets its answer shortly before the host knows why a process ended. */
async function lastWords(
  events: readonly HostEvent[],
  steps: readonly ProbeStep[],
  signal: AbortSignal,
): Promise<void> {
  const isBroken = steps.some(({ ok, symptom }) => !ok && isOfModule(symptom));
  for (let waited = 0; isBroken && waited < lastWordsTime && !signal.aborted; waited += 10) {
    if (events.some(({ level }) => level === 'error')) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** In any case: a process that survived would be worse than an error. */
const close = (host: RunningHost): Promise<void> => host.close();

const stopped = (): Error =>
  interrupted({
    why: 'You (or the system) asked the command to stop; it ended the app that it had started, and changed nothing.',
  });
