import { UserError } from '../errors.js';
import { withoutEnd } from '../trimmed.js';

/** A server and a place on it: `ssh://ann@web1.example.com:2222/Default%20Web%20Site/dante`. */
export interface SshAddress {
  /** As it was given, without what may be a password. */
  readonly shown: string;
  /** undefined: the one of ssh's own configuration. */
  readonly user: string | undefined;
  /** A name (also an alias of ssh's configuration) or an IP address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number | undefined;
  /** undefined: not named. */
  readonly site: string | undefined;
  /** The vdir path, '/' for the site's root; undefined: not named. */
  readonly path: string | undefined;
}

export const isSsh = (to: string | undefined): to is string => to !== undefined && /^ssh:/i.test(to);

const form = /^ssh:\/\/(?:([^@/]*)@)?(\[[^\]]*\]|[^/:@[\]]*)(?::(\d{1,5}))?(?:\/(.*))?$/is;

/** A word that ssh would read as an option, or that it refuses itself, or that a ProxyCommand of its configuration gives to a shell. */
const badUser = /^-|[\s'"`$;&<>|(){}*?]|\p{Cc}|\\$/u;
const badHost = /^-|[^\p{L}\p{N}._:%-]/u;

/** What may be shown of an address that may be wrong: a password may have any character, and its end is unknown. */
export const withoutPassword = (text: string): string =>
  isPlain(text) ? text : text.replace(/^([a-z][\w+.-]*:\/\/[^@:/?#%]*(?:%(?!3a)[^@:/?#%]*)*)(?::|%3a).*@/is, '$1@');

/** It has the form of an address, and no password. */
function isPlain(text: string): boolean {
  const [isOne, login = ''] = form.exec(text) ?? [];
  return isOne !== undefined && !hasColon(login);
}

const hasColon = (login: string): boolean => /:|%3a/i.test(login);

/** @throws UserError BAD_SSH_ADDRESS. */
export function readSshAddress(text: string): SshAddress {
  const [isOne, login, inBrackets = '', digits, rest] = form.exec(text) ?? [];
  const shown = withoutPassword(text);
  if (shown !== text) {
    throw bad(
      shown,
      'It has a password, which other users of this machine can read. ssh asks for one, or uses your key.',
    );
  }
  if (isOne === undefined) throw bad(shown, 'It has not the form ssh://user@host:port/Site%20Name/path.');
  const user = login === undefined ? undefined : decoded(login, shown);
  if (user !== undefined && (user === '' || badUser.test(user))) throw bad(shown, `"${user}" is no name of a user.`);
  const host = inBrackets.replace(/^\[|\]$/g, '');
  if (host === '' || badHost.test(host)) throw bad(shown, `"${host}" is no name of a host.`);
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) throw bad(shown, `${digits} is no port.`);
  const [first = '', ...others] = (rest ?? '').split('/').map((part) => decoded(part, shown));
  if (first === '' && others.length > 0) throw bad(shown, 'The name of the site is missing before the path.');
  const site = first === '' ? undefined : first;
  const path = others.length === 0 ? undefined : `/${withoutEnd(others.join('/'), '/')}`;
  return { shown, user, host, port, site, path };
}

/** The same server, without a place on it. */
export const serverAddress = ({ shown }: Pick<SshAddress, 'shown'>): string =>
  shown.replace(/^(ssh:\/\/[^/]*).*/is, '$1');

/** The same site, at another path. @param path '/dante', or '/' for the site's root. */
export const addressAt = ({ shown }: Pick<SshAddress, 'shown'>, path: string): string =>
  shown.replace(/^(ssh:\/\/[^/]*\/[^/]*).*/is, '$1') + path.split('/').map(encodeURIComponent).join('/');

function decoded(text: string, shown: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad(shown, `"${text}" has a % that is no encoded character: %25 stands for one.`);
  }
}

const example = 'ssh://administrator@web1.example.com/Default%20Web%20Site/dante';

const bad = (shown: string, why: string): UserError =>
  new UserError('BAD_SSH_ADDRESS', {
    what: `${shown} is no address of a server`,
    why,
    next: `for example: --to ${example}`,
    again: { with: ['--to', example], note: 'an example' },
  });
