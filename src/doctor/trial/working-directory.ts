import path from 'node:path';
import type { AppFolder } from '../../source/index.js';

/** Where node of an app runs, and what lies there. */
export interface WorkingDirectory {
  readonly folder: AppFolder;
  /** Relative to the app's folder, forward slashes: 'server', or '' for that folder itself. */
  readonly at: string;
}

/** '/site/views/home.html' of an error of node that a file is not there. */
export const fileNotFound = (text: string): string | undefined => /\bENOENT\b[^']*'([^']+)'/.exec(text)?.[1];

/**
 * What to do about an error of an app that reads a file of its own folder from node's working directory, which is the folder of the entry
 * point under iisnode; undefined where the error is another one.
 */
export function fixOfDirectory(text: string, { folder, at }: WorkingDirectory): string | undefined {
  if (at === '') return undefined;
  const up = at.split('/').map(() => '..');
  const where = `iisnode runs node in ${at}`;
  const isBeside = (name: string): boolean =>
    !name.startsWith('../') && folder.isFile(name) && !folder.isFile(`${at}/${name}`);
  const named = fileNotFound(text);
  if (named !== undefined) {
    const whole = path.resolve(folder.root, at, named);
    const name = path.relative(path.join(folder.root, at), whole).replaceAll(path.sep, '/');
    return isBeside(name)
      ? `path.join(__dirname, ${[...up, ...name.split('/')].map((part) => `'${part}'`).join(', ')}): ${where}, not in the app's folder`
      : undefined;
  }
  const hasConfig = folder.files.some((each) => each.startsWith('config/'));
  const isOfConfig = /Configuration property ".+" is not defined/.test(text);
  return isOfConfig && hasConfig && !folder.files.some((each) => each.startsWith(`${at}/config/`))
    ? `<add key="NODE_CONFIG_DIR" value="${up.join('/')}/config" /> in appSettings of web.config: ${where}, and config looks for its folder there`
    : undefined;
}
