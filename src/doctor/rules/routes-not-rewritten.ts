import type { Entry } from '../../app/index.js';
import { furtherRoutes, type Route, type ServerScript } from '../../source/index.js';
import { upTo } from '../../trimmed.js';
import { everythingRuleName } from '../../webconfig/index.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { servedFoldersOf } from '../facts/served-folders.js';
import type { FileFacts } from '../types.js';
import { defineRule } from './define-rule.js';
import { editWebConfig, insertInWebServer } from './web-config-edits.js';

/** The files of one folder that are asked for. */
const mostFiles = 50;

/** What is in the folders that these scripts serve, relative to each; undefined where a folder is not known, or is elsewhere. */
function servedFiles({ folder }: FileFacts, scripts: readonly ServerScript[]): readonly string[] | undefined {
  const files = scripts.flatMap(servedFoldersOf).map((each) => {
    const inside = folder.files.filter((file) => file.startsWith(`${each}/`)).slice(0, mostFiles);
    return inside.map((file) => file.slice(each.length + 1));
  });
  return files.length === 0 || files.some((each) => each.length === 0) ? undefined : files.flat();
}

/** The URLs of a route, relative to the app: those of the files where it serves files. */
function urlsOf(route: Route, vdirPath: string, files: readonly string[] | undefined): readonly string[] {
  if (!route.isStatic || files === undefined) return [urlOf(route, vdirPath)];
  const below = urlOf(route, vdirPath).replace(/some\/page$/, '');
  // A visitor asks for the folder of an index.html.
  return files.map((file) => `${below}${encodeURI(file.replace(/(^|\/)index\.html?$/i, '$1'))}`);
}

/** A URL of a route, relative to the app. */
function urlOf({ path, method }: Route, vdirPath: string): string {
  if (path?.kind !== 'literal') return 'some/page';
  const text = upTo(String(path.value).replace(/^\//, ''), ':*(');
  const inside = vdirPath !== '/' && `/${text}`.toLowerCase().startsWith(`${vdirPath.toLowerCase()}/`);
  const relative = inside ? text.slice(vdirPath.length) : text;
  return method === 'use' ? `${relative}${relative === '' || relative.endsWith('/') ? '' : '/'}some/page` : relative;
}

function isReached({ query, folder }: FileFacts, url: string): boolean {
  const journey = query.journey(url);
  // What request filtering refuses is reported by ROUTE_REFUSED.
  if (journey?.outcome.kind === 'error' && journey.outcome.failure.module === 'RequestFilteringModule') return true;
  return !journey || journey.isIisnode || journey.rewrite.kind !== 'pass' || folder.isFile(journey.target ?? '');
}

/** Do visitors get pages from IIS? A rule for every URL would take them away. */
const servesPages = ({ pages, query }: FileFacts): boolean => pages.some(({ name }) => query.handsOut(name));

type LeftToIis = 'IsFile' | 'IsDirectory';

/** What IIS goes on serving: files where it serves pages, and the page of a folder where no route answers the app's own URL. */
function leftToIis(facts: FileFacts, entry: Entry): readonly LeftToIis[] {
  if (!servesPages(facts)) return [];
  const routes = facts.query.scriptsOf(entry).flatMap((script) => script.routes.routes);
  const answersRoot = routes.some((route) => urlOf(route, facts.site?.vdirPath ?? '/') === '');
  return answersRoot ? ['IsFile'] : ['IsFile', 'IsDirectory'];
}

const conditionsXml = (left: readonly LeftToIis[]): readonly string[] =>
  left.length === 0
    ? []
    : [
        '  <conditions>',
        ...left.map((type) => `    <add input="{REQUEST_FILENAME}" matchType="${type}" negate="true" />`),
        '  </conditions>',
      ];

function ruleXml(name: string, entry: Entry, left: readonly LeftToIis[]): string {
  return [
    `<rule name="${name}" stopProcessing="true">`,
    '  <match url=".*" />',
    ...conditionsXml(left),
    `  <action type="Rewrite" url="${entry.name.replace(/[&<"]/g, (c) => `&#${c.charCodeAt(0)};`)}" />`,
    '</rule>',
  ].join('\n');
}

/** Express routes that no rule sends to the app. */
export const routesNotRewritten = defineRule<Entry>({
  code: 'ROUTES_NOT_REWRITTEN',
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'No rule sends the URLs of the app to it',
  why: 'A handler matches only the URL in its path; for every other URL IIS looks for a file, and answers 404 where there is none.',
  help: `node gets only the requests that web.config sends to it: a rule for socket.io sends socket.io's requests only. For the
routes of the app add a rule after it that sends every URL to node: <rule name="all to node" stopProcessing="true"><match url=".*" />
<action type="Rewrite" url="server.js" /></rule>. Only where IIS serves the pages of the app the rule leaves files (and the page of a folder,
where no route answers there) to it: <conditions><add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" /></conditions>. --fix
adds the one that fits.`,
  check(facts) {
    const { site } = facts;
    const entry = facts.entries.find(({ exists, from }) => exists && from === 'handler');
    if (!site?.rewrite || !entry || hostedElsewhere(facts)) return [];
    const scripts = facts.query.scriptsOf(entry);
    const files = servedFiles(facts, scripts);
    const unreached = furtherRoutes(scripts.flatMap(({ routes }) => routes.routes)).find((route) =>
      urlsOf(route, site.vdirPath, files).some((url) => !isReached(facts, url)),
    );
    if (!unreached) return [];
    const { path } = unreached;
    const what =
      path?.kind === 'literal' && path.value !== '/'
        ? path.value
        : unreached.isStatic
          ? 'its static files'
          : 'its routes';
    return [
      {
        message: `${entry.name} answers ${what}, but no rule of web.config sends these requests to it.`,
        fix: `<rule> that sends every URL${servesPages(facts) ? ' that is not a file' : ''} to ${entry.name}`,
        at: unreached.at,
        data: entry,
      },
    ];
  },
  fix(facts, { data }) {
    if (!data) return [];
    const names = new Set((facts.site?.rewrite?.rules ?? []).map(({ name }) => name.toLowerCase()));
    const left = leftToIis(facts, data);
    const wanted = left.length > 0 ? 'app' : everythingRuleName;
    const name = [wanted, `${wanted} (${data.name})`].find((each) => !names.has(each)) ?? `${wanted} ${names.size}`;
    return editWebConfig(facts, (doc) => insertInWebServer(doc, ['rewrite', 'rules'], ruleXml(name, data, left)));
  },
});
