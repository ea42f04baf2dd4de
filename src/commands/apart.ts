import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { App } from '../app/index.js';
import { interrupted, UserError, type UserErrorOptions } from '../errors.js';
import type { Examined, ReadApart } from './read-apart.js';

/** So many files of an app are read in the time of a request. */
const fewFiles = 200;

/**
 * What the doctor says of an app that this process serves: read in a thread of its own where it is large, because the host answers nothing while
 * thousands of files are read.
 *
 * @throws what the doctor throws; UserError INTERRUPTED once the signal is aborted.
 */
export async function examineApart<Kind extends keyof Examined>(
  app: App,
  what: ReadApart & { readonly kind: Kind },
  signal: AbortSignal,
): Promise<Examined[Kind]> {
  const file = app.folder.files.length > fewFiles ? builtFile() : undefined;
  if (file !== undefined) return inThread<Examined[Kind]>(file, what, signal);
  const { readApart } = await import('./read-apart.js');
  return (await readApart(what)) as Examined[Kind];
}

function inThread<Result>(file: string, what: ReadApart, signal: AbortSignal): Promise<Result> {
  if (signal.aborted) return Promise.reject(interrupted());
  const worker = new Worker(file, { workerData: what });
  worker.unref();
  return new Promise<Result>((resolve, reject) => {
    const stop = (): void => {
      void worker.terminate();
      reject(interrupted());
    };
    signal.addEventListener('abort', stop, { once: true });
    worker.once('message', resolve);
    worker.once('error', (error) => reject(asThrown(error)));
    worker.once('exit', () => {
      signal.removeEventListener('abort', stop);
      reject(new Error('The thread that examined the app ended without a result.'));
    });
  });
}

/** An error comes from a thread with its fields, but without its class. */
const asThrown = (error: Error & Partial<UserErrorOptions & { readonly code: string }>): Error => {
  const { name, code, what, why, next } = error;
  if (name !== 'UserError' || code === undefined || what === undefined || why === undefined || next === undefined)
    return error;
  return new UserError(code, { ...error, what, why, next });
};

/** In dist/, beside the bundle's chunks; from the sources, the built file where there is one. */
function builtFile(): string | undefined {
  const here = path.dirname(fileURLToPath(import.meta.url));
  return [path.join(here, 'apart.js'), path.join(here, '..', '..', 'dist', 'apart.js')].find((file) =>
    existsSync(file),
  );
}
