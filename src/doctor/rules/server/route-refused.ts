import type { Route } from '../../../source/index.js';
import { upTo } from '../../../trimmed.js';
import { hasIisnodeHandler } from '../../facts/realtime.js';
import type { RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';

/** A URL of a route, as far as it is written out, relative to the app. */
function urlOf({ path, method }: Route): string | undefined {
  if (path?.kind !== 'literal') return undefined;
  const text = String(path.value).replace(/^\//, '');
  const known = upTo(text, ':*({?+[');
  return method === 'use' && known !== '' && !known.endsWith('/') ? `${known}/x` : known;
}

/** Request filtering refuses a URL that the app answers (symptoms.md S43). */
export const routeRefused = defineRule({
  code: 'ROUTE_REFUSED',
  severity: 'warning',
  explains: ['PAGE_FAILED', 'PAGE_FILE_MISSING'],
  title: 'IIS refuses the URL of a route',
  why: 'Request filtering looks at the URL before rewrite rules and handlers: visitors get 404.8 (hidden segment), 404.7 (file ending), 404.6 (verb) or 404.5, and node never sees the request.',
  help: `Request filtering (system.webServer/security/requestFiltering) knows the URL as the client sends it. It hides web.config and, where
ASP.NET is installed, bin, App_Data, App_Code and others, and what hiddenSegments adds, in any place of a URL; it refuses file endings,
verbs and sequences that are listed. Rename the route, or remove the entry: <hiddenSegments><remove segment="bin" /></hiddenSegments>.
A rule that rewrites to such a name is not affected.`,
  check(facts) {
    const { site, query } = facts;
    if (!site || !hasIisnodeHandler(facts)) return [];
    return facts.server.scripts.flatMap(({ routes }) =>
      routes.routes.flatMap((route): RuleFinding[] => {
        const url = urlOf(route);
        if (url === undefined || url === '') return [];
        const method = /^(use|all)$/.test(route.method) ? 'GET' : route.method.toUpperCase();
        const end = query.journey(url, { method });
        if (end?.outcome.kind !== 'error' || end.outcome.failure.module !== 'RequestFilteringModule') return [];
        const { status, subStatus, detail } = end.outcome.failure;
        const message = `IIS answers ${method} ${end.url} with ${status}.${subStatus} before node sees it: ${detail}`;
        return [{ message, fix: 'Another path, or no such entry in requestFiltering', at: route.at }];
      }),
    );
  },
});
