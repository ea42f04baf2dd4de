import path from 'node:path';
import { readIfThereSync, writeFileAtomic } from '../../files/index.js';
import type { Home } from '../../host/index.js';
import type { FarRequest } from '../releases/journalled.js';

/** What was begun for another machine. */
export interface BegunRequest {
  /** As the client names it. */
  readonly deployment: string;
  /** The folder with its journal. */
  readonly base: string;
  /** The release that was to be live. */
  readonly release?: string;
}

const fileOf = ({ directory }: Home): string => path.join(directory, 'requests.json');
const longestFile = 1024 * 1024;
/** Who has lost a connection asks soon. */
const mostKept = 50;

/** A request of another machine. It is written down before it changes anything: a process that is killed leaves no line in the journal. */
export const farRequest = (home: Home, deployment: string): FarRequest => ({
  deployment,
  begins: (base, release) =>
    save(home, [...others(home, deployment), { deployment, base, ...(release !== undefined && { release }) }]),
  changedNothing: () => save(home, others(home, deployment)),
});

/** undefined: it had not begun to change anything, or it has changed nothing. */
export const begunRequest = (home: Home, deployment: string): BegunRequest | undefined =>
  read(home).find((one) => one.deployment === deployment);

const others = (home: Home, deployment: string): readonly BegunRequest[] =>
  read(home).filter((one) => one.deployment !== deployment);

const save = (home: Home, all: readonly BegunRequest[]): Promise<void> =>
  writeFileAtomic(fileOf(home), `${JSON.stringify(all.slice(-mostKept))}\n`);

function read(home: Home): readonly BegunRequest[] {
  try {
    const value: unknown = JSON.parse(readIfThereSync(fileOf(home), longestFile)?.toString('utf8') ?? '[]');
    return Array.isArray(value) ? value.filter(isRequest) : [];
  } catch {
    return []; // it is no list that this program has written
  }
}

const isRequest = (value: unknown): value is BegunRequest => {
  const { deployment, base } = (value ?? {}) as Partial<BegunRequest>;
  return typeof deployment === 'string' && typeof base === 'string';
};
