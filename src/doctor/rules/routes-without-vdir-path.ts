import { type HandedApp, mountedApp, unplacedRoutes } from '../../source/index.js';
import { iisnodeSock } from '../../typed-command.js';
import { isBuiltScript } from '../facts/build-product.js';
import { hostedElsewhere } from '../facts/realtime.js';
import { readerOfRootUrls } from '../facts/url-reader.js';
import type { FileFacts, RuleFinding } from '../types.js';
import { defineRule } from './define-rule.js';
import { everythingFails } from './symptoms.js';

interface FixData {
  readonly file: string;
  readonly span: NonNullable<HandedApp['span']>;
  readonly text: string;
}

function routePrefixFix(facts: FileFacts): {
  readonly handed: HandedApp | undefined;
  readonly data: FixData | undefined;
} {
  const script = facts.server.scripts.find(({ routes }) => routes.handed !== undefined);
  const handed = script?.routes.handed;
  const key = facts.vdirPath?.key;
  const isBuilt = script && isBuiltScript(facts, script);
  if (!script || !handed?.span || handed.express === undefined || key === undefined || isBuilt) {
    return { handed, data: undefined };
  }
  const text = mountedApp(handed.app, handed.express, key);
  return { handed, data: { file: script.source.file, span: handed.span, text } };
}

/** A plain http server that compares request.url as if the app were at the site's root. */
function plainServer(facts: FileFacts): RuleFinding<FixData>[] {
  const { vdirPath } = facts;
  const path = vdirPath?.path ?? '/';
  const reader = readerOfRootUrls(facts, path);
  if (!reader) return [];
  return [
    {
      message: `The server compares request.url, which starts with ${path}/ here and not with /.`,
      fix: `Remove process.env.${vdirPath?.key ?? 'virtualDirPath'} from the start of request.url first.`,
      at: reader.at,
      loader: { says: 'compares URLs without the vdir path', by: 'stripVdirPath' },
    },
  ];
}

/** An express app that answers at '/', in a virtual directory. */
export const routesWithoutVdirPath = defineRule<FixData>({
  code: 'ROUTES_WITHOUT_VDIR_PATH',
  severity: 'warning',
  explains: everythingFails,
  title: 'The routes of the app do not have the vdir path',
  why: 'iisnode passes node the whole URL, vdir path included: express compares /dante/ with its route for / and answers 404 (Cannot GET /dante/).',
  help: `An app at /dante sees GET /dante/rooms, never GET /rooms. Put the whole app below the vdir path in one place, where the
http server is created: http.createServer(${mountedApp('app', 'express')}). Its routes, its static files and
relative links in its pages then work as before; links and redirects that start with a slash need the vdir path as well. --fix
does this where it finds the place in the source. A plain http server that compares request.url has to remove the vdir path first.
Or let ${iisnodeSock} init . --loader always start the app: it removes the vdir path, and the code stays as it is.`,
  check(facts) {
    const { vdirPath } = facts;
    if (!vdirPath || hostedElsewhere(facts)) return [];
    const routes = facts.server.scripts.flatMap((script) => script.routes.routes);
    const [first] = unplacedRoutes(routes, vdirPath.path);
    if (!first) return plainServer(facts);
    const { handed, data } = routePrefixFix(facts);
    const app = handed?.app ?? 'app';
    return [
      {
        message: `The routes of the express app start at /, but browsers ask for ${vdirPath.path}/.`,
        fix: `${mountedApp(app, handed?.express ?? 'express', vdirPath.key)} instead of ${app}`,
        at: handed?.at ?? first.at,
        loader: { says: 'has routes without the vdir path', by: 'stripVdirPath' },
        ...(data && { data }),
      },
    ];
  },
  fix: (_facts, { data }) => (data ? [{ file: data.file, edits: [{ span: data.span, text: data.text }] }] : []),
});
