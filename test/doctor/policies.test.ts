import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';

const webConfig = (inside = ''): string => `<configuration>
  <system.webServer>
    <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules><rule name="app"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
    <webSocket enabled="false" />${inside}
  </system.webServer>
</configuration>`;

const inline = '<script src="socket.io/socket.io.js"></script>\n<script>const socket = io();</script>';
const byFile = '<script src="socket.io/socket.io.js"></script>\n<script src="app.js"></script>';
const express = `const app = require('express')();
const server = require('http').createServer(app);
new (require('socket.io').Server)(server);
server.listen(process.env.PORT);
`;
const sendPage = "app.get('/', (req, res) => res.sendFile(__dirname + '/index.html'));\n";
const strict = "default-src 'self'";

type Files = Readonly<Record<string, string>>;
type Found = readonly (readonly [severity: string, message: string, at: string])[];

/** What the rule finds in an app with these files. */
function findings(files: Files, dependencies: Files = {}): Found {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'policies-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const all = { express: '^4.21.0', 'socket.io': '^4.8.0', ...dependencies };
  const manifest = JSON.stringify({ name: 'app', main: 'server.js', dependencies: all });
  for (const [name, text] of Object.entries({ 'web.config': webConfig(), 'package.json': manifest, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const facts = gatherFacts(folder, { cwd: folder, vdirPath: '/' });
  return runRules(rules, facts, { only: ['POLICY_BLOCKS_CLIENT'] }).diagnoses.map(({ finding }) => [
    finding.severity,
    finding.message,
    `${path.relative(folder, finding.file ?? '')}:${finding.line}`,
  ]);
}

/** A server of Express, whose page has its client in an inline script. */
const served = (code: string): Files => ({ 'index.html': inline, 'server.js': express + code + sendPage });
const header = (value: string): string => `'Content-Security-Policy', ${JSON.stringify(value)}`;

describe('a policy that code sets by the name of the header', () => {
  it.each<[what: string, files: Files, at: string]>([
    [
      'a middleware',
      served(`app.use((req, res, next) => { res.setHeader(${header(strict)}); next(); });\n`),
      'server.js:5',
    ],
    [
      'a middleware with a path for all',
      served(`app.use('/', (req, res, next) => { res.set(${header(strict)}); next(); });\n`),
      'server.js:5',
    ],
    [
      'a function with a name',
      served(`app.use(guard);\nfunction guard(req, res, next) { res.header(${header(strict)}); return next(); }\n`),
      'server.js:6',
    ],
    [
      'the response of another name, with other headers',
      served(
        "app.use((_, out, go) => { out.set({ 'X-A': '1', 'content-security-policy': \"script-src 'self'\" }); go(); });\n",
      ),
      'server.js:5',
    ],
    [
      'a list of directives',
      served(
        `const csp = ["default-src 'self'", "img-src *"].join('; ');\napp.use((req, res, next) => { res.setHeader('Content-Security-Policy', csp); next(); });\n`,
      ),
      'server.js:6',
    ],
    [
      'directives of an object',
      served(
        `const rules = { 'default-src': ["'self'"], 'style-src': ["'self'", 'https:'] };
const csp = Object.entries(rules).map(([name, from]) => name + ' ' + from.join(' ')).join('; ');
app.use((req, res, next) => { res.setHeader('Content-Security-Policy', csp); next(); });\n`,
      ),
      'server.js:7',
    ],
    [
      'the route of the page',
      {
        'index.html': inline,
        'server.js': `${express}app.get('/', (req, res) => {\n  res.set(${header(strict)});\n  res.sendFile(__dirname + '/index.html');\n});`,
      },
      'server.js:6',
    ],
    [
      'a page in the code',
      {
        'server.js': `${express}app.get('/', (req, res) => {\n  res.set(${header(strict)}).send(\`${inline}\`);\n});`,
      },
      'server.js:6',
    ],
    [
      'a page in the code, above the route',
      {
        'server.js': `${express}const page = \`${inline}\`;\napp.get('/', (req, res) => { res.set(${header(strict)}); res.send(page); });`,
      },
      'server.js:7',
    ],
    [
      'a plain server',
      {
        'index.html': inline,
        'server.js': `const fs = require('fs');
const server = require('http').createServer((request, response) => {
  fs.readFile('index.html', (error, text) => {
    if (error) return response.writeHead(500).end();
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': "script-src 'self'" });
    response.end(text);
  });
});
require('socket.io')(server);
server.listen(process.env.PORT);`,
      },
      'server.js:5',
    ],
    [
      'a branch of a plain server',
      {
        'index.html': inline,
        'server.js': `const server = require('http').createServer((request, response) => {
  if (request.url === '/') {
    response.setHeader(${header(strict)});
    require('fs').createReadStream('index.html').pipe(response);
  } else { response.writeHead(404); response.end(); }
});
require('socket.io')(server);
server.listen(process.env.PORT);`,
      },
      'server.js:3',
    ],
    [
      'a script of its own',
      {
        ...served("app.use(require('./security'));\n"),
        'security.js': `module.exports = (req, res, next) => { res.setHeader(${header(strict)}); next(); };`,
      },
      'security.js:1',
    ],
    [
      'a script that makes it',
      {
        ...served("const { csp } = require('./lib/security');\napp.use(csp());\n"),
        'lib/security.js': `exports.csp = () => (req, res, next) => {\n  res.setHeader(${header(strict)});\n  next();\n};`,
      },
      'lib/security.js:2',
    ],
    [
      'express.static',
      {
        'public/index.html': inline,
        'server.js': `${express}app.use(require('express').static('public', {\n  setHeaders: (res) => res.set(${header(strict)}),\n}));`,
      },
      'server.js:6',
    ],
    [
      'a view',
      {
        'views/room.ejs': inline,
        'server.js': `${express}app.set('view engine', 'ejs');\napp.get('/', (req, res) => { res.set(${header(strict)}); res.render('room'); });`,
      },
      'server.js:6',
    ],
    [
      'Koa',
      {
        'index.html': inline,
        'server.js': `const app = new (require('koa'))();
app.use(async (ctx, next) => { await next(); ctx.set(${header(strict)}); });
const server = require('http').createServer(app.callback());
require('socket.io')(server);
server.listen(process.env.PORT);`,
      },
      'server.js:2',
    ],
    [
      'Fastify',
      {
        'index.html': inline,
        'server.js': `const app = require('fastify')();
app.addHook('onSend', async (request, reply) => { reply.header(${header(strict)}); });
require('socket.io')(app.server);
app.listen({ path: process.env.PORT });`,
      },
      'server.js:2',
    ],
    [
      'two places, both of them strict',
      served(
        `app.use((req, res, next) => { res.setHeader(${header(strict)}); next(); });\napp.use((req, res, next) => { res.setHeader(${header("script-src 'self'")}); next(); });\n`,
      ),
      'server.js:5',
    ],
  ])('is found: %s', (_what, files, at) => {
    expect(findings(files)).toEqual([['error', expect.stringContaining('Content-Security-Policy'), at]]);
  });

  const csp = (value: string): Files =>
    served(`app.use((req, res, next) => { res.setHeader('Content-Security-Policy', ${value}); next(); });\n`);

  it.each<[what: string, files: Files]>([
    ['it allows inline scripts', csp(`"default-src 'self'; script-src 'self' 'unsafe-inline'"`)],
    ['it has a nonce', csp('"script-src \'nonce-" + nonce + "\'"')],
    ['it has a hash', csp(`"script-src 'sha256-abc='; connect-src 'self'"`)],
    ['it is computed', csp('makePolicy()')],
    ['a part of it is computed', csp(`"script-src 'self' " + more`)],
    ['a part of it is chosen', csp(`\`script-src 'self'\${isDev ? " 'unsafe-inline'" : ''}\``)],
    ['a directive is computed', csp("scripts + '; img-src *'")],
    ['it is about framing alone', csp(`"frame-ancestors 'none'; upgrade-insecure-requests"`)],
    [
      'it only reports',
      served(`app.use((q, r, n) => { r.set('Content-Security-Policy-Report-Only', "${strict}"); n(); });\n`),
    ],
    ['it is below a path', served(`app.use('/admin', (req, res, next) => { res.set(${header(strict)}); next(); });\n`)],
    [
      'it is for some requests',
      served(`app.use((req, res, next) => { if (req.path === '/x') res.set(${header(strict)}); next(); });\n`),
    ],
    [
      'others leave before it',
      served(
        `app.use((req, res, next) => { if (req.path === '/') return next(); res.set(${header(strict)}); next(); });\n`,
      ),
    ],
    [
      'it is of production alone',
      served(`if (process.env.CSP) app.use((req, res, next) => { res.set(${header(strict)}); next(); });\n`),
    ],
    [
      'it is behind the page',
      {
        'index.html': inline,
        'server.js': `${express}${sendPage}app.use((req, res, next) => { res.set(${header(strict)}); next(); });`,
      },
    ],
    [
      'the page has another one',
      {
        'index.html': inline,
        'server.js': `${express}app.use((req, res, next) => { res.set(${header(strict)}); next(); });
app.get('/', (req, res) => { res.set(${header("script-src 'self' 'unsafe-inline'")}); res.sendFile(__dirname + '/index.html'); });`,
      },
    ],
    [
      'it is taken away again',
      {
        'index.html': inline,
        'server.js': `${express}app.use((req, res, next) => { res.set(${header(strict)}); next(); });
app.get('/', (req, res) => { res.removeHeader('Content-Security-Policy'); res.sendFile(__dirname + '/index.html'); });`,
      },
    ],
    [
      'it is of another page',
      {
        'index.html': inline,
        'admin.html': '<p>',
        'server.js': `${express}app.get('/admin', (req, res) => { res.set(${header(strict)}); res.sendFile(__dirname + '/admin.html'); });\n${sendPage}`,
      },
    ],
    [
      'it is of what is not found',
      {
        'index.html': inline,
        'server.js': `${express}app.use('/', require('./routes'));
app.use((req, res) => { res.status(404).set(${header("default-src 'none'")}).send('<h1>Not found</h1>'); });
app.use((err, req, res, next) => { res.status(500).set(${header("default-src 'none'")}).send('no'); next(err); });`,
        'routes.js': `const router = require('express').Router();
router.get('/', (req, res) => res.sendFile(__dirname + '/index.html'));
module.exports = router;`,
      },
    ],
    [
      'it is of an answer without a page',
      served(`app.get('/api', (req, res) => { res.set(${header("default-src 'none'")}); res.json({}); });\n`),
    ],
    [
      'a router has it',
      served(
        `const router = require('express').Router();\nrouter.use((req, res, next) => { res.set(${header(strict)}); next(); });\napp.use('/api', router);\n`,
      ),
    ],
    [
      'nothing uses it',
      {
        ...served("require('./security');\n"),
        'security.js': `exports.csp = (q, r, n) => { r.set(${header(strict)}); n(); };`,
      },
    ],
    [
      'the client is in a file of the own host',
      {
        'index.html': byFile,
        'app.js': 'io();',
        'server.js': `${express}app.use((q, r, n) => { r.set(${header(strict)}); n(); });\n${sendPage}`,
      },
    ],
    [
      'IIS answers the page itself',
      { ...csp(`"${strict}"`), 'web.config': webConfig().replace('url=".*"', 'url="^(socket\\.io|api)/"') },
    ],
    ['a request is read', served(`app.use((req, res, next) => { req.header('Content-Security-Policy'); next(); });\n`)],
  ])('is right where %s', (_what, files) => {
    expect(findings(files)).toEqual([]);
  });
});

describe('a policy that a package for a framework sends', () => {
  const koa = (code: string): Files => ({
    'index.html': inline,
    'server.js': `const app = new (require('koa'))();\n${code}
const server = require('http').createServer(app.callback());
require('socket.io')(server);
server.listen(process.env.PORT);`,
  });
  const fastify = (code: string): Files => ({
    'index.html': inline,
    'server.js': `const app = require('fastify')();\n${code}\nrequire('socket.io')(app.server);\napp.listen({ path: process.env.PORT });`,
  });

  it.each<[files: Files, dependencies: Files, by: string]>([
    [koa("app.use(require('koa-helmet')());"), { 'koa-helmet': '^8.0.0' }, 'koa-helmet 8'],
    [fastify("app.register(require('@fastify/helmet'));"), { '@fastify/helmet': '^13.0.0' }, '@fastify/helmet 13'],
    [
      fastify("app.register(require('@fastify/helmet'), { global: true, hidePoweredBy: true });"),
      { '@fastify/helmet': '^11.0.0' },
      '@fastify/helmet 11',
    ],
  ])('%#: is found', (files, dependencies, by) => {
    expect(findings(files, dependencies)).toEqual([['error', expect.stringContaining(by), 'server.js:2']]);
  });

  it.each<[files: Files, dependencies: Files]>([
    [koa("app.use(require('koa-helmet')());"), { 'koa-helmet': '^5.2.0' }],
    [koa("app.use(require('koa-helmet')({ contentSecurityPolicy: false }));"), { 'koa-helmet': '^8.0.0' }],
    [
      fastify("app.register(require('@fastify/helmet'), { contentSecurityPolicy: false });"),
      { '@fastify/helmet': '^13.0.0' },
    ],
    [fastify("app.register(require('@fastify/helmet'), { enableCSPNonces: true });"), { '@fastify/helmet': '^13.0.0' }],
    [fastify("app.register(require('@fastify/cors'));"), { '@fastify/helmet': '^13.0.0' }],
  ])('%#: is right', (files, dependencies) => {
    expect(findings(files, dependencies)).toEqual([]);
  });
});

describe('a policy of next.config', () => {
  const next = (headers: string, more: Files = {}): Files => ({
    'server.js': `const next = require('next')({});
const server = require('http').createServer(next.getRequestHandler());
require('socket.io')(server);
server.listen(process.env.PORT);`,
    'app/page.jsx':
      "'use client';\nimport { io } from 'socket.io-client';\nexport default () => { io(); return <p />; };",
    'next.config.mjs': `export default { async headers() { return [${headers}]; } };`,
    ...more,
  });
  const all = (value: string, source = '/(.*)'): string =>
    `{ source: '${source}', headers: [{ key: 'Content-Security-Policy', value: ${value} }] }`;
  const dependencies = { next: '^15.0.0', 'socket.io-client': '^4.8.0' };

  it.each([
    [
      'no sockets',
      all(`"script-src 'self' 'unsafe-inline'; connect-src https://chat.example.com http://localhost:3000"`),
      'warning',
    ],
    ['no connection', all(`"default-src 'none'; script-src 'self' 'unsafe-inline'"`), 'error'],
    ['no inline script', all("`default-src 'self';\\n  img-src *`.replace(/\\n/g, '')", '/:path*'), 'error'],
  ])('is found: %s', (_what, headers, severity) => {
    expect(findings(next(headers), dependencies)).toEqual([[severity, expect.any(String), 'next.config.mjs:1']]);
  });

  it.each([
    ['it allows both', next(all(`"script-src 'self' 'unsafe-inline'; connect-src 'self' wss:"`))],
    ['it is for a part of the pages', next(all(`"default-src 'self'"`, '/admin/:path*'))],
    ['it is about framing', next(all(`"frame-ancestors 'self'"`))],
    [
      'it depends on a header',
      next(
        `{ source: '/(.*)', has: [{ type: 'header', key: 'x' }], headers: [{ key: 'Content-Security-Policy', value: "default-src 'none'" }] }`,
      ),
    ],
    [
      'each request gets another one',
      next(all(`"default-src 'self'"`), {
        'middleware.js': "export function middleware() { headers.set('Content-Security-Policy', nonce); }",
      }),
    ],
  ])('is right where %s', (_what, files) => {
    expect(findings(files, dependencies)).toEqual([]);
  });
});

describe('what a policy lets a page connect to', () => {
  const of = (connect: string, client = 'io()'): Found =>
    findings({
      'index.html': `<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' *; connect-src ${connect}">
<script src="socket.io/socket.io.js"></script><script>${client};</script>`,
      'server.js': express + sendPage,
    });

  it.each([
    ['https:', 'io()', 'warning'],
    ['https://chat.example.com', 'io()', 'warning'],
    ['chat.example.com *.example.com', 'io()', 'warning'],
    ['https:', "io({ transports: ['websocket'] })", 'error'],
    ['wss:', 'io()', 'error'],
    ['wss://chat.example.com ws://localhost:3000 http://localhost:3000', 'io()', 'error'],
    ['data: blob:', 'io()', 'error'],
  ])('%s with %s: %s', (connect, client, severity) => {
    expect(of(connect, client)).toEqual([[severity, expect.any(String), 'index.html:1']]);
  });

  it.each([
    ["'self'", 'io()'],
    ['*', 'io()'],
    ['https: wss:', 'io()'],
    ['https://chat.example.com wss://chat.example.com', 'io()'],
    ['wss:', "io({ transports: ['websocket'] })"],
    ['wss:', 'io({ tryAllTransports: true })'],
    ['https:', "io({ transports: ['polling'] })"],
    ['https:', 'io(settings)'],
    ["'none'", "io('https://other.example.com')"],
  ])('%s is right for %s', (connect, client) => {
    expect(of(connect, client)).toEqual([]);
  });
});

it('a policy without the own host refuses the scripts of the page', () => {
  const files = { 'index.html': byFile, 'app.js': 'io();', 'server.js': express + sendPage };
  const of = (policy: string): Found =>
    findings({ ...files, 'index.html': `<meta http-equiv="Content-Security-Policy" content="${policy}">${byFile}` });
  expect(of("script-src 'unsafe-inline' https://cdn.jsdelivr.net")).toEqual([
    ['error', expect.stringContaining('socket.io/socket.io.js'), 'index.html:1'],
  ]);
  for (const right of ["script-src 'self'", 'script-src https:', 'script-src chat.example.com', "style-src 'self'"])
    expect(of(right)).toEqual([]);
});
