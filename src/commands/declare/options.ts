import { Option } from 'commander';
import { most } from '../../most.js';
import { collect, integer } from '../option-values.js';

/**
 * An option whose values are known, for its help and for completion. The command itself refuses another one, in its own words.
 */
export function oneOf(flags: string, text: string, names: readonly string[]): Option {
  const option = new Option(flags, text);
  option.argChoices = [...names];
  return option;
}

/** `--json` */
export const json = (): Option => new Option('--json', 'one JSON document on stdout, human-readable output on stderr');
/** `--port 8080` */
export const port = (further = ''): Option =>
  new Option('--port <n>', `TCP port; 0 means any free port${further}`).argParser(integer(0, 65_535));
/** `--site "Default Web Site"` */
export const site = (): Option => new Option('--site <name>', 'the IIS site; "Default Web Site" by default');
/** `--path /dante` */
export const vdirPath = (text: string): Option => new Option('--path <path>', text);
/** `--dry-run` */
export const dryRun = (text: string): Option => new Option('--dry-run', text);
/** `--app /chat=./chat` */
export const siteApp = (text: string): Option => new Option('--app <vpath=dir>', text).argParser(collect);
/** `--target production` */
export const namedTarget = (): Option => new Option('--target <name>', 'a target in package.json of the folder');
/** `--machines 2` */
export const machines = (text: string): Option => count('--machines <n>', text, most.machines);

/** An option with a whole number from 1 to `max`. */
export function count(flags: string, text: string, max: number): Option {
  return new Option(flags, text).argParser(integer(1, max));
}

/** The keys of `serve`, as in vite. */
export const keys = 'r recycle, o open, l requests on or off, q stop';
