import { furtherRoutes, mountedApp, type Route, type ServerScript, unplacedRoutes } from '../source/index.js';
import type { AdviceOptions } from './advice-options.js';
import { quoted } from './advice-place.js';
import type { Advice } from './types.js';

const vdirPathSetting = /virtualDirPath|vdirPath|basePath/i;

/** The app's own URLs: node sees them with the vdir path, and web.config must send them there. */
export function adviseRoutes(scripts: readonly ServerScript[], options: AdviceOptions): Advice[] {
  const routes = scripts.flatMap((script) => script.routes.routes);
  return [...aboutPrefix(scripts, routes, options.vdirPath), ...aboutRewrite(routes, options)];
}

function aboutPrefix(scripts: readonly ServerScript[], routes: readonly Route[], vdirPath: string): Advice[] {
  if (vdirPath === '/') return [];
  const [first] = unplacedRoutes(routes, vdirPath);
  if (first) {
    const handed = scripts.map((script) => script.routes.handed).find((found) => found !== undefined);
    const app = handed?.app ?? 'app';
    return [
      {
        ...quoted('routes', handed?.at ?? first.at),
        change: true,
        message: `IIS shows node the whole URL, ${vdirPath}/ and not /: put the express app below the vdir path`,
        suggestion: `${mountedApp(app, handed?.express ?? 'express')} instead of ${app}`,
      },
    ];
  }
  const reader = scripts.find(
    ({ routes: { readsUrls }, source }) => readsUrls !== undefined && !vdirPathSetting.test(source.text),
  );
  const at = reader?.routes.readsUrls;
  if (!at) return [];
  const message = `IIS shows node the whole URL: request.url starts with ${vdirPath}/ here, not with /`;
  return [{ ...quoted('routes', at), change: true, message }];
}

/** URLs that only node answers and no rule sends there. */
function aboutRewrite(routes: readonly Route[], { reaches, entry }: AdviceOptions): Advice[] {
  const [unreached] = furtherRoutes(routes);
  if (!unreached || !reaches || entry === undefined || reaches('some/page')) return [];
  return [
    {
      ...quoted('rewrite', unreached.at),
      change: true,
      message: `web.config sends socket.io's requests to ${entry}, but not the other URLs it answers, such as these: add a rule (doctor --fix does)`,
      suggestion: `<rule name="app"><match url=".*" /><conditions><add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" /></conditions><action type="Rewrite" url="${entry}" /></rule>`,
    },
  ];
}
