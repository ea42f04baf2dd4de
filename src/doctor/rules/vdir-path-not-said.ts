import { type Place, unplacedRoutes } from '../../source/index.js';
import { hostedElsewhere, serverPaths } from '../facts/realtime.js';
import type { Facts } from '../types.js';
import { defineRule } from './define-rule.js';

/** Something of the code that answers elsewhere than below the place where the app would be put. */
interface Elsewhere {
  readonly says: string;
  /** The vdir path that it fits. */
  readonly fits: string;
  readonly at: Place;
}

function socketElsewhere(facts: Facts, place: string): Elsewhere | undefined {
  for (const { path, at } of serverPaths(facts)) {
    if (path === undefined || path.startsWith(`${place}/`)) continue;
    return { says: `socket.io answers at ${path}`, fits: /^(\/.+)\/socket\.io$/.exec(path)?.[1] ?? '/', at };
  }
  return undefined;
}

function routesElsewhere(facts: Facts, place: string): Elsewhere | undefined {
  const routes = facts.server.scripts.flatMap((script) => script.routes.routes);
  const [first] = unplacedRoutes(routes, place);
  return first && { says: 'its routes start at /', fits: '/', at: first.at };
}

/** Nothing says where the app sits, and where deploy puts it then it does not answer. */
export const vdirPathNotSaid = defineRule({
  code: 'VDIR_PATH_NOT_SAID',
  severity: 'warning',
  title: 'Nothing says where the app sits in its site',
  why: 'deploy and serve then name its vdir path after the folder; node sees the whole URL, and code that answers at other URLs gives 404.',
  help: `An application of IIS sits at a path of its site: / for the whole site, /dante for a virtual directory. web.config says it
(<add key="virtualDirPath" value="/dante" /> in appSettings, which iisnode hands to node and which npx iisnode-sock init writes), or --path does.
Where neither does, the folder's name is taken. An app that answers at / only has to be the whole site then: deploy it with --path /.
In a virtual directory its code has to answer below the vdir path: npx iisnode-sock init . --path /dante says what that takes.`,
  check(facts) {
    const { place, entries } = facts;
    if (place?.by !== 'folder name' || hostedElsewhere(facts) || entries.length === 0) return [];
    const { vdirPath } = place;
    const found = socketElsewhere(facts, vdirPath) ?? routesElsewhere(facts, vdirPath);
    if (!found) return [];
    return [
      {
        message: `Nothing says where the app sits, so it is put at ${vdirPath}, the folder's name; but ${found.says}.`,
        fix: `--path ${found.fits} for deploy and serve; or npx iisnode-sock init . --path ${vdirPath}, which says what the code needs there`,
        at: found.at,
      },
    ];
  },
});
