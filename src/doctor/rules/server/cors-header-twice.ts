import { defineRule } from '../define-rule.js';

const header = 'access-control-allow-origin';

/** IIS adds a header that the server sends as well (symptoms.md S62). */
export const corsHeaderTwice = defineRule({
  code: 'CORS_HEADER_TWICE',
  severity: 'error',
  explains: ['LIVE_CORS_TWICE'],
  title: 'The answer has Access-Control-Allow-Origin twice',
  why: 'A browser refuses an answer with two values ("contains multiple values \'*, *\', but only one is allowed"): no client of another origin can connect.',
  help: `customHeaders of IIS are added to every response, also to those of node. The server's own cors (the option of socket.io, or the package
cors) adds the same header. Keep it in one place, in the code: only there it can name the origin of the request. Remove <add
name="Access-Control-Allow-Origin" ../> from httpProtocol/customHeaders, and the other Access-Control headers with it.`,
  check(facts) {
    const items = facts.query.section('system.webServer/httpProtocol')?.child('customHeaders').items ?? [];
    const ofIis = items.find((item) => item.string('name').toLowerCase() === header);
    if (ofIis === undefined) return [];
    const own = facts.server.scripts
      .flatMap(({ sockets }) => sockets.servers)
      .flatMap(({ settings }) => settings.cors ?? []);
    const [first] = own;
    if (first === undefined) return [];
    const origin = ofIis.origin();
    const at = origin && facts.query.placeOf(origin);
    return [
      {
        message: 'customHeaders adds Access-Control-Allow-Origin, and so does the option cors of socket.io.',
        fix: 'Remove it from customHeaders; the option cors is enough.',
        at: at ?? first,
      },
    ];
  },
});
