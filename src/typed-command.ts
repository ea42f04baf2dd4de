import path from 'node:path';
import { type Argument, quoteForShell } from './quoting.js';

/** How the user runs this program: without installing it. Every command line in a text begins with it. */
export const iisnodeSock = 'npx iisnode-sock';

/** A command line with these arguments, as typed on this machine. */
export const typedCommand = (args: readonly Argument[]): string => [iisnodeSock, ...args.map(quoteForShell)].join(' ');

const traceOfUrl = `${iisnodeSock} trace URL`;

/** A text in which `trace URL` is that of a URL, or of a path of the site. @param more Further arguments of it. */
export const forUrl = (text: string, url: string, more: readonly string[] = []): string =>
  text.replaceAll(traceOfUrl, () => typedCommand(['trace', url, ...more]));

/** A command for the app in the working directory; behind one that has its folder or its URL stands that. */
const commandsHere = new RegExp(
  String.raw`(${iisnodeSock} )(?:(init) \.(?![^\s,;)])|(doctor|logs|trace (?:URL|"https?:[^"]*"|'https?:[^']*'|https?:[^\s;,)]*(?=[\s;,)]|$)))(?! (?:https?:|--dir |--to |[A-Z]{3,}\b|[."'/\\]|[A-Za-z]:\\)))`,
  'g',
);

/**
 * A text with command lines for the app in the working directory (`init . --path /x`, `doctor`), for the app in a folder: they can be pasted
 * wherever the user is.
 * @param folder Absolute. That of the working directory is left out.
 * @param name How it is written; begins with a dot where it is relative.
 * @param ofDoctor Further arguments of `doctor`, without which it would examine the app at another place.
 */
export function forFolder(
  text: string,
  folder: string,
  name: string = folder,
  ofDoctor: readonly Argument[] = [],
): string {
  const isHere = path.resolve('.') === folder;
  if (isHere && ofDoctor.length === 0) return text;
  const typed = quoteForShell(name);
  const argument = isHere ? '' : ` ${typed}`;
  const further = ofDoctor.map((each) => ` ${quoteForShell(each)}`).join('');
  return text.replace(commandsHere, (_all, program: string, init: string | undefined, other = '') => {
    if (init !== undefined) return `${program}${init} ${isHere ? '.' : typed}`;
    if (other.startsWith('trace ')) return `${program}${other}${isHere ? '' : ` --dir ${typed}`}`;
    return `${program}${other}${argument}${other === 'doctor' ? further : ''}`;
  });
}
