import { existsSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import path from 'node:path';
import { placeOfApp } from '../app/place/index.js';
import { UserError } from '../errors.js';
import { hostStatus, lookTime, openHome, serveSite, servesOf } from '../host/facts/index.js';
import { withoutEnd } from '../trimmed.js';
import type { CommandContext } from './context.js';
import { type AppAt, appAt, appInModel, type ServedPlace } from './served-place.js';

/** A host of this user, and what it serves. */
export interface ServedAt {
  /** `serve ./dante (process 42)` */
  readonly by: string;
  /** It answers with this site alone; undefined: with that whose binding fits. */
  readonly site?: string;
  readonly place: ServedPlace;
  /** The app that answers the URL; undefined: none, or it has no folder here. */
  readonly app: AppAt | undefined;
  /** The URL with the path of the app, where that of the site's root was asked for and no app is there. */
  readonly url: URL;
}

type Environment = CommandContext['environment'];
type Address = NonNullable<Awaited<ReturnType<typeof hostStatus>>>['addresses'][number];

/**
 * The `serve`, or the background host with the deployed apps, that listens where a URL of this machine leads to; undefined: another program,
 * or none. A state folder that cannot be used is none.
 */
export async function servedAt(url: URL, environment: Environment): Promise<ServedAt | undefined> {
  try {
    const home = openHome(environment);
    const [serves, host] = await Promise.all([servesOf(home), hostStatus(home, lookTime)]);
    for (const one of serves) {
      if ('silent' in one) continue;
      const site = siteOf(one.addresses, url);
      if (site !== undefined) return ofServe(one, site, url, environment);
    }
    const site = host && siteOf(host.addresses, url);
    if (host === undefined || site === undefined) return undefined;
    const by = `the embedded IIS in the background (process ${host.pid})`;
    return { by, ...ofFile(home.applicationHostFile, { site, url, environment }) };
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

type Serve = Exclude<Awaited<ReturnType<typeof servesOf>>[number], { readonly silent: true }>;

function ofServe({ pid, served }: Serve, site: string, url: URL, environment: Environment): ServedAt {
  const { directory, path: at, apps, apphost } = served;
  const by = `serve ${directory} (process ${pid})`;
  if (apphost !== undefined) return { by, site, ...ofFile(apphost, { site, url, environment }) };
  const place = { directory, path: at, apps, isUsualPath: placeOfApp(directory).vdirPath === at };
  const app = appAt(place, url.pathname);
  return { by, site, place, app, url: url.pathname === '/' ? urlOf(url, app.path) : url };
}

interface OfFile {
  readonly site: string;
  readonly url: URL;
  readonly environment: Environment;
}

function ofFile(file: string, { site, url, environment }: OfFile): Pick<ServedAt, 'place' | 'app' | 'url'> {
  const model = serveSite({ directory: '', vdirPath: '/', applicationHostFile: file, environment })();
  const place = { directory: '', path: '/', apps: [], apphost: file };
  const app = appInModel(model, site, url.pathname, file);
  if (app === undefined || hasApp(app.directory)) return { place, app, url };
  const paths = model.sites.find(({ name }) => name === site)?.applications.map((each) => each.path) ?? [];
  const [only = '/', ...others] = paths.filter((each) => each !== '/');
  if (url.pathname !== '/' || only === '/' || others.length > 0) return { place, app: undefined, url };
  return { place, app: appInModel(model, site, only, file), url: urlOf(url, only) };
}

const hasApp = (directory: string): boolean => existsSync(path.join(directory, 'web.config'));

const urlOf = ({ origin }: URL, at: string): URL => new URL(`${withoutEnd(at, '/')}/`, origin);

/** The site of the address that a URL leads to: that with its host name, else one for each name, where several share the port. */
function siteOf(addresses: readonly Address[], url: URL): string | undefined {
  const port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port);
  const there = addresses.filter((one) => one.port === port && one.origin.startsWith(url.protocol));
  const named = there.find(({ origin }) => new URL(origin).hostname === url.hostname);
  const here = there.filter((one) => isHere(url.hostname, one));
  const [first] = here;
  return (named ?? here.find(({ origin }) => /^(?:[\d.]+|\[.+\])$/.test(new URL(origin).hostname)) ?? first)?.siteName;
}

/** Does a host name lead to an address of this machine that is listened at? */
function isHere(name: string, { host }: Address): boolean {
  if (/^(?:localhost|.+\.localhost|127(?:\.\d+){3}|\[::1\])$/.test(name)) return true;
  if (!['0.0.0.0', '::', ''].includes(host)) return name === host || name === `[${host}]`;
  const own = Object.values(networkInterfaces()).flatMap((all = []) => all.map(({ address }) => address));
  return name === hostname().toLowerCase() || own.some((one) => name === one || name === `[${one}]`);
}
