import type { Route, ServerScript } from '../doctor/source/index.js';
import type { AdviceOptions } from './advice.js';
import { quoted } from './advice-place.js';
import type { Advice } from './types.js';

const vdirPathSetting = /virtualDirPath|vdirPath|basePath/i;

/** The app's own URLs: node sees them with the vdir path, and web.config must send them there. */
export function adviseRoutes(scripts: readonly ServerScript[], options: AdviceOptions): Advice[] {
  const routes = scripts.flatMap((script) => script.routes.routes);
  return [...aboutPrefix(scripts, routes, options.vdirPath), ...aboutRewrite(routes, options)];
}

/** A path that has the vdir path, or takes it from somewhere. */
function isPlaced({ path }: Route, vdirPath: string): boolean {
  if (path === undefined) return true;
  if (path.kind !== 'literal') return path.kind === 'environment';
  const text = String(path.value).toLowerCase();
  return text === vdirPath.toLowerCase() || text.startsWith(`${vdirPath.toLowerCase()}/`);
}

function aboutPrefix(scripts: readonly ServerScript[], routes: readonly Route[], vdirPath: string): Advice[] {
  if (vdirPath === '/') return [];
  const isMounted = routes.some((route) => route.path !== undefined && isPlaced(route, vdirPath));
  const loose = routes.filter((route) => !isPlaced(route, vdirPath) || route.isStatic);
  if (isMounted) return [];
  const first = loose[0];
  const script = scripts.find(({ routes: { handed } }) => handed !== undefined);
  const handed = script?.routes.handed;
  if (first) {
    const express = script?.context?.modules.some(({ specifier }) => specifier === 'express')
      ? 'express'
      : "require('express')";
    const app = handed?.app ?? 'app';
    return [
      {
        ...quoted('routes', handed?.at ?? first.at),
        change: true,
        message: `IIS shows node the whole URL, ${vdirPath}/ and not /: put the express app below the vdir path`,
        suggestion: `${express}().use(process.env.virtualDirPath || '/', ${app}) instead of ${app}`,
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
  if (!reaches || entry === undefined || reaches('some/page')) return [];
  const isOwnUrl = ({ path }: Route): boolean => path?.kind === 'literal' && /^\/?$/.test(String(path.value));
  const unreached = routes.find(
    (route) => route.isStatic || (route.path !== undefined && !isOwnUrl(route)) || mounts(route),
  );
  if (!unreached) return [];
  return [
    {
      ...quoted('rewrite', unreached.at),
      change: true,
      message: `web.config sends socket.io's requests to ${entry}, but not the other URLs it answers, such as these: add a rule`,
      suggestion: `<rule name="app"><match url=".*" /><conditions><add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" /></conditions><action type="Rewrite" url="${entry}" /></rule>`,
    },
  ];
}

/** `app.use('/', router)`. */
const mounts = ({ method, path }: Route): boolean => method === 'use' && path !== undefined;
