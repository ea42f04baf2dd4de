import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import { diagnose, reporters } from '../../../src/doctor/index.js';
import { observed, readObservations } from '../../../src/doctor/trial/observations.js';
import { processExists } from '../../../src/files/index.js';
import { loaderFiles, loaderName } from '../../../src/scaffold/loader.js';
import { freePort } from '../../support/free-port.js';
import { appWith, namesIn, ofTrial, placesOf, tryApp, webConfig } from './trial-app.js';

/** Enough for node to start on a busy machine; what never comes is then waited for no longer. */
const short = { runLimit: 8_000 };

const listening = `require('node:http').createServer((request, response) => response.end('<p>here')).listen(process.env.PORT);\n`;

/** HttpPlatformHandler for everything, with these attributes and variables. */
const platformConfig = (attributes: string, variables = ''): string =>
  `<configuration><system.webServer><handlers><add name="p" path="*" verb="*" modules="httpPlatformHandler" resourceType="Unspecified" /></handlers><httpPlatform ${attributes}><environmentVariables>${variables}</environmentVariables></httpPlatform></system.webServer></configuration>`;

describe('an app that does not come up', () => {
  it.each([
    [
      'crashes as it starts',
      { 'server.js': `const settings = undefined;\n\nsettings.port.toString();\n` },
      ['APP_CRASHED server.js:3'],
      /^server\.js ends before it listens on process\.env\.PORT: TypeError: Cannot read properties of undefined/,
    ],
    [
      'does not find a module',
      { 'server.js': `require('./lib/all.js');\n`, 'lib/all.js': `\nrequire('never-installed-anywhere');\n` },
      ['APP_CRASHED all.js:2'],
      /Error: Cannot find module 'never-installed-anywhere'/,
    ],
    [
      'requires in an ES module',
      {
        'package.json': '{ "type": "module" }',
        'server.js': `const http = require('node:http');\nhttp.createServer().listen(process.env.PORT);\n`,
      },
      ['APP_CRASHED server.js:1'],
      /require is not defined in ES module scope/,
    ],
    [
      'imports a name that a package does not export',
      { 'server.js': `import { nothing } from 'node:http';\nnothing();\n`, 'package.json': '{ "type": "module" }' },
      ['APP_CRASHED server.js:1'],
      /does not provide an export named 'nothing'/,
    ],
    [
      'loads a native add-on that was built elsewhere',
      { 'server.js': `require('./build/Release/addon.node');\n`, 'build/Release/addon.node': Buffer.alloc(300, 7) },
      ['APP_CRASHED server.js:1'],
      /addon\.node/,
    ],
    [
      'calls process.exit',
      { 'server.js': `const check = () => {\n  process.exit(0);\n};\ncheck();\n` },
      ['APP_ENDED server.js:2'],
      /^server\.js calls process\.exit before it listens \(exit code 0\)$/,
    ],
    [
      'says why it calls process.exit',
      { 'server.js': `console.error('Error: DB_URL is not set');\nprocess.exit(1);\n` },
      ['APP_ENDED server.js:2'],
      /\(exit code 1\); it wrote: Error: DB_URL is not set$/,
    ],
    [
      'has nothing to do',
      { 'server.js': `if (require.main === module) {\n  ${listening}}\nconst started = true;\n` },
      ['APP_ENDED'],
      /^server\.js ends before it listens: nothing keeps it running$/,
    ],
    [
      'awaits at its top level what never comes',
      { 'server.js': `import('./main.mjs');\n`, 'main.mjs': `await new Promise(() => undefined);\n` },
      ['APP_ENDED'],
      /^server\.js ends before it listens: (a top-level await never settles|nothing keeps it running)/,
    ],
    [
      'is not there',
      { 'web.config': webConfig('main.js'), 'server.js': listening },
      ['APP_NOT_STARTED'],
      /^iisnode does not start the app: .*does not exist/,
    ],
  ] as const)('and %s has a finding with the reason', async (_, files, places, message) => {
    const report = await tryApp(appWith(files));
    expect(placesOf(report)).toEqual(places);
    expect(ofTrial(report)[0]?.message).toMatch(message);
  });

  it('and never listens has a finding with the time that was waited', async () => {
    const report = await tryApp(appWith({ 'server.js': `setInterval(() => undefined, 1000);\n` }), short);
    expect(placesOf(report)).toEqual(['APP_NEVER_LISTENED']);
    expect(ofTrial(report)[0]?.message).toMatch(/within 5 s; it was idle\.$/);
    expect(report.trial).toMatchObject({ ran: true, outcome: 'never-listened' });
  });

  it('and listens on a port has a finding with the port', async () => {
    const port = await freePort();
    const server = `const port = ${port};\nrequire('node:http').createServer().listen(port);\n`;
    const report = await tryApp(appWith({ 'server.js': server }), short);
    expect(placesOf(report)).toEqual(['APP_LISTENED_ELSEWHERE server.js:2']);
    expect(ofTrial(report)[0]?.message).toBe(`The app listens on port ${port}, not on the pipe in process.env.PORT.`);
  });

  it('and is still at work after the time is not called broken', async () => {
    const report = await tryApp(appWith({ 'server.js': `for (;;);\n` }), { runLimit: 3_500 });
    expect(placesOf(report)).toEqual(['TRIAL_UNDECIDED']);
    expect(ofTrial(report)[0]).toMatchObject({
      severity: 'info',
      message: expect.stringMatching(/still starting after 2 s/),
    });
  });

  it.each([
    ['another machine', `require('node:net').connect(5432, 'db.example.com');\n`, 'db.example.com:5432'],
    ['an address', `require('node:tls').connect({ host: '192.0.2.1', port: 443 });\n`, '192.0.2.1:443'],
    ['a URL', `fetch('https://service.example.com/').catch((e) => { throw e.cause; });\n`, 'service.example.com:443'],
    ['a name', `require('node:dns').promises.resolveSrv('_mongodb._tcp.example.com');\n`, '_mongodb._tcp.example.com'],
  ])('because it connects to %s is not called broken', async (_, code, host) => {
    const report = await tryApp(appWith({ 'server.js': code }));
    expect(placesOf(report).map((place) => place.split(' ')[0])).toEqual(['TRIAL_UNDECIDED']);
    expect(ofTrial(report)[0]?.message).toContain(`it connects to ${host}, which does not answer in a trial`);
  });

  it.each([
    [
      'a child process',
      "if (process.argv[2]) require('http').createServer().listen(process.env.PORT);\nelse require('child_process').fork(__filename, ['worker']);",
      'A child process or a thread of the app listens on process.env.PORT, where the loader cannot connect it to the pipe.',
    ],
    [
      'a thread',
      "const { Worker, isMainThread } = require('worker_threads');\nif (isMainThread) new Worker(__filename); else require('http').createServer().listen(process.env.PORT);",
      'A child process or a thread of the app listens on process.env.PORT, where the loader cannot connect it to the pipe.',
    ],
    [
      'a server of net',
      "require('net').createServer().listen(process.env.PORT)",
      'The app listens on process.env.PORT with a server that answers no HTTP/1.1 requests: the loader does not connect it to the pipe.',
    ],
  ])('behind the loader and listens in %s has a finding without the number of the loader', async (_, code, message) => {
    const loader = Object.fromEntries(loaderFiles({ entry: 'server.js', vdirPath: '/app' }));
    const files = { 'server.js': code, ...loader, 'web.config': webConfig(loaderName) };
    const report = await tryApp(appWith(files), short);
    expect(ofTrial(report).map((each) => [each.rule, each.message])).toEqual([['APP_LISTENED_ELSEWHERE', message]]);
    const line = code.split('\n').findIndex((each) => each.includes('listen(')) + 1;
    expect(placesOf(report)).toEqual([`APP_LISTENED_ELSEWHERE server.js:${line}`]);
    expect(ofTrial(report)[0]?.fix).not.toMatch(/\d{2}/);
  });

  it('because nothing listens at a port of this machine is not called broken', async () => {
    const port = await freePort();
    const report = await tryApp(appWith({ 'server.js': `require('node:net').connect(${port}, '127.0.0.1');\n` }));
    expect(ofTrial(report)).toMatchObject([
      { rule: 'TRIAL_UNDECIDED', message: expect.stringContaining(`127.0.0.1:${port}`) },
    ]);
  });
});

