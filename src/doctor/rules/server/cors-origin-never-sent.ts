import { defineRule } from '../define-rule.js';

/** `https://app.example.com:3000/chat/` -> `https://app.example.com:3000`; without a scheme it is one of https. */
function originIn(text: string): string | undefined {
  const url = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  return URL.canParse(url) && !/[*\s]/.test(text) ? new URL(url).origin : undefined;
}

/** The cors package compares texts (lib/index.js isOriginAllowed). */
export const corsOriginNeverSent = defineRule({
  code: 'CORS_ORIGIN_NEVER_SENT',
  severity: 'warning',
  explains: ['LIVE_CORS_REFUSED'],
  title: 'An origin that cors allows is one that no browser sends',
  why: 'The origin of a page is its scheme, host and port, without a slash at the end; the texts are compared, and browsers refuse the answers (CORS): the client stays at "xhr poll error".',
  help: `Write an origin as the browser sends it in the header Origin: https://www.example.com, with the port where it is not the usual one, and
without a path, a slash at the end, capitals or a star in the name. For several hosts give a list, or a regular expression: origin:
/\\.example\\.com$/. Pages of the same host need no cors at all.`,
  check({ server }) {
    const servers = server.scripts.flatMap(({ sockets }) => sockets.servers);
    return servers.flatMap(({ settings }) =>
      settings.faultyOrigins.map(({ origin, at }) => {
        const right = originIn(origin);
        return {
          message: `cors allows the origin "${origin}", which no page has.`,
          fix: right === undefined ? 'a list of origins, or a regular expression' : `'${right}'`,
          at,
        };
      }),
    );
  },
});
