import { UserError } from '../../errors.js';
import { FileError, fileLimits, readFileSync } from '../../files/index.js';
import { attribute, findElements, parseXml, type XmlElement, XmlError } from '../../xml/index.js';
import { type AzureAddress, namesForAz, siteName } from './address.js';
import { tokenCommand, variables } from './variables.js';

/** How what is deployed to is named in commands of az. */
export const azNames = ({ address, manager }: Pick<AzureAccess, 'address' | 'manager'>): string =>
  namesForAz(address, manager?.group);

/** The value of the header Authorization, which no log, error or JSON document shows. */
export class Secret {
  readonly #value: string;
  /** What it is, human-readable. */
  readonly kind: string;

  constructor(kind: string, value: string) {
    this.kind = kind;
    this.#value = value;
  }

  get header(): string {
    return this.#value;
  }

  toString(): string {
    return this.kind;
  }
}

/** How the app is reached, and with what. */
export interface AzureAccess {
  readonly address: AzureAddress;
  /** The origin of Kudu. */
  readonly scm: URL;
  /** In order: the next one is tried where one is refused. At least one. */
  readonly credentials: readonly Secret[];
  /** The app that is deployed to: the slot's, where one is named. undefined: the usual one, or what the Resource Manager says. */
  readonly site: URL | undefined;
  /** The app's own, where a slot is named. */
  readonly production: URL | undefined;
  /** The Azure Resource Manager; undefined: without a token, or without the place of the app there. */
  readonly manager:
    | { readonly origin: URL; readonly token: Secret; readonly path: string; readonly group: string }
    | undefined;
  /** The host of Kudu was not said: it is the usual one, which newer apps do not have (deploying.md 2). */
  readonly isUsualHost: boolean;
  /** The variable that names a proxy, which is not used. */
  readonly proxy: string | undefined;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the credentials and the hosts of an app.
 * @throws UserError AZURE_NO_CREDENTIALS, AZURE_PROFILE, AZURE_URL.
 */
export function readAccess(address: AzureAddress, environment: Environment): AzureAccess {
  const value = (name: keyof typeof variables): string | undefined => environment[variables[name]]?.trim() || undefined;
  const profile = profileOf(value('profile'), address);
  const [user, password, token] = [value('user'), value('password'), value('token')];
  const bearer = token === undefined ? [] : [new Secret('the bearer token', `Bearer ${requireToken(token)}`)];
  const credentials = [
    ...(profile === undefined ? [] : [basic('the publish profile', profile.user, profile.password)]),
    ...(user === undefined || password === undefined ? [] : [basic('user and password', user, password)]),
    ...bearer,
  ];
  if (credentials.length === 0) throw noCredentials(user, password);
  const given = urlOf('scm', value('scm'));
  const usual = new URL(`https://${siteName(address, '-')}.scm.azurewebsites.net`);
  const [subscription, group] = [value('subscription'), value('group')];
  const [managerToken] = bearer;
  const isManaged = managerToken !== undefined && subscription !== undefined && group !== undefined;
  const place = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Web/sites/${address.app}`;
  const site = urlOf('site', value('site'));
  const slotSite = urlOf('slotSite', value('slotSite'));
  return {
    address,
    scm: given ?? profile?.scm ?? usual,
    isUsualHost: given === undefined && profile === undefined,
    proxy: ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy'].find((name) => (environment[name] ?? '') !== ''),
    credentials,
    site: (address.slot === undefined ? site : slotSite) ?? profile?.site,
    production: address.slot === undefined ? undefined : site,
    manager: isManaged
      ? {
          origin: urlOf('management', value('management')) ?? new URL('https://management.azure.com'),
          token: managerToken,
          path: place,
          group,
        }
      : undefined,
  };
}

const basic = (kind: string, user: string, password: string): Secret =>
  new Secret(kind, `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`);

/** A token has no spaces or line ends: they would end the header. */
function requireToken(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  throw new UserError('AZURE_TOKEN', {
    what: `${variables.token} is no token`,
    why: 'It has spaces, line ends or other characters that no token has.',
    next: `${tokenCommand}     (prints a token: set ${variables.token} to it)`,
  });
}

/** A password travels in every request: only over https, but for this machine. @throws UserError AZURE_URL. */
function urlOf(name: keyof typeof variables, text: string | undefined): URL | undefined {
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isThisMachine(url));
  if (url !== undefined && isSafe && url.username === '' && url.password === '') return url;
  throw new UserError('AZURE_URL', {
    what: `${variables[name]} is no URL that can be used`,
    why: 'It begins with https://, and has no user name in it; http:// is for this machine alone.',
    next: 'for example: https://my-app.azurewebsites.net',
  });
}

const isThisMachine = ({ hostname }: URL): boolean => /^(localhost|127\.[\d.]+|\[::1\])$/i.test(hostname);

interface Profile {
  readonly scm: URL;
  readonly site: URL | undefined;
  readonly user: string;
  readonly password: string;
}

/** @param given The path of the profile, or its content. */
function profileOf(given: string | undefined, address: AzureAddress): Profile | undefined {
  if (given === undefined) return undefined;
  const text = given.replace(/^\uFEFF/, '');
  const entries = entriesOf(text.startsWith('<') ? text : readProfile(text), address);
  const methods = ['ZipDeploy', 'MSDeploy'];
  const found = methods.flatMap((method) => entries.filter((one) => attribute(one, 'publishMethod') === method))[0];
  const [host, user, password] = ['publishUrl', 'userName', 'userPWD'].map((name) => found && attribute(found, name));
  if (!host || !user || !password) {
    throw profileFault('it has no entry of ZipDeploy or MSDeploy with publishUrl, userName and userPWD', address);
  }
  const expected = `$${siteName(address, '__')}`;
  if (user.startsWith('$') && user.toLowerCase() !== expected.toLowerCase()) {
    throw profileFault(`it is of ${user.slice(1).replace('__', '/')}, and ${address.text} was asked for`, address);
  }
  const target = (found && attribute(found, 'destinationAppUrl')) ?? '';
  return { scm: scmOf(host, address), site: siteOf(target), user, password };
}

/** Bytes: what PowerShell writes with `>` is UTF-16. */
function readProfile(file: string): Uint8Array {
  try {
    return readFileSync(file, fileLimits.config);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UserError('AZURE_PROFILE', {
      what: `the file that ${variables.profile} names cannot be read`,
      why: error.why,
      next: 'set it to the path of the publish profile, or to its content',
      cause: error,
    });
  }
}

function entriesOf(text: string | Uint8Array, address: AzureAddress): readonly XmlElement[] {
  try {
    return findElements(parseXml(text).root, 'publishProfile');
  } catch (error) {
    // Its own text could repeat a part of the profile.
    if (error instanceof XmlError) throw profileFault('it is no XML', address);
    throw error;
  }
}

/** `app.scm.azurewebsites.net:443` */
function scmOf(host: string, address: AzureAddress): URL {
  const url = /^https?:\/\//i.test(host) ? host : `https://${host}`;
  if (!URL.canParse(url)) throw profileFault('its publishUrl is no host name', address);
  const parsed = new URL(url);
  return isThisMachine(parsed) ? new URL(`http://${parsed.host}`) : new URL(`https://${parsed.host}`);
}

/** The profile has http; App Service answers https on the same name. */
function siteOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (!isThisMachine(url)) url.protocol = 'https:';
  return url;
}

const profileFault = (why: string, address: AzureAddress): UserError =>
  new UserError('AZURE_PROFILE', {
    what: `the publish profile in ${variables.profile} cannot be used`,
    why,
    next: `az webapp deployment list-publishing-profiles --xml ${namesForAz(address)}     (prints it; the portal has it too: Download publish profile)`,
  });

function noCredentials(user: string | undefined, password: string | undefined): UserError {
  const half = user !== undefined ? variables.password : password !== undefined ? variables.user : undefined;
  return new UserError('AZURE_NO_CREDENTIALS', {
    what: 'there are no credentials for App Service in the environment',
    why:
      half === undefined
        ? `${variables.profile}, or ${variables.user} with ${variables.password}, or ${variables.token} is needed`
        : `${half} is missing`,
    next: `${tokenCommand}     (prints a token for ${variables.token}; or set ${variables.profile} to the publish profile, its file or its content)`,
  });
}
