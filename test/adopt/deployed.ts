import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import type { ProbeReport } from '../../src/probe/index.js';
import { cliHere } from '../support/cli-here.js';

/** An app on an embedded IIS of its own. */
export interface Deployed {
  /** The app's own URL, with a slash at its end. */
  readonly url: string;
  /** What deploy has seen of the live app. */
  readonly seen: ProbeReport;
  /** How many processes have written a log: every app says something when it has started. */
  processes(): number;
  /** What the loader has written to the logs, each line once. */
  said(): readonly string[];
  /** Changes web.config, so that iisnode starts new processes. */
  recycle(): void;
  undeploy(): Promise<void>;
}

/** `iisnode-sock deploy --to embedded`, with a home beside the app's folder. The look at the live app is part of it. */
export async function deploy(folder: string, vdirPath: string, options: readonly string[] = []): Promise<Deployed> {
  const environment = homeBeside(folder);
  const args = [folder, '--to', 'embedded', '--path', vdirPath, '--json'];
  const made = await cliHere(['deploy', ...args, '--port', '0', ...options], { environment });
  expect(made, `${made.stdout}\n${made.stderr}`).toMatchObject({ code: 0 });
  const { url, probe: seen } = JSON.parse(made.stdout) as { url: string; probe: ProbeReport };
  const logs = path.join(folder, 'iisnode');
  return {
    url: url.endsWith('/') ? url : `${url}/`,
    seen,
    processes: () => new Set(readdirSync(logs).flatMap((file) => /-(\d+)-std(?:out|err)-/.exec(file)?.[1] ?? [])).size,
    said() {
      const files = (existsSync(logs) ? readdirSync(logs) : []).filter((file) => file.includes('-stderr-'));
      const lines = files.flatMap((file) => readFileSync(path.join(logs, file), 'utf8').split(/\r?\n/));
      return [...new Set(lines.flatMap((line) => /^iisnode-sock loader: (.*)$/.exec(line)?.[1] ?? []))];
    },
    recycle: () => appendFileSync(path.join(folder, 'web.config'), '\n'),
    async undeploy() {
      const { code, stderr } = await cliHere(['undeploy', ...args], { environment });
      expect(code, stderr).toBe(0);
    },
  };
}

/** The same of an app that does not work: deploy's error, with the steps of the look. It has undone everything. */
export async function failToDeploy(folder: string, vdirPath: string): Promise<FailedDeploy> {
  const environment = homeBeside(folder);
  // What the doctor sees in the files is refused before; here it is seen live.
  const args = ['deploy', folder, '--to', 'embedded', '--path', vdirPath, '--json', '--port', '0', '--force'];
  const { code, stdout, stderr } = await cliHere(args, { environment });
  expect(code, `${stdout}\n${stderr}`).toBe(1);
  const { error } = JSON.parse(stdout) as { error: FailedDeploy };
  expect(error.code).toBe('VERIFICATION_FAILED');
  const status = await cliHere(['status', '--to', 'embedded', '--json'], { environment });
  expect(status.stdout).not.toContain(folder);
  return error;
}

interface FailedDeploy {
  readonly code: string;
  readonly what: string;
  readonly why: string;
  readonly next: string;
}

export function homeBeside(folder: string): { readonly IISNODE_SOCK_HOME: string; readonly NODE_ENV: undefined } {
  const environment = { IISNODE_SOCK_HOME: path.join(folder, '..', 'home'), NODE_ENV: undefined };
  onTestFinished(async () => void (await stopBackgroundHost(openHome(environment))));
  return environment;
}
