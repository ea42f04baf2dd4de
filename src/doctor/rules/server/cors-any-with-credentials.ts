import { defineRule } from '../define-rule.js';

/** Browsers refuse the star together with credentials (symptoms.md S62). */
export const corsAnyWithCredentials = defineRule({
  code: 'CORS_ANY_WITH_CREDENTIALS',
  severity: 'warning',
  explains: ['LIVE_CORS_WITHOUT_CREDENTIALS'],
  title: 'cors allows every origin, and credentials',
  why: 'A browser refuses the answer to a request with credentials when Access-Control-Allow-Origin is *: a client with withCredentials: true on another origin cannot connect.',
  help: `cors: { origin: '*', credentials: true } contradicts itself: with credentials (cookies, sticky sessions) the header has to name the
origin of the page. Write the origins: cors: { origin: ['https://www.example.com'], credentials: true }; or leave credentials out, if no
client needs cookies. Pages of the same origin need no cors at all.`,
  check: ({ server }) =>
    server.scripts.flatMap(({ sockets }) =>
      sockets.servers.flatMap(({ settings: { anyOriginWithCredentials: at } }) =>
        at === undefined
          ? []
          : [
              {
                message: "cors has origin: '*' and credentials: true, which browsers refuse together.",
                fix: "cors: { origin: ['https://www.example.com'], credentials: true }",
                at,
              },
            ],
      ),
    ),
});
