import { readdirSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../../files/index.js';
import type { Home } from '../../host/index.js';
import type { AzureAddress } from './address.js';

/** How many packages of an app are kept on this machine. */
export const keptPackages = 5;

/**
 * The packages of an app that were deployed from this machine, by their hash: App Service itself keeps no former package. A swap exchanges
 * what slots have, so all slots of an app have the same folder.
 */
export class KeptPackages {
  readonly folder: string;

  constructor({ directory }: Pick<Home, 'directory'>, { app }: AzureAddress) {
    this.folder = path.join(directory, 'azure', app.toLowerCase());
  }

  fileOf(hash: string): string {
    return path.join(this.folder, `${hash}.zip`);
  }

  /** The package with the hash that a deployment's message has; undefined: it is not here. */
  find(message: string): string | undefined {
    const hash = hashIn(message);
    return hash !== undefined && this.has(hash) ? this.fileOf(hash) : undefined;
  }

  has(hash: string): boolean {
    return statSync(this.fileOf(hash), { throwIfNoEntry: false })?.isFile() === true;
  }

  /** @throws WriteError. */
  make(): void {
    makeFolder(this.folder, 0o700);
  }

  /** Removes the oldest: those that were used last stay, and those named. What cannot be removed stays. */
  prune(...used: readonly string[]): void {
    try {
      const now = new Date();
      for (const hash of used.filter((one) => this.has(one))) utimesSync(this.fileOf(hash), now, now);
      const all = readdirSync(this.folder).filter((name) => /^[0-9a-f]{64}\.zip$/.test(name));
      const timed = all.map((name) => ({ name, at: statSync(path.join(this.folder, name)).mtimeMs }));
      timed.sort((one, other) => other.at - one.at);
      for (const { name } of timed.slice(keptPackages)) unlinkSync(path.join(this.folder, name));
    } catch {
      // A full or foreign folder: the next deployment tries again.
    }
  }
}

/** The beginning of the messages of deployments that this program makes. */
const marked = /^iisnode-sock sha256:([0-9a-f]{64})\b/;

/** The hash of the package in a deployment's message; undefined: another program made the deployment. */
export const hashIn = (message: string): string | undefined => marked.exec(message)?.[1];