describe('an app that comes up', () => {
  it('and answers a page is quiet, and its folder is as before', async () => {
    const folder = appWith({ 'server.js': `console.log('up');\nconsole.error('and how');\n${listening}` });
    const before = namesIn(folder);
    const report = await tryApp(folder);
    expect(ofTrial(report)).toEqual([]);
    expect(report.trial).toMatchObject({ ran: true, outcome: 'works' });
    expect(namesIn(folder)).toEqual(before);
  });

  it('and crashes at its first request has a finding with the place', async () => {
    const server = `const http = require('node:http');
http.createServer((request) => {
  setImmediate(() => request.nothing.at(0));
}).listen(process.env.PORT);\n`;
    const report = await tryApp(appWith({ 'server.js': server }));
    expect(placesOf(report)).toEqual(['APP_CRASHED server.js:3']);
    expect(ofTrial(report)[0]?.message).toMatch(
      /^server\.js ends while it answers GET \/app\/\S* \(500\.1013\): TypeError: /,
    );
  });

  it('and misses its certificate has a finding that says what is to be done', async () => {
    const server = `require('node:https').createServer({ key: require('node:fs').readFileSync('key.pem') }).listen(443);\n`;
    const [finding] = ofTrial(await tryApp(appWith({ 'server.js': server })));
    expect(finding).toMatchObject({
      rule: 'APP_CRASHED',
      fix: expect.stringMatching(/^put that file there, on the server/),
    });
  });

  it.each([
    "if (isNaN(process.env.PORT)) throw new Error('PORT: must be a port: was ' + process.env.PORT);\n",
    'if (Number.isNaN(Number(process.env.PORT))) throw new TypeError(\'env: "PORT" should be a valid integer\');\n',
  ])('and checks that PORT is a number has a finding that says what is to be done', async (server) => {
    const [finding] = ofTrial(await tryApp(appWith({ 'server.js': server })));
    expect(finding).toMatchObject({
      rule: 'APP_CRASHED',
      fix: expect.stringMatching(/^let that check take a text: .*loader always/),
    });
  });

  it('and makes a number of PORT in a way that no source shows has a finding that says so', async () => {
    const server = `const settings = { read: (name) => +process.env[name] };\nconst server = require('node:http').createServer();\nserver.listen(settings.read('PORT'));\n`;
    const [finding] = ofTrial(await tryApp(appWith({ 'server.js': server })));
    expect(finding).toMatchObject({ rule: 'APP_CRASHED', line: 3, fix: expect.stringMatching(/without Number/) });
  });

  it('and has no page has a finding with the answer', async () => {
    const server = `require('express')().get('/', (q, r) => r.end('page')).listen(process.env.PORT);\n`;
    const report = await tryApp(appWith({ 'server.js': server }));
    expect(placesOf(report)).toEqual(['PAGE_FAILED']);
    expect(ofTrial(report)[0]?.message).toMatch(/^The page at \/app\/: HTTP 404, /);
  });

  it('with a page whose script is missing has a finding with its name', async () => {
    const server = `require('node:http').createServer((q, r) => {
  if (q.url !== '/app/') return r.writeHead(404).end();
  r.setHeader('content-type', 'text/html').end('<!doctype html>\\n<script src="client.js"></script>');
}).listen(process.env.PORT);\n`;
    const report = await tryApp(appWith({ 'server.js': server }));
    expect(placesOf(report)).toEqual(['PAGE_FILE_MISSING']);
    expect(ofTrial(report)[0]?.message).toBe('The script client.js (/app/:2): HTTP 404.');
  });

  it('with socket.io at another path than its page asks for has a finding', async () => {
    const server = `const http = require('node:http').createServer((q, r) => {
  if (q.url !== '/app/') return r.writeHead(404).end('nothing here');
  r.setHeader('content-type', 'text/html').end('<script src="/app/socket.io/socket.io.js"></script><script>io({ path: "/app/socket.io" })</script>');
});
new (require('socket.io').Server)(http, { path: '/sockets' });
http.listen(process.env.PORT);\n`;
    const report = await tryApp(appWith({ 'server.js': server }));
    expect(placesOf(report)).toContain('HANDSHAKE_FAILED');
    expect(report.trial).toMatchObject({ ran: true, outcome: 'fails' });
  });

  it.each([
    [
      'IIS',
      '<security><requestFiltering noSuchSetting="1" /></security>',
      /^HTTP 500\.19 for \/app\/: .*noSuchSetting/,
    ],
    ['iisnode', '<iisnode noSuchSetting="1" />', /^iisnode cannot read its settings, .*noSuchSetting/],
  ])('behind a web.config that %s refuses has a finding with the line', async (_, element, message) => {
    const config = webConfig('server.js', element);
    const report = await tryApp(appWith({ 'server.js': listening, 'web.config': config }));
    const line = config.split('\n').findIndex((each) => each.includes('noSuchSetting')) + 1;
    expect(placesOf(report)).toEqual([`CONFIG_REFUSED web.config:${line}`]);
    expect(ofTrial(report)[0]?.message).toMatch(message);
  });
});

