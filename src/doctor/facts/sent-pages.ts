import path from 'node:path';
import { type MountedRouter, readWebPaths, resolveOwn, type SentPage, type WebPaths } from '../../source/index.js';
import type { FileFacts } from './facts.js';

/** A page with a URL of the app at which node sends it. */
export interface PageAtUrl {
  /** Relative to the app's folder, forward slashes. */
  readonly name: string;
  /** The route, as far as it is written: '/rooms/:id'. */
  readonly route: string;
  /** One URL of it, relative to the app, with a slash in front: '/rooms/x'. */
  readonly url: string;
  readonly at: SentPage['at'];
}

/** What node answers besides pages. */
export interface NodeAnswers {
  readonly pages: readonly PageAtUrl[];
  /** May node answer this URL of the app, with a file or by another route? */
  answers(url: string): boolean;
  /** Does node serve a file of the app there? */
  servesFile(url: string): boolean;
}

interface ReadScript extends WebPaths {
  /** Its name, and that under which node loads it. */
  readonly names: readonly string[];
}

/** How many routers are mounted below each other. */
const mostMounts = 5;

/** The pages that the routes of the server send; undefined where something may change or answer any URL. */
export function nodeAnswers(facts: FileFacts): NodeAnswers | undefined {
  const scripts = facts.server.scripts.flatMap(({ name, loaded, context }): ReadScript[] => {
    const folder = path.posix.dirname(loaded?.name ?? name);
    return context ? [{ ...readWebPaths(context, folder), names: [name, loaded?.name ?? name] }] : [];
  });
  const placed = <Path extends Pick<SentPage, 'router'> & { readonly text: string | undefined }>(
    of: (script: ReadScript) => readonly Path[],
  ): readonly (Path & { readonly prefix: string | undefined })[] =>
    scripts.flatMap((script) =>
      of(script).map((each) => ({ ...each, prefix: prefixOf(facts, scripts, script, each.router) })),
    );
  const whole = ({ prefix, text }: { readonly prefix: string | undefined; readonly text: string | undefined }) =>
    prefix === undefined || text === undefined ? undefined : withoutVdirPath(facts, joined(prefix, text));
  const served = placed(({ served: all }) => all).map((each) => ({ folder: each.folder, at: whole(each) }));
  /** A module whose routes are not seen may answer anything below its path. */
  const unseen = placed(({ names, mounts }) =>
    mounts.filter(
      ({ module, text }) => module !== undefined && text !== '/' && !hasRoutes(facts, scripts, names, module),
    ),
  ).map((each) => ({ isPrefix: true, at: whole(each) }));
  const others = [
    ...placed(({ others: all }) => all).map((each) => ({ isPrefix: each.isPrefix, at: whole(each) })),
    ...unseen,
  ];
  if (served.some(({ at }) => at === undefined)) return undefined;
  const servesFile = (url: string): boolean =>
    served.some(({ at, folder }) => {
      const rest = restBelow(at ?? '/', url);
      return rest !== undefined && rest !== '' && hasFile(facts, folder, decoded(rest));
    });
  return {
    pages: placed(({ pages }) => pages).flatMap((each) => {
      const route = whole(each);
      const url = route === undefined ? undefined : sampleOf(route);
      const name = fileOf(facts, served, each);
      return route === undefined || url === undefined || name === undefined ? [] : [{ name, route, url, at: each.at }];
    }),
    servesFile,
    answers: (url) =>
      servesFile(url) ||
      others.some(({ at, isPrefix }) => {
        if (at === undefined) return true;
        const rest = restBelow(at, url);
        return rest === '' || (isPrefix && at !== '/' && rest !== undefined);
      }),
  };
}

