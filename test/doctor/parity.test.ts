import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { applicationHostText } from '../../src/config/index.js';
import { type FileFacts, gatherFacts } from '../../src/doctor/index.js';
import { type Answer, folderWith, put, request, serve, webConfig } from '../host/harness.js';
import * as generate from '../trace/generate.js';

const node = `require('http').createServer((q, s) => { s.setHeader('x-node', '1'); s.end(); }).listen(process.env.PORT);`;
const sites = 60;
const seed = 20_260_101;

/** Sites without what only the answer's own way changes: pages of httpErrors and outbound rules. */
const decided = generate.site.filter(({ app }) => app !== null && !/<httpErrors|<outboundRules/.test(app));
const urls = [
  '',
  'a.html',
  'b.unknown',
  'sub/c.html',
  'sub',
  'sub/',
  'server.js',
  'server.js/info',
  'x',
  'socket.io/?EIO=4',
  'c.h?query',
];
const samples = fc.sample(
  fc.tuple(
    decided,
    fc.array(fc.constantFrom('GET', 'GET', 'POST', 'HEAD'), { minLength: urls.length, maxLength: urls.length }),
  ),
  {
    seed,
    numRuns: sites,
  },
);

/** The generated rules seldom drop a connection: the first site does. */
const dropping = webConfig(
  '<rewrite><rules><rule name="drop"><match url="^a" /><action type="AbortRequest" /></rule></rules></rewrite>',
);

type Outcome = NonNullable<ReturnType<FileFacts['query']['journey']>>['outcome'];

/** What a client must see after this outcome: [status, sub-status, location, does node answer]. */
function seenAfter(outcome: Outcome, method: string): readonly unknown[] {
  switch (outcome.kind) {
    case 'iisnode':
    case 'http-platform':
    case 'proxy':
      return [200, undefined, undefined, true];
    case 'file':
    case 'listing':
    case 'protocol-support':
      return [200, undefined, undefined, false];
    case 'custom-response':
      return [outcome.status, undefined, undefined, false];
    case 'redirect':
      return [outcome.status, undefined, outcome.location, false];
    case 'abort':
      return ['no answer'];
    case 'error': {
      const { status, subStatus } = outcome.failure;
      return [status, method === 'HEAD' ? undefined : `${status}.${subStatus}`, undefined, false];
    }
  }
}

const seen = (answer: Answer | undefined): readonly unknown[] =>
  answer === undefined
    ? ['no answer']
    : [answer.status, answer.code, answer.headers.location, answer.headers['x-node'] === '1'];

it(`what doctor says of a URL is what serve answers, for ${sites} generated sites (seed ${seed})`, async () => {
  const root = folderWith({ 'empty/nothing.txt': '' });
  const apps = samples.map(([site], index) => {
    const folder = folderWith({ 'server.js': node });
    put(folder, 'web.config', index === 0 ? dropping : (site.app ?? ''));
    for (const name of ['a.html', 'b.unknown', 'sub/c.html']) put(folder, name, name);
    return { path: `/site${index}`, physicalPath: folder };
  });
  put(
    root,
    'applicationHost.config',
    applicationHostText({
      unlocked: true,
      pools: ['DefaultAppPool'],
      sites: [
        {
          name: 'Default Web Site',
          id: 1,
          bindings: [{ protocol: 'http', information: '*:8080:' }],
          applications: [{ path: '/', physicalPath: `${root}/empty` }, ...apps],
        },
      ],
    }),
  );
  const { port } = await serve({
    directory: root,
    vdirPath: '/',
    applicationHostFile: `${root}/applicationHost.config`,
  });
  const kinds = new Map<string, number>();
  for (const [index, [site, methods]] of samples.entries()) {
    const app = apps[index];
    if (app === undefined) continue;
    const { site: facts, query } = gatherFacts(app.physicalPath, { cwd: root, vdirPath: app.path });
    // What IIS refuses is left out by the doctor, to judge the rest: its findings say it, and serve answers 500.19.
    if (facts === undefined || facts.problems.length > 0) continue;
    for (const [at, url] of urls.entries()) {
      const method = methods[at] ?? 'GET';
      const journey = query.journey(url, { method, address: { scheme: 'http', host: `127.0.0.1:${port}` } });
      if (
        journey === undefined ||
        (journey.outcome.kind === 'iisnode' && !/server\.js$/.test(journey.path.replace(/\/info$/, '')))
      )
        continue;
      const answer = await request(port, `${app.path}/${url}`, { method }).catch(() => undefined);
      const message = `${method} ${app.path}/${url}\n${site.app}\n${inspect(journey.outcome, { depth: 2 })}\n${answer?.body}`;
      expect(seen(answer), message).toEqual(seenAfter(journey.outcome, method));
      kinds.set(journey.outcome.kind, (kinds.get(journey.outcome.kind) ?? 0) + 1);
    }
  }
  for (const kind of ['iisnode', 'file', 'listing', 'custom-response', 'redirect', 'abort', 'error']) {
    expect(kinds.get(kind) ?? 0, `no outcome ${kind} among ${JSON.stringify([...kinds])}`).toBeGreaterThan(0);
  }
});