describe('the end of a trial', () => {
  const pidIn = (file: string): number => Number(readFileSync(file, 'utf8'));

  it('is the end of what the app started as well', async () => {
    const record = path.join(appWith({}), 'pid');
    const server = `const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { detached: true, stdio: 'ignore' });
child.unref();
require('node:fs').writeFileSync(${JSON.stringify(record)}, String(child.pid));
${listening}`;
    const report = await tryApp(appWith({ 'server.js': server }));
    expect(report.trial).toMatchObject({ ran: true, outcome: 'works' });
    expect(processExists(pidIn(record))).toBe(false);
  });

  it('comes at its limit, whatever hangs', async () => {
    const record = path.join(appWith({}), 'pid');
    const server = `require('node:fs').writeFileSync(${JSON.stringify(record)}, String(process.pid));
require('node:http').createServer(() => { for (;;); }).listen(process.env.PORT);\n`;
    const report = await tryApp(appWith({ 'server.js': server }), { runLimit: 5_000 });
    expect(placesOf(report)).toEqual(['PAGE_FAILED']);
    expect(processExists(pidIn(record))).toBe(false);
  });

  it('comes with a signal while the host starts: the app is not started', async () => {
    const folder = appWith({ 'server.js': `require('node:fs').writeFileSync('started', '');\n${listening}` });
    const interrupt = new AbortController();
    const trial = tryApp(folder, { signal: interrupt.signal });
    interrupt.abort();
    await expect(trial).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    expect(namesIn(folder)).not.toContain('started');
  });

  it('comes with the signal, and nothing is left running', async () => {
    const record = path.join(appWith({}), 'pid');
    const server = `require('node:fs').writeFileSync(${JSON.stringify(record)}, String(process.pid));\nsetInterval(() => 0, 1000);\n`;
    const interrupt = new AbortController();
    const trial = tryApp(appWith({ 'server.js': server }), { signal: interrupt.signal });
    const told = expect(trial).rejects.toMatchObject({ code: 'INTERRUPTED', exitCode: 130 });
    await expect.poll(() => existsSync(record) && readFileSync(record, 'utf8') !== '').toBe(true);
    interrupt.abort();
    await told;
    expect(processExists(pidIn(record))).toBe(false);
  });
});

