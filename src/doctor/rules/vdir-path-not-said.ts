import { type Place, unplacedRoutes } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { httpPlatformOf } from '../facts/http-platform.js';
import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import { readerOfRootUrls } from '../facts/url-reader.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';

/** Code that does not answer below the vdir path of the deployment. */
interface Elsewhere {
  readonly says: string;
  /** The vdir path for which the code is right. */
  readonly fits: string;
  readonly at: Place;
}

function socketElsewhere(facts: FileFacts, place: string): Elsewhere | undefined {
  for (const { path, at } of serverPaths(facts)) {
    if (path === undefined || path.startsWith(`${place}/`)) continue;
    return { says: `socket.io answers at ${path}`, fits: /^(\/.+)\/socket\.io$/.exec(path)?.[1] ?? '/', at };
  }
  return undefined;
}

function pathOfRoutes(facts: FileFacts, place: string): Elsewhere | undefined {
  const routes = facts.server.scripts.flatMap((script) => script.routes.routes);
  const [first] = unplacedRoutes(routes, place);
  if (first) return { says: 'its routes start at /', fits: '/', at: first.at };
  const reader = readerOfRootUrls(facts, place);
  return reader && { says: 'its server compares request.url without it', fits: '/', at: reader.at };
}

/**
 * The vdir path is unknown, and the app does not answer at the path where deploy would put it. Only a note, because the app may be
 * deployed at a site's root, where it is right. deploy and serve, which use that path, report it as a warning.
 */
export const vdirPathNotSaid = defineRule({
  code: 'VDIR_PATH_NOT_SAID',
  severity: 'info',
  title: "The app's vdir path is unknown",
  why: 'deploy and serve then use the name of the folder; node sees the whole URL, and code that answers at other URLs gives 404.',
  help: `An application of IIS has a path in its site: / for the site's root, /dante for a virtual directory. The path comes from web.config
(<add key="virtualDirPath" value="/dante" /> in appSettings, which iisnode passes to node and which ${iisnodeSock} init writes), or from
--path. Without both, the folder's name is used. An app that answers only at / must then be at the site's root: deploy it with --path /.
In a virtual directory its code must answer below the vdir path: ${iisnodeSock} init . --path /dante shows the changes.`,
  check(facts) {
    const { place, entries } = facts;
    const isElsewhere = hostedElsewhere(facts) && httpPlatformOf(facts) === undefined;
    if (place?.by !== 'folder name' || isElsewhere || entries.length === 0) return [];
    const { vdirPath } = place;
    const found = socketElsewhere(facts, vdirPath) ?? pathOfRoutes(facts, vdirPath);
    if (!found) return [];
    return [
      {
        message: `The vdir path is unknown, so deploy uses ${vdirPath}, the folder's name; but ${found.says}.`,
        fix: `--path ${found.fits} for deploy and serve; or ${iisnodeSock} init . --path ${vdirPath}, which shows the changes in the code`,
        at: found.at,
      },
    ];
  },
});
