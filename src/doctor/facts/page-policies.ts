import path from 'node:path';
import {
  type ContentPolicy,
  type HeaderPolicy,
  type PageFacts,
  parsePolicy,
  policyOfHelmet,
  readNextPolicies,
  readScript,
  resolveOwn,
  type ServerScript,
} from '../../source/index.js';
import type { FileFacts, Place } from '../types.js';
import { relativePathToApp } from './page-url.js';
import { nodeAnswers, type PageAtUrl } from './sent-pages.js';

/** A Content-Security-Policy, and what has it. */
export interface GivenPolicy {
  /** undefined: only the running app knows it. */
  readonly policy: ContentPolicy | undefined;
  readonly at: Place | undefined;
  readonly by: string;
  /** What puts inline scripts of its own into the page, where that is not the app's code: 'Next'. */
  readonly framework?: string;
}

const header = 'content-security-policy';
const view = /\.(?:ejs|eta|hbs|handlebars|mustache|njk|liquid|pug|jade)$/i;

/** Finds the policies of a page. A browser obeys all of them; of those that the app's code sets, the last one is sent. */
export function policiesOfPages(facts: FileFacts): (page: PageFacts) => {
  readonly all: readonly GivenPolicy[];
  readonly ofCode: readonly GivenPolicy[];
} {
  const ofIis = policiesOfIis(facts);
  const sent = policiesOfCode(facts);
  const ofNext = policiesOfNext(facts);
  return (page) => {
    const ofPage = page.policies.map(({ text, at }) => ({ policy: parsePolicy(text), at, by: 'the page' }));
    const isNext = page.isBundled && ofNext.length > 0 && !isOfServer(facts, page);
    return { all: [...ofPage, ...ofIis], ofCode: isNext ? ofNext : sent(page) };
  };
}

/** Those that IIS adds to every response. */
function policiesOfIis({ query }: FileFacts): readonly GivenPolicy[] {
  const items = query.section('system.webServer/httpProtocol')?.child('customHeaders').items ?? [];
  return items
    .filter((item) => item.string('name').trim().toLowerCase() === header)
    .map((item) => {
      const origin = item.origin();
      return {
        policy: parsePolicy(item.string('value')),
        at: origin && query.placeOf(origin),
        by: 'web.config (customHeaders)',
      };
    });
}

/** Is it a page in the text of the server's code? */
export const isOfServer = ({ server }: FileFacts, page: PageFacts): boolean =>
  page.isBundled && server.scripts.some(({ name }) => name === page.name);

/** The page's URL, relative to the app; undefined where it is not known. */
function urlOf(facts: FileFacts, page: PageFacts): string | undefined {
  if (page.isBundled || !/\.html?$/i.test(page.name) || relativePathToApp(facts, page) === undefined) return undefined;
  const [, ...inside] = page.name.split('/');
  return (inside.length === 0 ? page.name : inside.join('/')).replace(/(^|\/)index\.html?$/i, '$1');
}

/** Does node answer the page? undefined: its URL is not known. */
function isNodes(facts: FileFacts, page: PageFacts, routed: () => readonly PageAtUrl[]): boolean | undefined {
  if (isOfServer(facts, page) || (!page.isBundled && view.test(page.name))) return true;
  const own = urlOf(facts, page);
  const urls = routed().flatMap(({ name, url }) => (name === page.name ? [url.slice(1)] : []));
  const asked = own === undefined ? urls : [...urls, own];
  return asked.length === 0 ? undefined : asked.some((url) => facts.query.journey(url)?.isIisnode === true);
}

/** What answers before the place has no policy. */
function isBehind({ server }: FileFacts, use: Place): boolean {
  const script = server.scripts.find(({ source }) => source.file === use.file);
  return !script?.routes.routes.some(
    ({ isStatic, method, at }) => (isStatic || method === 'get') && at.line < use.line,
  );
}