it('an app that connects to one place again and again is observed in one line', () => {
  const folder = appWith({
    'server.js': `let count = 0;
const connect = () => require('node:net').connect(5432, 'db.example.com').on('error', () => ++count < 200 && connect());
connect();\n`,
  });
  const record = path.join(folder, 'observed.jsonl');
  const environment = observed(process.env, record);
  expect(spawnSync(process.execPath, ['server.js'], { cwd: folder, env: environment }).status).toBe(0);
  expect(readObservations(record).refused).toEqual(['db.example.com:5432']);
  expect(readFileSync(record, 'utf8').match(/"refused"/g)).toHaveLength(1);
});

it('an app that ends in a script of another address is observed', () => {
  const record = path.join(appWith({}), 'observed.jsonl');
  const stack = 'Error\n    at x (file://host/x.js:3:5)\n    at Object.<anonymous> (/app/server.js:7:1)';
  writeFileSync(record, `${JSON.stringify({ kind: 'exit', pid: 1, stack })}\n`);
  expect(readObservations(record).exits).toMatchObject([{ at: { file: '/app/server.js', line: 7 } }]);
});

it('a folder in another spelling than on disk, as on Windows, is tried as well', async () => {
  const folder = appWith({ 'App/server.js': listening, 'App/web.config': webConfig() });
  const { trial } = await diagnose(path.join(folder, 'app'), { cwd: folder, run: true, environment: process.env });
  expect(trial).toMatchObject({ ran: true, outcome: 'works' });
  const other = await diagnose('APP/WEB.config', { cwd: folder, run: true, environment: process.env });
  expect(other.trial).toEqual({ ran: false, reason: 'a web.config was given, not a folder' });
});

/** Of this machine, and not 127.0.0.1. */
const otherAddress = process.platform === 'linux' ? '127.0.0.2' : '::1';