/** The script that a module's name leads to from another. */
const isModule = ({ folder }: FileFacts, script: ReadScript, from: readonly string[], module: string): boolean =>
  script.names.includes(resolveOwn(folder, from[0] ?? '', module.replace(/#.*/, '')) ?? '');

const hasRoutes = (
  facts: FileFacts,
  scripts: readonly ReadScript[],
  from: readonly string[],
  module: string,
): boolean =>
  scripts.some(
    (script) =>
      isModule(facts, script, from, module) &&
      [script.pages, script.served, script.others, script.mounts].some((each) => each.length > 0),
  );

/** The path at which a router is mounted: '' for an app that is not mounted; undefined where that is not known. */
function prefixOf(
  facts: FileFacts,
  scripts: readonly ReadScript[],
  script: ReadScript,
  router: SentPage['router'],
  depth = 0,
): string | undefined {
  if (depth > mostMounts) return undefined;
  const isMounted = (from: ReadScript, { mounted, module }: MountedRouter): boolean =>
    mounted === router || (module !== undefined && isModule(facts, script, from.names, module));
  for (const from of scripts) {
    const found = from.mounts.find((mount) => isMounted(from, mount));
    if (found === undefined) continue;
    const above = prefixOf(facts, scripts, from, found.router, depth + 1);
    return above === undefined || found.text === undefined ? undefined : joined(above, found.text);
  }
  return '';
}

const joined = (above: string, below: string): string => `${above}/${below}`.replace(/\/{2,}/g, '/');

function withoutVdirPath({ vdirPath }: FileFacts, route: string): string {
  const at = vdirPath?.path ?? '/';
  const isBelow = at !== '/' && `${route}/`.toLowerCase().startsWith(`${at.toLowerCase()}/`);
  return isBelow ? route.slice(at.length) || '/' : route;
}

/** A URL that a route answers; undefined for one that is not understood. Optional parameters are given, a slash at the end is not. */
function sampleOf(route: string): string | undefined {
  const sample = route
    .replace(/[{}]/g, '')
    .replace(/:\w+(?:\([^()]*\))?[?+*]?/g, 'x')
    .replace(/\*\w*/g, 'x')
    .replace(/(?<=.)\/$/, '');
  return /^\/[\w\-./~%@]*$/.test(sample) ? sample : undefined;
}

/** The rest of a URL below a path; undefined when it is not below. What is not understood may match: ''. */
function restBelow(route: string, url: string): string | undefined {
  const asked = url.split('/').slice(1);
  for (const segment of route.split('/').filter((each) => each !== '')) {
    const next = asked.shift();
    if (next === undefined) return undefined;
    if (/[*(+?[\\{]/.test(segment)) return '';
    if (!segment.includes(':')) {
      if (segment.toLowerCase() !== next.toLowerCase()) return undefined;
    } else if (!parameters(segment).test(next)) return undefined;
  }
  return asked.join('/');
}

/** ':file.js' */
const parameters = (segment: string): RegExp =>
  new RegExp(
    `^${segment
      .split(/:\w+/)
      .map((text) => text.replace(/[.$^|]/g, '\\$&'))
      .join('[^/]+')}$`,
    'i',
  );

const decoded = (url: string): string => {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
};

/** A folder that is not known may be any of the app's. */
function hasFile({ folder: { files, isFile } }: FileFacts, folder: string | undefined, name: string): boolean {
  if (folder !== undefined) return isFile(path.posix.normalize(`${folder}/${name}`));
  return files.some((file) => `/${file}`.toLowerCase().endsWith(`/${name.toLowerCase()}`));
}

/** The file that a route sends; undefined where more than one may be meant. */
function fileOf(
  { folder }: FileFacts,
  served: readonly { readonly folder: string | undefined }[],
  { file, isView }: SentPage,
): string | undefined {
  const places = isView ? [] : ['', ...served.map(({ folder: each }) => `${each ?? ''}/`)];
  const direct = places.map((each) => path.posix.normalize(each + file)).find((name) => folder.isFile(name));
  if (direct !== undefined) return folder.spelling(direct);
  const wanted = `/${isView ? `views/${file}` : path.posix.normalize(file)}`.toLowerCase();
  const found = folder.files.filter((name) => {
    const has = `/${name}`.toLowerCase();
    return has.endsWith(wanted) || (isView && has.replace(/\.\w+$/, '').endsWith(wanted));
  });
  return found.length === 1 ? found[0] : undefined;
}
