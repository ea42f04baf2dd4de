import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { openHome, stopBackgroundHost } from '../../src/host/index.js';
import { cli, temporaryFolder } from '../support/cli.js';
import { linkPackages } from './packages.js';

const appsFolder = path.join(import.meta.dirname, 'apps');
export const appFolders = readdirSync(appsFolder);

/** A copy of an app of apps/ with its packages, gone when the test ends. */
export interface Copy {
  readonly folder: string;
  /** Files of the app that are not as they were. */
  changed(): readonly string[];
}

export async function copyOf(name: string): Promise<Copy> {
  const { folder: parent, remove } = await temporaryFolder();
  onTestFinished(remove);
  const folder = path.join(parent, name);
  cpSync(path.join(appsFolder, name), folder, { recursive: true });
  const hashes = hashesIn(folder);
  linkPackages(folder);
  return {
    folder,
    changed: () => [...hashes].flatMap(([file, hash]) => (hashOf(path.join(folder, file)) === hash ? [] : [file])),
  };
}

const hashesIn = (folder: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile())
      .map((each) => path.join(each.parentPath, each.name))
      .map((file) => [path.relative(folder, file), hashOf(file)]),
  );

const hashOf = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

/** An app on an embedded IIS of its own. */
export interface Deployed {
  /** The app's own URL, with a slash at its end. */
  readonly url: string;
  /** The processes of it that have said something, by their logs. */
  processes(): number;
  /** Makes iisnode start new processes. */
  recycle(): void;
  undeploy(): Promise<void>;
}

/** `iisnode-sock deploy --to embedded`, with a home beside the app's folder. */
export async function deploy(folder: string, vdirPath: string): Promise<Deployed> {
  const environment = { IISNODE_SOCK_HOME: path.join(folder, '..', 'home') };
  onTestFinished(async () => void (await stopBackgroundHost(openHome(environment))));
  const args = [folder, '--to', 'embedded', '--path', vdirPath, '--json'];
  const made = await cli(['deploy', ...args, '--port', '0', '--no-verify'], { environment });
  expect(made, `${made.stdout}\n${made.stderr}`).toMatchObject({ code: 0 });
  const { url } = JSON.parse(made.stdout) as { url: string };
  return {
    url: url.endsWith('/') ? url : `${url}/`,
    processes: () =>
      new Set(
        readdirSync(path.join(folder, 'iisnode'))
          .map((file) => /-(\d+)-std(?:out|err)-\d+\.txt$/.exec(file)?.[1])
          .filter((pid) => pid !== undefined),
      ).size,
    recycle() {
      appendFileSync(path.join(folder, 'web.config'), '\n');
    },
    async undeploy() {
      const { code, stderr } = await cli(['undeploy', ...args], { environment });
      expect(code, stderr).toBe(0);
    },
  };
}
