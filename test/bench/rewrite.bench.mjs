import path from 'node:path';
import { build } from 'esbuild';

const root = path.join(import.meta.dirname, '..', '..');

/** Patterns as sites really have them; the last one matches. */
const patterns = [
  '^(.*)/index\\.php$',
  '^wp-admin/(.*)$',
  '\\.(aspx?|php|cgi)$',
  '^blog/([0-9]{4})/([0-9]{2})/([^/]+)/?$',
  '^articles?/([_0-9a-z-]+)$',
  '^products/([0-9]+)(/.*)?$',
  '^old-site/(.*)',
  '^app\\.js\\/debug[\\/]?',
  '(^|/)\\.',
  '^(css|js|img|fonts)/(.*)\\.v[0-9]+\\.(css|js|png|woff2?)$',
  '^sitemap(-[a-z]+)?\\.xml$',
  '^robots\\.txt$',
  '^api/v1/(.*)$',
  '^feed/?(rss|atom)?$',
  '^([a-z]{2})/docs/(.*)$',
  '^user/([^/]+)/settings/?$',
  '^download/([^/]+)/([^/]+)\\.zip$',
  '^search/([^/]*)/page/([0-9]+)$',
  '^node_modules(/|$)',
  '^socket\\.io(/|$)',
];

/** The engine, bundled from its sources. */
async function load() {
  const result = await build({
    entryPoints: [path.join(root, 'src', 'rewrite', 'index.ts')],
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = Buffer.from(result.outputFiles[0].contents).toString('base64');
  return import(`data:text/javascript;base64,${code}`);
}

const ruleOf = (url, index, last, conditions = []) => ({
  name: `rule ${index}`,
  enabled: true,
  scope: 'Distributed',
  patternSyntax: 'ECMAScript',
  stopProcessing: last,
  match: { url, ignoreCase: true, negate: false },
  logicalGrouping: 'MatchAll',
  trackAllCaptures: false,
  conditions,
  serverVariables: [],
  action: { type: 'Rewrite', url: 'server.js', appendQueryString: true },
  basePath: '/dante',
  origin: undefined,
});

/** `count` rules, of which only the last matches a socket.io URL. */
function rulesOf(count) {
  const others = patterns.slice(0, -1);
  const rules = [];
  for (let index = 0; index < count - 1; index++) rules.push(ruleOf(others[index % others.length], index, false));
  rules.push(ruleOf(patterns.at(-1), count, true));
  return { globalRules: [], rules, maps: [], allowedServerVariables: [] };
}

const conditionOf = (input, pattern) => ({ input, matchType: 'Pattern', pattern, ignoreCase: true, negate: false });

/** Rules that all match, and ask two things more, of which the second is not so; the last one applies. */
function rulesWithConditions(count) {
  const rules = [];
  for (let index = 0; index < count - 1; index++) {
    const host = conditionOf('{HTTP_HOST}', '^(www\\.)?localhost');
    rules.push(ruleOf('(.*)', index, false, [host, conditionOf('{REQUEST_URI}', `^/old-${index}(/|$)`)]));
  }
  rules.push(ruleOf(patterns.at(-1), count, true));
  return { globalRules: [], rules, maps: [], allowedServerVariables: [] };
}

const site = {
  siteName: 'Default Web Site',
  siteId: 1,
  poolName: 'DefaultAppPool',
  applicationPath: '/dante',
  applicationPhysicalPath: 'C:\\dante\\',
  sitePhysicalPath: 'C:\\site',
  mapPath: (url) => `C:\\site${url}`,
  isFile: () => false,
  isDirectory: () => false,
};

const request = {
  method: 'GET',
  scheme: 'http',
  host: 'localhost',
  rawUrl: '/dante/socket.io/?EIO=4&transport=polling',
  path: '/dante/socket.io/',
  query: 'EIO=4&transport=polling',
  headers: { host: 'localhost' },
  protocol: 'HTTP/1.1',
  remoteAddress: '127.0.0.1',
  remotePort: 50000,
  localAddress: '127.0.0.1',
  localPort: 80,
};

/**
 * Microseconds a call of each, the best of many short rounds taken in turn: a busy machine disturbs all alike.
 */
function timeAll(calls) {
  const best = calls.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < 150; round++) {
    calls.forEach(({ call, times }, index) => {
      const start = process.hrtime.bigint();
      for (let count = 0; count < times; count++) call();
      best[index] = Math.min(best[index], Number(process.hrtime.bigint() - start) / times / 1000);
    });
  }
  return best;
}

/** Patterns that RegExp would try for ever on a long path without a match. */
const endless = ['(a+)+$', '(a|aa)+$', '(.*)*x', '((a+)\\2)+x', '((.*)\\2)*((.*)\\4)*x', '^(?!.*(a*)*b).*(a*)*c'];

/** Milliseconds until the worst of them has an answer, and what reading 10 million characters takes meanwhile. */
function worstCase({ compileRewrite, rewrite }) {
  const path = `/dante/${'a'.repeat(16_384)}!`;
  const asked = { ...request, path, rawUrl: path, query: '' };
  const once = (act) => {
    const start = performance.now();
    act();
    return performance.now() - start;
  };
  const times = endless.map((pattern) => {
    const config = { globalRules: [], rules: [ruleOf(pattern, 0, true)], maps: [], allowedServerVariables: [] };
    const compiled = compileRewrite(config);
    return once(() => rewrite(asked, compiled, site));
  });
  let sum = 0;
  const floor = once(() => {
    for (let index = 0; index < 10_000_000; index++) sum += path.charCodeAt(index % path.length);
  });
  if (sum === 0) throw new Error('nothing was read');
  return { worst: Math.max(...times), floor };
}

/**
 * The rewrite engine against bare RegExp tests in the same run.
 * Rows of { what, measured, against, ratio, goal, met }.
 */
export async function run() {
  const engine = await load();
  const { compileRewrite, rewrite } = engine;
  const bare = patterns.map((pattern) => new RegExp(pattern, 'i'));
  const runOf = (config) => {
    const compiled = compileRewrite(config);
    return { call: () => rewrite(request, compiled, site), times: Math.ceil(40_000 / config.rules.length) };
  };
  let hits = 0;
  const input = 'socket.io/';
  const test = () => {
    for (const regExp of bare) if (regExp.test(input)) hits++;
  };
  const [tests, twenty, twoHundred, asking] = timeAll([
    { call: test, times: 4_000 },
    runOf(rulesOf(20)),
    runOf(rulesOf(200)),
    runOf(rulesWithConditions(20)),
  ]);
  if (hits === 0) throw new Error('the bare tests matched nothing');
  const { worst, floor } = worstCase(engine);
  const microseconds = (value) => `${value.toFixed(2)} us`;
  return [
    {
      what: 'URL Rewrite: a request against 20 rules',
      measured: microseconds(twenty),
      against: `20 bare RegExp tests: ${microseconds(tests)}`,
      ratio: (twenty / tests).toFixed(2),
      goal: 'at most 4; under 10 us',
      met: twenty / tests <= 4 && twenty < 10,
    },
    {
      what: 'URL Rewrite: 200 rules',
      measured: microseconds(twoHundred),
      against: `20 rules: ${microseconds(twenty)}`,
      ratio: (twoHundred / twenty).toFixed(2),
      goal: 'at most 10: linear',
      met: twoHundred / twenty <= 10,
    },
    {
      what: 'URL Rewrite: 20 rules that match, two conditions each',
      measured: microseconds(asking),
      against: `20 rules: ${microseconds(twenty)}`,
      ratio: (asking / twenty).toFixed(2),
      goal: 'under 10 us',
      met: asking < 10,
    },
    {
      what: 'URL Rewrite: the worst of patterns made to run for ever, on 16 KB',
      measured: `${worst.toFixed(0)} ms`,
      against: `reading 10 million characters: ${floor.toFixed(0)} ms`,
      ratio: (worst / floor).toFixed(2),
      goal: 'at most 10',
      met: worst / floor <= 10,
    },
  ];
}

if (process.argv[1] === import.meta.filename) console.table(await run());
