import { platformCommand, StartFailed } from '../host/facts/index.js';
import { httpPlatformAt, type Journey, stepAt } from '../pipeline/index.js';
import type { HttpPlatformSettings } from '../pipeline/sections/index.js';
import { encodePath, encodeQuery } from '../rewrite/index.js';
import { spellingOf, type Tracing } from './tracing.js';
import type { TraceOutcome } from './types.js';

/** A port of those that the module draws: what it will be is not known before. */
const somePort = 10_000;

/** What HttpPlatformHandler would do: what it starts, the URL that the process sees, and how many processes there are. */
export function httpPlatformForecast({ decision, steps, environment }: Tracing, base: TraceOutcome): TraceOutcome {
  const { journey } = decision;
  const root = journey.snapshot.at(journey.site, journey.config.at.application.path);
  const settings = httpPlatformAt(root);
  const { origin } = settings;
  const words = [settings.processPath, settings.arguments].filter((text) => text !== '').join(' ');
  const result = `${journey.request.method} ${urlForProcess(journey)}`;
  const note = (step: Parameters<typeof stepAt>[1]): void => void steps.push(stepAt('http-platform', step, origin));
  note({ input: words, result, note: processesNote(settings) });
  try {
    const { script } = platformCommand(settings, { port: somePort, folder: root.at.physicalPath, environment });
    return { ...base, script: spellingOf(journey, script) };
  } catch (error) {
    if (!(error instanceof StartFailed)) throw error;
    const answer = settings.version === 2 ? '502.5' : '502.3';
    note({ note: `${error.message} on this machine: on a machine without it HttpPlatformHandler answers ${answer}` });
    return base;
  }
}

/** `2 processes, round robin: no sticky sessions` */
function processesNote({ processesPerApplication: count }: HttpPlatformSettings): string {
  const port = 'each with a port of its own in HTTP_PLATFORM_PORT';
  return count === 1
    ? '1 process, its port in HTTP_PLATFORM_PORT'
    : `${count} processes, ${port}, round robin: no sticky sessions`;
}

const urlForProcess = ({ path, query }: Journey): string =>
  query === '' ? encodePath(path) : `${encodePath(path)}?${encodeQuery(query)}`;
