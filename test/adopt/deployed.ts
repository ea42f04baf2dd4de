import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { cli } from '../support/cli.js';

/** An app on an embedded IIS of its own. */
export interface Deployed {
  /** The app's own URL, with a slash at its end. */
  readonly url: string;
  /** How many processes have written a log: every app says something when it has started. */
  processes(): number;
  /** What the loader has written to the logs, each line once. */
  said(): readonly string[];
  /** Changes web.config, so that iisnode starts new processes. */
  recycle(): void;
  undeploy(): Promise<void>;
}

/** `iisnode-sock deploy --to embedded`, with a home beside the app's folder. */
export async function deploy(folder: string, vdirPath: string): Promise<Deployed> {
  const environment = { IISNODE_SOCK_HOME: path.join(folder, '..', 'home'), NODE_ENV: undefined };
  onTestFinished(async () => void (await stopBackgroundHost(openHome(environment))));
  const args = [folder, '--to', 'embedded', '--path', vdirPath, '--json'];
  const made = await cli(['deploy', ...args, '--port', '0', '--no-verify'], { environment });
  expect(made, `${made.stdout}\n${made.stderr}`).toMatchObject({ code: 0 });
  const { url } = JSON.parse(made.stdout) as { url: string };
  const logs = path.join(folder, 'iisnode');
  return {
    url: url.endsWith('/') ? url : `${url}/`,
    processes: () => new Set(readdirSync(logs).flatMap((file) => /-(\d+)-std(?:out|err)-/.exec(file)?.[1] ?? [])).size,
    said() {
      const files = readdirSync(logs).filter((file) => file.includes('-stderr-'));
      const lines = files.flatMap((file) => readFileSync(path.join(logs, file), 'utf8').split(/\r?\n/));
      return [...new Set(lines.flatMap((line) => /^iisnode-sock loader: (.*)$/.exec(line)?.[1] ?? []))];
    },
    recycle: () => appendFileSync(path.join(folder, 'web.config'), '\n'),
    async undeploy() {
      const { code, stderr } = await cli(['undeploy', ...args], { environment });
      expect(code, stderr).toBe(0);
    },
  };
}
