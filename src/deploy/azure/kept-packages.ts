import { readdirSync, rmSync, statSync, unlinkSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { makeFolder, readIfThereSync, writeFileAtomic } from '../../files/index.js';
import type { Home } from '../../host/index.js';
import type { AzureAddress } from './address.js';

/** What a rollback has begun: it is written down before, and removed at its end. */
export interface BegunRollback {
  /** The deployment that is to be live. */
  readonly release?: { readonly id: string; readonly message: string };
  /** The slot is swapped with production, which had the deployment with this message. */
  readonly swappedFrom?: string;
}

/** How many packages of an app are kept on this machine. */
export const keptPackages = 5;
const longestText = 64 * 1024;

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

  get #begunFile(): string {
    return path.join(this.folder, 'rollback.json');
  }

  /** What a rollback that was killed had begun; undefined: none was. */
  begun(): BegunRollback | undefined {
    try {
      const value: unknown = JSON.parse(readIfThereSync(this.#begunFile, longestText)?.toString('utf8') ?? 'null');
      return typeof value === 'object' && value !== null ? value : undefined;
    } catch {
      return undefined; // not what this program has written
    }
  }

  /** @throws WriteError. */
  async begin(rollback: BegunRollback): Promise<void> {
    await writeFileAtomic(this.#begunFile, JSON.stringify(rollback));
  }

  ended(): void {
    rmSync(this.#begunFile, { force: true });
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
