import { describe, expect, it } from 'vitest';
import { rule, run, site, to, urlAfter } from './rules.js';

describe('app /dante with the rule of the 2013 sample: socket.io -> server-socketio.js', () => {
  const rules = [rule({ match: 'socket.io', basePath: '/dante', action: to('server-socketio.js') })];

  it.each([
    ['/dante/socket.io/socket.io.js', 'socket.io/socket.io.js'],
    ['/dante/socket.io/1/websocket/Ab1', 'socket.io/1/websocket/Ab1'],
    ['/dante/SOCKET.IO/1/', 'SOCKET.IO/1/'],
    ['/dante/docs/about-socket.io.html', 'docs/about-socket.io.html'],
  ])('%s goes to the server, node sees the original', (target, input) => {
    const result = run(target, rules);
    expect(result.steps[0]).toMatchObject({ verdict: 'applied', input });
    expect(result.path).toBe('/dante/server-socketio.js');
    expect(result.outcome).toEqual({ kind: 'rewrite', originalUrl: target });
    expect(result.headers['x-original-url']).toBe(target);
  });

  it.each(['/dante/server-socketio.js', '/dante/index-socketio.html'])('%s does not match', (target) => {
    const result = run(target, rules);
    expect(result.outcome).toEqual({ kind: 'pass' });
    expect(result.steps[0]?.verdict).toBe('not-matched');
    expect(result.headers).toEqual({});
  });

  it('never consults the rules of the app for a URL of the site root', () => {
    expect(run('/socket.io/?EIO=4', rules).steps[0]?.verdict).toBe('skipped-out-of-scope');
  });
});

describe("Azure's stock iisnode rules in a site root", () => {
  const rules = [
    rule({ name: 'NodeInspector', match: '^app.js\\/debug[\\/]?', stopProcessing: true }),
    rule({ name: 'StaticContent', action: to('public{REQUEST_URI}') }),
    rule({
      name: 'DynamicContent',
      conditions: [{ input: '{REQUEST_FILENAME}', matchType: 'IsFile', negate: true }],
      action: to('app.js'),
    }),
  ];
  const disk = site(['C:\\site\\public\\css\\a.css'], ['C:\\site\\public']);
  const verdicts = (target: string): string[] => run(target, rules, { site: disk }).steps.map((step) => step.verdict);

  it('serves a file that exists in public', () => {
    expect(urlAfter('/css/a.css', rules, { site: disk })).toBe('/public/css/a.css');
    expect(verdicts('/css/a.css')).toEqual(['not-matched', 'applied', 'condition-failed']);
  });

  it('gives the rest to app.js, with the query grown by each rewrite and the original for node', () => {
    const result = run('/api/x?y=1', rules, { site: disk });
    expect(result.steps[1]?.result).toBe('/public/api/x?y=1&y=1');
    expect(result.path).toBe('/app.js');
    expect(result.outcome).toEqual({ kind: 'rewrite', originalUrl: '/api/x?y=1' });
  });

  it('gives socket.io to app.js', () => {
    const result = run('/socket.io/?EIO=4', rules, { site: disk });
    expect(result.steps[1]?.result).toBe('/public/socket.io/?EIO=4&EIO=4');
    expect(result.path).toBe('/app.js');
  });

  it('gives the root to app.js: /public/ is a folder, not a file', () => {
    const result = run('/', rules, { site: disk });
    expect(result.steps[1]?.result).toBe('/public/');
    expect(result.path).toBe('/app.js');
  });

  it('stops at the debugger', () => {
    expect(verdicts('/app.js/debug')).toEqual(['applied', 'skipped-after-stop', 'skipped-after-stop']);
    expect(run('/app.js/debug', rules).outcome).toEqual({ kind: 'pass' });
  });
});

describe('each syntax on its worked examples', () => {
  it.each([
    ['ECMAScript', '^socket\\.io(/|$)', 'socket.io/1/', ['socket.io/', '/']],
    ['ECMAScript', '^socket\\.io(/|$)', 'websocket-io-help.html', undefined],
    ['ECMAScript', '/*', 'css/a.css', ['']],
    ['ECMAScript', 'myapp/*', 'xmyappfoo', ['myapp']],
    ['ECMAScript', '(.+)', '', undefined],
    ['ECMAScript', '.*', '', ['']],
    ['ECMAScript', '^$', '', ['']],
    ['ECMAScript', '.+', '', undefined],
    ['ECMAScript', '([0-9]+)/([a-z]+)\\.html', '07/article.html', ['07/article.html', '07', 'article']],
    ['Wildcard', 'socket.io*', 'socket.io/1/', ['socket.io/1/', '/1/']],
    ['Wildcard', '*', 'socket.io/1/', ['socket.io/1/', 'socket.io/1/']],
    ['Wildcard', 'socket.io', 'socket.io/1/', undefined],
    ['Wildcard', '.*', 'socket.io/1/', undefined],
    ['Wildcard', '*/*.html', 'contoso/test.html', ['contoso/test.html', 'contoso', 'test']],
    ['Wildcard', 'a?c', 'abc', ['abc']],
    ['Wildcard', 'a?c', 'ac', undefined],
    ['Wildcard', '*/*', 'a/b/c', ['a/b/c', 'a/b', 'c']],
    ['ExactMatch', 'server.js', 'Server.js', ['Server.js']],
    ['ExactMatch', 'server.js', 'serverxjs', undefined],
    ['ExactMatch', 'server.js', 'server.js/debug', undefined],
  ] as const)('%s %s on "%s"', (patternSyntax, match, input, captures) => {
    const step = run(`/${input}`, [rule({ patternSyntax, match })]).steps[0];
    expect(step?.verdict).toBe(captures === undefined ? 'not-matched' : 'applied');
    if (captures !== undefined) expect(step?.captures).toEqual(captures);
  });

  it('makes every request fail for "*" as ECMAScript', () => {
    expect(run('/x', [rule({ name: 'bad', match: '*' })]).outcome).toMatchObject({
      kind: 'error',
      status: 500,
      subStatus: 50,
      message: `The expression "*" contains a repeat expression (one of '*', '?', '+', '{' in most contexts) that is not preceded by an expression.`,
    });
  });
});