describe('an app of HttpPlatformHandler', () => {
  const mapped = platformConfig(
    'processPath="C:\\Program Files\\nodejs\\node.exe" arguments=".\\server.js" stdoutLogEnabled="true" stdoutLogFile=".\\log"',
    '<environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />',
  );
  const unmapped = platformConfig('processPath="node" arguments="server.js" startupTimeLimit="60"');

  it('works in a trial, with no log in its folder', async () => {
    const folder = appWith({ 'server.js': listening, 'web.config': mapped });
    const before = namesIn(folder);
    const { trial, findings } = await tryApp(folder);
    expect(findings.filter(({ known }) => known === 'trial')).toEqual([]);
    expect(trial).toMatchObject({ ran: true, outcome: 'works' });
    expect(namesIn(folder)).toEqual(before);
  });

  it.each([
    ['crashes', 'null.x;\n', ['APP_CRASHED server.js:1'], /^server\.js ends before it listens: TypeError/],
    [
      'ends',
      'process.exit(3);\n',
      ['APP_ENDED server.js:1'],
      /^server\.js calls process\.exit before it listens \(exit code 3\)/,
    ],
    [
      'listens elsewhere',
      `require('node:http').createServer().listen(0);\n`,
      ['APP_LISTENED_ELSEWHERE server.js:1'],
      /^The app listens on port \d+, not on the port that HttpPlatformHandler gives it in HTTP_PLATFORM_PORT\.$/,
    ],
    [
      'listens on another address',
      `require('node:http').createServer().listen(process.env.HTTP_PLATFORM_PORT, '${otherAddress}');\n`,
      ['APP_LISTENED_ELSEWHERE server.js:1'],
      /^The app listens on its port at the address (127\.0\.0\.2|::1) alone, and HttpPlatformHandler asks 127\.0\.0\.1\.$/,
    ],
    ['never listens', 'setInterval(() => undefined, 1000);\n', ['APP_NEVER_LISTENED'], /within 5 s; it was idle\.$/],
  ] as const)('and %s has a finding that says what HttpPlatformHandler does', async (_, server, places, message) => {
    const report = await tryApp(appWith({ 'server.js': server, 'web.config': unmapped }), short);
    expect(placesOf(report)).toEqual(places);
    const [finding] = ofTrial(report);
    expect(finding?.message).toMatch(message);
    expect(finding?.why).toMatch(/^HttpPlatformHandler .*502\.5/);
  });

  it.runIf(process.platform !== 'win32')('is not started with a program that only Windows has', async () => {
    const config = platformConfig('processPath="C:\\tools\\start.cmd" arguments="server.js"');
    const { trial } = await tryApp(appWith({ 'server.js': listening, 'web.config': config }));
    const reason = 'HttpPlatformHandler starts C:\\tools\\start.cmd, which is not on this machine';
    expect(trial).toEqual({ ran: false, reason });
  });

  it('and has no program has a finding that names it', async () => {
    const config = platformConfig('processPath="never-installed-anywhere" arguments="server.js"');
    const report = await tryApp(appWith({ 'server.js': listening, 'web.config': config }), short);
    expect(placesOf(report)).toEqual(['APP_NOT_STARTED']);
    expect(ofTrial(report)[0]?.message).toMatch(/never-installed-anywhere/);
  });

  it('whose port is not mapped has that as the cause', async () => {
    const { findings } = await tryApp(
      appWith({ 'server.js': listening.replace('.PORT', '.PORT || 0'), 'web.config': unmapped }),
      short,
    );
    expect(findings[0]?.rule).toBe('PLATFORM_PORT_NOT_READ');
    expect(findings[0]?.consequences?.map(({ rule }) => rule)).toEqual(['APP_LISTENED_ELSEWHERE']);
  });
});