function policiesOfCode(facts: FileFacts): (page: PageFacts) => readonly GivenPolicy[] {
  const { query, server } = facts;
  let routed: readonly PageAtUrl[] | undefined;
  const pagesOfRoutes = (): readonly PageAtUrl[] => {
    routed ??= nodeAnswers(facts)?.pages ?? [];
    return routed;
  };
  return (page) => {
    const sets = server.scripts.some(({ habits }) => habits.policies.length + habits.headerPolicies.length > 0);
    const isOfNode = sets ? isNodes(facts, page, pagesOfRoutes) : false;
    if (isOfNode === false) return [];
    const isAt = (use: Place): boolean => isOfNode === true && isBehind(facts, use);
    return server.scripts.flatMap((script) => [
      ...script.habits.policies.flatMap((sent): GivenPolicy[] => {
        const { major } = query.versionOf(sent.by);
        const policy = major !== undefined && isAt(sent.at) ? policyOfHelmet(sent, major) : undefined;
        return policy === undefined ? [] : [{ policy, at: sent.at, by: `${sent.by} ${major}` }];
      }),
      ...script.habits.headerPolicies
        .filter((set) => reaches(facts, script, set, page, isAt))
        .map(({ text, at }) => ({
          policy: text === undefined ? undefined : parsePolicy(text),
          at,
          by: path.posix.basename(script.name),
        })),
    ]);
  };
}

/** Does a page have what a piece of code sets? */
function reaches(
  facts: FileFacts,
  script: ServerScript,
  { reach }: HeaderPolicy,
  page: PageFacts,
  isAt: (use: Place) => boolean,
): boolean {
  switch (reach.kind) {
    case 'all':
      return isAt(reach.at);
    case 'exported':
      return usesOf(facts, script, reach.name).some(isAt);
    case 'files':
      return !page.isBundled && reach.folder !== undefined && `/${page.name}`.includes(`/${reach.folder}/`);
    case 'here':
      return page.isBundled
        ? [...page.clients, ...page.scripts].some(({ at }) =>
            reach.lines.some(({ file, first, last }) => file === at.file && first <= at.line && at.line <= last),
          )
        : isNamedAlone(facts, page, reach.names);
  }
}

/** Where other scripts use what a script exports, for all paths. */
function usesOf({ server, folder }: FileFacts, { name, loaded }: ServerScript, exported: string): readonly Place[] {
  const names = [name, loaded?.name];
  return server.scripts.flatMap((script) =>
    script.habits.middleware
      .filter(({ module }) => {
        const [specifier = '', wanted = 'default'] = module.split('#');
        const from = script.loaded?.name ?? script.name;
        return wanted === exported && names.includes(resolveOwn(folder, from, specifier));
      })
      .map(({ at }) => at),
  );
}

/** Does code mention the page's name, or that of the view, and has no other page the same? */
function isNamedAlone({ pages }: FileFacts, page: PageFacts, names: ReadonlySet<string>): boolean {
  const nameOf = ({ name }: PageFacts): string => path.posix.basename(name).toLowerCase();
  const own = nameOf(page);
  if (!names.has(own) && !(view.test(own) && names.has(own.replace(view, '')))) return false;
  return pages.every((each) => each === page || each.isBundled || nameOf(each) !== own);
}

const nextConfig = ['next.config.js', 'next.config.mjs', 'next.config.cjs', 'next.config.ts'];
/** Code of Next that may set another policy for each request. */
const nextMiddleware = /^(?:src\/)?(?:middleware|proxy)\.[jt]s$/;

/** Those that Next adds to every page: `headers()` of its configuration. */
function policiesOfNext({ folder, package: packages }: FileFacts): readonly GivenPolicy[] {
  if (packages.dependencies.next === undefined) return [];
  const name = nextConfig.find((each) => folder.isFile(each));
  const context = name === undefined ? undefined : readScript(folder, name, true)?.context;
  if (context === undefined || name === undefined) return [];
  const setsOwn = folder.files.some(
    (each) => nextMiddleware.test(each) && (folder.read(each) ?? '').toLowerCase().includes(header),
  );
  if (setsOwn) return [];
  // Pages of the App Router get their data in inline scripts.
  const isAppRouter = folder.files.some((each) => /^(?:src\/)?app\/(?:.+\/)?page\.[jt]sx?$/.test(each));
  return readNextPolicies(context).map(({ text, at }) => ({
    policy: text === undefined ? undefined : parsePolicy(text),
    at,
    by: name,
    ...(isAppRouter && { framework: 'Next' }),
  }));
}
