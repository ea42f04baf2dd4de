import path from 'node:path';
import { type Listen, readEcosystem } from '../../source/index.js';
import { activeListens } from './active-listens.js';
import { inEnvFile } from './env-file.js';
import type { FileFacts } from './facts.js';

type Pm2App = ReturnType<typeof readEcosystem>[number];

/** A program of the app as pm2 starts it. */
export interface Pm2Program {
  /** The file of pm2, relative to the app. */
  readonly file: string;
  readonly app: Pm2App;
  /** The same program as `--env production`, or another name in the file, starts it. */
  readonly others: readonly Pm2App[];
}

const filesOfPm2 = /^(?:ecosystem(?:\.config)?|pm2(?:\.config)?|process(?:es)?)\.(?:[cm]?js|json|ya?ml)$/i;

/** Environments of one file. */
const mostNames = 5;

/** The program that pm2 starts for the app; undefined where its files have none, or several that may be meant. */
export function pm2Program({ folder, entries }: FileFacts): Pm2Program | undefined {
  const all = folder.files
    .filter((name) => filesOfPm2.test(name))
    .flatMap((file) => {
      const text = folder.read(file) ?? '';
      const read = (environment?: string) => readEcosystem({ file: path.join(folder.root, file), text }, environment);
      const named = [...new Set([...text.matchAll(/\benv_(\w+)/g)].map(([, name]) => name))]
        .slice(0, mostNames)
        .map(read);
      return read().flatMap((app, at) =>
        app.isJob ? [] : [{ file, app, others: named.flatMap((apps) => apps[at] ?? []) }],
      );
    });
  const names = entries.map(({ name }) => path.posix.basename(name).toLowerCase());
  const own = all.filter(({ app }) => names.some((name) => app.command.toLowerCase().includes(name)));
  const meant = own.length > 0 ? own : all;
  return meant.length === 1 ? meant[0] : undefined;
}

/** A port on which the app listens, and what gives it where the code does not. */
export interface ServicePort {
  readonly port: number;
  /** 'PORT of ecosystem.config.js'; undefined where the code has the number. */
  readonly from: string | undefined;
}

/** The one port on which all servers of the app listen when a service starts them; undefined where the files do not say it. */
export function servicePort(facts: FileFacts): ServicePort | undefined {
  const { server } = facts;
  const ports = activeListens(facts).map((listen) => portOf(facts, listen));
  const [first] = ports;
  return server.isWhole && first !== undefined && ports.every((each) => each?.port === first.port) ? first : undefined;
}

function portOf(facts: FileFacts, { port, variable }: Listen): ServicePort | undefined {
  if (port.kind === 'literal')
    return Number(port.value) > 0 ? { port: Number(port.value), from: undefined } : undefined;
  if (variable === undefined) return undefined;
  const pm2 = pm2Program(facts);
  const given = pm2?.app.env[variable];
  if (pm2?.others.some(({ env }) => env[variable] !== given)) return undefined;
  if (pm2 !== undefined && given !== undefined) return numbered(given, `${variable} of ${pm2.file}`);
  const loadsFile = facts.server.modules.has('dotenv') || facts.server.modules.has('dotenv/config');
  return loadsFile ? numbered(inEnvFile(facts.folder.read('.env'), variable)?.value, `${variable} of .env`) : undefined;
}

const numbered = (text: string | undefined, from: string): ServicePort | undefined =>
  text !== undefined && /^\d{1,5}$/.test(text) ? { port: Number(text), from } : undefined;