describe('an app is not started', () => {
  const needy = { 'server.js': listening, 'package.json': '{ "dependencies": { "never-installed-anywhere": "1" } }' };

  it.each([
    ['with --no-run', { run: false }, {}, '.', '--no-run'],
    ['for chosen rules', { only: ['FIXED_PORT'] }, {}, '.', '--only'],
    ['for a web.config', {}, {}, 'web.config', 'a web.config was given, not a folder'],
    [
      'for the ASP.NET Core Module',
      {},
      {
        'web.config': `<configuration><system.webServer><handlers><add name="a" path="*" verb="*" modules="AspNetCoreModuleV2" /></handlers><aspNetCore processPath="node" arguments="server.js" /></system.webServer></configuration>`,
      },
      '.',
      'its web.config is for the ASP.NET Core Module, which the embedded IIS does not run',
    ],
    [
      'for a server that a rule hands requests to',
      {},
      {
        'web.config': `<configuration><system.webServer><rewrite><rules><rule name="proxy"><match url="(.*)" /><action type="Rewrite" url="http://localhost:3000/{R:1}" /></rule></rules></rewrite></system.webServer></configuration>`,
      },
      '.',
      'its web.config hands the requests to another server, which a trial does not start',
    ],
  ])('%s', async (_, options, files, target, reason) => {
    const folder = appWith({ 'server.js': `throw new Error('started');\n`, ...files });
    const { trial, findings } = await tryApp(path.join(folder, target), options);
    expect(trial).toEqual({ ran: false, reason });
    expect(findings.filter(({ known }) => known === 'trial')).toEqual([]);
  });

  it('where the temporary folder cannot be used, and the files are examined all the same', async () => {
    const folder = appWith({ 'server.js': listening, 'web.config': webConfig('gone.js') });
    for (const name of ['TMPDIR', 'TEMP', 'TMP']) vi.stubEnv(name, path.join(folder, 'nowhere'));
    onTestFinished(() => void vi.unstubAllEnvs());
    const { trial, findings } = await tryApp(folder);
    const reason = expect.stringMatching(/^cannot make .*nowhere.*: Its folder does not exist \(ENOENT\)$/);
    expect(trial).toEqual({ ran: false, reason });
    expect(findings.map(({ rule }) => rule)).toContain('ENTRY_FILE_MISSING');
    const shown = tryApp(folder, { fix: true, dryRun: true });
    await expect(shown).rejects.toMatchObject({ code: 'TEMPORARY_FOLDER_NOT_WRITABLE', exitCode: 1 });
  });

  it('without its dependencies', async () => {
    const folder = appWith({ ...needy });
    rmSync(path.join(folder, 'node_modules'));
    expect((await tryApp(folder)).trial).toEqual({
      ran: false,
      reason: 'its dependencies are not installed (npm install)',
    });
  });

  it('where nothing is said of it, and then the report does not speak of it', async () => {
    const folder = appWith({ 'server.js': `throw new Error('started');\n` });
    expect(await diagnose(folder, { cwd: folder })).not.toHaveProperty('trial');
  });
});

it('what a copy of applicationHost.config sets takes part in the trial, and the report names it', async () => {
  const folder = appWith({
    'server.js': `require('node:http')
  .createServer((request, response) => {
    const isScript = request.url.endsWith('.js');
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? '0;' : '<script src="here/a.js"></script>');
  })
  .listen(process.env.PORT);\n`,
  });
  const applications = [
    { path: '/', physicalPath: 'D:\\sites\\shop' },
    { path: '/app', physicalPath: folder },
  ];
  const bindings = [{ protocol: 'https', information: '*:443:shop.example' }] as const;
  const usual = applicationHostText({
    pools: ['DefaultAppPool'],
    unlocked: true,
    sites: [{ name: 'Shop', id: 7, bindings, applications }],
  });
  const copy = path.join(folder, 'copy.config');
  const rules = async (text: string): Promise<readonly string[]> => {
    writeFileSync(copy, text);
    const report = await tryApp(folder, { apphost: copy });
    expect(report.trial).toMatchObject({ ran: true, apphost: copy });
    expect(reporters.text(report, undefined, folder, 200)).toContain('configured by copy.config (not its bindings)');
    return report.findings.flatMap(({ rule, consequences = [] }) => [rule, ...consequences.map((each) => each.rule)]);
  };
  const hidden = usual.replace(/<add segment="web.config" \/>/, '$&<add segment="here" />');
  expect(hidden).toContain('<add segment="here" />');
  expect(await rules(usual)).not.toContain('PAGE_FILE_MISSING');
  expect(await rules(hidden)).toContain('PAGE_FILE_MISSING');
});

it('names variables as Windows does: without a difference of case', async () => {
  const server = `process.env.Chat_Title = 'x';
const { createServer } = require('node:http');
const all = [process.env.chat_title, 'port' in process.env, Object.keys(process.env).includes('port')];
if (String(all) !== 'x,true,false') throw new Error(String(all));
createServer((request, response) => response.end('<p>here')).listen(process.env.port || 3000);\n`;
  const { trial } = await tryApp(appWith({ 'server.js': server }));
  expect(trial).toMatchObject({ ran: true, outcome: 'works' });
});
