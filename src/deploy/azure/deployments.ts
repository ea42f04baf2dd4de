import { openHome } from '../../host/index.js';
import { beforeChanges } from './ending.js';
import { hashIn, KeptPackages } from './kept-packages.js';
import type { KuduDeployment } from './kudu.js';
import { type Patience, patienceOf, timeToLook } from './patience.js';
import { openAzure } from './session.js';

/** A deployment of App Service, as plain data. */
export interface AzureDeployment {
  readonly id: string;
  readonly state: 'pending' | 'building' | 'deploying' | 'failed' | 'done' | 'unknown';
  /** Its files are in wwwroot. */
  readonly live: boolean;
  /** When it began and ended; ISO 8601. */
  readonly received: string | undefined;
  readonly ended: string | undefined;
  readonly author: string;
  readonly message: string;
  /** Of its package; undefined: another program made it. */
  readonly hash: string | undefined;
  /** This machine has its package: `rollback` can deploy it again. */
  readonly kept: boolean;
}

/** An app of App Service, or one of its slots, as plain data. */
export interface AzureDeployments {
  readonly target: 'azure';
  readonly app: string;
  readonly slot?: string;
  /** The URL of the app, or of the slot, and the host of Kudu. */
  readonly url: string;
  readonly scm: string;
  /** Newest first. */
  readonly deployments: readonly AzureDeployment[];
  /** The last lines of the log of the newest one, where it has failed or has not ended. */
  readonly log: readonly string[];
}

/** What names an app of App Service. */
export interface AzureAsked {
  readonly to: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  readonly signal?: AbortSignal;
  /** Receives a sentence when App Service is waited for. */
  readonly onWait?: (sentence: string) => void;
}

/** ms for reading. */
const timeToRead = 120_000;
const mostLines = 10;

/** Reads only. @throws UserError for the address, the credentials, and where Kudu cannot be asked. */
export async function azureDeployments(asked: AzureAsked): Promise<AzureDeployments> {
  const { to, environment = process.env, signal = new AbortController().signal, onWait = () => undefined } = asked;
  try {
    return await read(to, environment, patienceOf(timeToRead, signal, { question: timeToLook, onWait }));
  } catch (error) {
    throw beforeChanges(error, signal);
  }
}

async function read(
  to: string,
  environment: NonNullable<AzureAsked['environment']>,
  patience: Patience,
): Promise<AzureDeployments> {
  const session = await openAzure(to, environment, patience);
  const { kudu, access, site } = session;
  const { app, slot } = access.address;
  const kept = new KeptPackages(openHome(environment), access.address);
  const all = await kudu.deployments();
  const [newest] = all;
  const isOfInterest = newest !== undefined && (!newest.complete || newest.status !== 4);
  const log = isOfInterest ? (await kudu.log(newest.id)).map(({ text }) => text).filter((text) => text !== '') : [];
  return {
    target: 'azure',
    app,
    ...(slot !== undefined && { slot }),
    url: site.href,
    scm: kudu.host,
    deployments: all.map((one) => shown(one, kept)),
    log: log.slice(-mostLines),
  };
}

const states = ['pending', 'building', 'deploying', 'failed', 'done'] as const;

function shown(
  { id, status, active, received, ended, author, message }: KuduDeployment,
  kept: KeptPackages,
): AzureDeployment {
  const hash = hashIn(message);
  const state = states[status] ?? 'unknown';
  return {
    id,
    state,
    live: active,
    received,
    ended,
    author,
    message,
    hash,
    kept: hash !== undefined && kept.has(hash),
  };
}
