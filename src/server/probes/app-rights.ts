import path from 'node:path';
import { powerShellString } from '../../quoting.js';
import { accountOf, anonymousUser, rightFor, userSidIn, userSidScript } from '../rights.js';
import type { AppOnServer, Probe, RightSeen } from '../types.js';

/** Folders above the app, the nearest first, with the root of the drive: node asks for that, too (fs.realpathSync on Windows). */
function foldersAbove(directory: string): readonly string[] {
  const above = path.win32.dirname(directory);
  return above === directory ? [] : [above, ...foldersAbove(above)];
}

/** The nearest folder of the logs that is there: iisnode makes those below it. */
const logsScript = (folder: string): string =>
  `$l=${powerShellString(folder)};$n='logs';while($l -and !(Test-Path -LiteralPath $l)){$l=Split-Path $l;$n='above-logs'};if($l){A $n $l}`;

function script({ directory, entry, logDirectory, pool }: AppOnServer): string {
  const named: readonly (readonly [RightSeen['of'], string])[] = [
    ['app', directory],
    ['web.config', path.win32.join(directory, 'web.config')],
    ...(entry === undefined ? [] : [['entry', entry] as const]),
    ...foldersAbove(directory).map((folder) => ['above', folder] as const),
  ];
  return [
    ...userSidScript(pool),
    ...named.map(([name, file]) => `A '${name}' ${powerShellString(file)}`),
    ...(logDirectory === undefined ? [] : [logsScript(logDirectory)]),
  ].join('\n');
}

/** By the names of the script's lines. */
const needs: Readonly<Record<string, Pick<RightSeen, 'of' | 'needs'>>> = {
  app: { of: 'app', needs: 'read' },
  'web.config': { of: 'web.config', needs: 'read' },
  entry: { of: 'entry', needs: 'read' },
  above: { of: 'above', needs: 'attributes' },
  logs: { of: 'logs', needs: 'add files' },
  'above-logs': { of: 'logs', needs: 'add folders' },
};

/** What the pool may do with the app's files (iis.md 7). A share has rights of its own, which this cannot see. */
export const appRights: Probe = {
  about: "the pool's rights on the app",
  ask: (app) => {
    if (app?.pool === undefined || !/^[A-Za-z]:[\\/]/.test(app.directory)) return undefined;
    return { script: script(app) };
  },
  read: (text, app) => {
    if (app?.pool === undefined) return {};
    const lines = text.split('\n').map((line) => line.split('\t'));
    const account = accountOf(app.pool, userSidIn(text));
    const rights = lines.flatMap(([name = '', file = '', sddl = '']) => {
      const wanted = Object.hasOwn(needs, name) ? needs[name] : undefined;
      const right = wanted && rightFor({ ...wanted, path: file, sddl }, account);
      const isStatic = name === 'app' && app.anonymousUser?.toUpperCase() === 'IUSR';
      const visitor = isStatic
        ? rightFor({ of: 'static files', needs: 'read', path: file, sddl }, anonymousUser)
        : undefined;
      return [right, visitor].filter((each) => each !== undefined);
    });
    return { rights };
  },
};
