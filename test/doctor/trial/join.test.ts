import { describe, expect, it } from 'vitest';
import { reporters, rules } from '../../../src/doctor/index.js';
import { joinFindings } from '../../../src/doctor/join.js';
import { freePort } from '../../support/free-port.js';
import { appWith, tryApp, webConfig } from './trial-app.js';

const port = await freePort();

const short = { runLimit: 8_000 };
const declared = '{ "dependencies": { "socket.io": "4" } }';
const socketPage = (path: string): string => `const http = require('node:http').createServer((q, r) => {
  if (q.url !== '/app/') return r.writeHead(404).end('nothing here');
  r.setHeader('content-type', 'text/html').end('<script src="/app/socket.io/socket.io.js"></script><script>io({ path: "/app/socket.io" })</script>');
});
new (require('socket.io').Server)(http, { path: '${path}' });
http.listen(process.env.PORT);\n`;

describe('a cause and what it leads to are one finding', () => {
  it.each([
    [
      'a fixed port and a process that listens there',
      {
        'server.js': `require('node:http').createServer().listen(0);\nrequire('node:http').createServer().listen(${port});\n`,
      },
      'FIXED_PORT',
      ['APP_LISTENED_ELSEWHERE'],
    ],
    [
      'a module that is not installed and the crash',
      {
        'package.json': '{ "dependencies": { "never-installed-anywhere": "1" } }',
        'server.js': `require('never-installed-anywhere');\nrequire('node:http').createServer().listen(process.env.PORT);\n`,
      },
      'DEPENDENCIES_NOT_INSTALLED',
      ['APP_CRASHED'],
    ],
    ['a syntax error and the crash', { 'server.js': `const broken = ;\n` }, 'ENTRY_SYNTAX_ERROR', ['APP_CRASHED']],
    [
      'a main module check and the end',
      {
        'server.js': `if (require.main === module) {\n  require('node:http').createServer().listen(process.env.PORT);\n}\n`,
      },
      'MAIN_MODULE_CHECK',
      ['APP_ENDED'],
    ],
  ] as const)('%s', async (_, files, cause, consequences) => {
    const { findings, summary } = await tryApp(appWith(files), short);
    const [first] = findings;
    expect(first?.rule).toBe(cause);
    expect(first?.known).toBe('file');
    expect(first?.consequences?.map(({ rule, known }) => `${rule} ${known}`)).toEqual(
      consequences.map((code) => `${code} trial`),
    );
    expect(findings.filter(({ known }) => known === 'trial')).toEqual([]);
    expect(summary.errors).toBe(findings.filter(({ severity }) => severity === 'error').length);
  });

  it('of sockets: every request that fails for it', async () => {
    const { findings } = await tryApp(appWith({ 'server.js': socketPage('/sockets') }));
    expect(findings[0]?.rule).toMatch(/^SOCKET_PATH_MISMATCH/);
    expect(findings[0]?.consequences?.map(({ rule }) => rule)).toContain('HANDSHAKE_FAILED');
    expect(findings.filter(({ known }) => known === 'trial')).toEqual([]);
  });

  it('but a crash that no finding explains stays one of its own, and comes before what was not seen', async () => {
    const server = `const port = ${port};\nif (process.env.NEVER) require('node:http').createServer().listen(port);\nnull.x;\n`;
    const { findings } = await tryApp(appWith({ 'server.js': server }));
    expect(findings[0]).toMatchObject({ rule: 'APP_CRASHED', line: 3 });
    expect(findings.every(({ consequences }) => consequences === undefined)).toBe(true);
  });
});

describe('an app whose vdir path is unknown', () => {
  it('is tried where it answers, at the root', async () => {
    const config = webConfig().replace('<add key="virtualDirPath" value="/app" />', '');
    const server = `const http = require('node:http').createServer();
new (require('socket.io').Server)(http);
http.listen(process.env.PORT);\n`;
    const { trial, findings } = await tryApp(
      appWith({ 'server.js': server, 'web.config': config, 'package.json': declared }),
    );
    expect(trial).toMatchObject({ outcome: 'works', url: expect.stringMatching(/:\d+\/$/) });
    expect(findings.map(({ rule }) => rule)).toEqual(['VDIR_PATH_NOT_SAID']);
  });

  it('has one finding for a redirect that takes everything', async () => {
    const config = `<configuration><system.webServer>
      <webSocket enabled="false" />
      <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
      <rewrite><rules>
        <rule name="app"><match url=".*" /><action type="Rewrite" url="server.js" /></rule>
        <rule name="https"><match url="(.*)" /><conditions><add input="{HTTPS}" pattern="off" /></conditions>
          <action type="Redirect" url="https://{HTTP_HOST}/{R:1}" /></rule>
      </rules></rewrite>
    </system.webServer></configuration>`;
    const server = `const http = require('node:http').createServer((q, r) => r.end('<script src="/socket.io/socket.io.js"></script>'));
new (require('socket.io').Server)(http);
http.listen(process.env.PORT);\n`;
    const { findings } = await tryApp(
      appWith({ 'server.js': server, 'web.config': config, 'package.json': declared }),
      { vdirPath: '/' },
    );
    expect(findings).toMatchObject([{ rule: 'SOCKET_REWRITE_SWALLOWED', line: 6 }]);
    expect(findings[0]?.consequences?.map(({ rule }) => rule)).toEqual([
      'PAGE_FAILED',
      'HANDSHAKE_FAILED',
      'WEBSOCKET_FAILED',
    ]);
  });
});

describe('the report', () => {
  it('has consequences below their cause, and says last what to do first', async () => {
    const folder = appWith({ 'server.js': `const broken = ;\n` });
    const text = reporters.text(await tryApp(folder), undefined, folder);
    expect(text).toMatch(/^error ENTRY_SYNTAX_ERROR server\.js:1:\d+\n/);
    expect(text).toMatch(
      /\n {4}so: server\.js ends before it listens .*\n? .*\[APP_CRASHED\s+\(seen\s+in\s+the\s+trial\s+run\)\]\n/,
    );
    expect(text.trimEnd().split('\n').at(-1)).toBe('next: npx iisnode-sock doctor --explain ENTRY_SYNTAX_ERROR');
  });

  it('names the place and the step where nothing is fixed by --fix', async () => {
    const folder = appWith({ 'server.js': `process.exit(0);\n` });
    const text = reporters.text(await tryApp(folder), undefined, folder);
    expect(text.trimEnd().split('\n').at(-1)).toMatch(/^first: server\.js:1: remove the call/);
  });
});

describe('what rules explain', () => {
  const trial = rules.filter(({ scope }) => scope === 'trial').map(({ code }) => code as string);
  const explained = rules.flatMap(({ explains = [] }) =>
    explains.map((each) => (typeof each === 'string' ? each : each.finding) as string),
  );

  it('are symptoms of the trial or of a live site', () => {
    const seen = rules.filter(({ scope }) => scope === 'trial' || scope === 'live').map(({ code }) => code as string);
    expect(explained.filter((code) => !seen.includes(code))).toEqual([]);
  });
  // An app that writes a page and does not end it: seen only when it runs.
  it('are all of them but a page that is never ended', () =>
    expect(trial.filter((code) => !explained.includes(code))).toEqual(['PAGE_NEVER_ENDS']));

  it('makes an error of a warning whose effect was seen, and nothing of a note', () => {
    const cause = rules.find(({ code }) => code === 'FIXED_PORT');
    const symptom = rules.find(({ code }) => code === 'APP_LISTENED_ELSEWHERE');
    if (cause === undefined || symptom === undefined) throw new Error('renamed');
    const finding = (code: string, severity: 'error' | 'warning' | 'info') =>
      ({ rule: code, severity, known: 'file', message: 'm', why: 'w', help: 'h' }) as const;
    const effect = {
      rule: symptom,
      made: { message: 'm' },
      finding: { ...finding(symptom.code, 'error'), known: 'trial' as const },
    };
    const joined = (severity: 'warning' | 'info') =>
      joinFindings([{ rule: cause, made: { message: 'm' }, finding: finding(cause.code, severity) }, effect])[0]
        ?.severity;
    expect([joined('warning'), joined('info')]).toEqual(['error', 'info']);
  });

  it('finds the cause that names the same address', () => {
    const diagnosis = (code: string, known: 'file' | 'trial', message: string) => {
      const rule = rules.find((each) => each.code === code);
      if (rule === undefined) throw new Error(`${code} is renamed`);
      return {
        rule,
        made: { message },
        finding: { rule: code, severity: 'error', known, message, why: 'w', help: 'h' },
      } as const;
    };
    const style = diagnosis(
      'ROOT_ABSOLUTE_URL',
      'file',
      'A style sheet loads /bg.svg, at the root of the site; the app is at /app.',
    );
    const script = diagnosis(
      'ROOT_ABSOLUTE_URL',
      'file',
      'The client requests /socket.io/socket.io.esm.min.js, at the root of the site; the app is at /app.',
    );
    const seen = diagnosis(
      'CLIENT_SCRIPT_FAILED',
      'trial',
      "Socket.io's client script at /socket.io/socket.io.esm.min.js: HTTP 404.0.",
    );
    const [first] = joinFindings([style, script, seen]);
    expect(first).toMatchObject({ message: script.finding.message, consequences: [{ rule: 'CLIENT_SCRIPT_FAILED' }] });
    expect(joinFindings([script, style, seen])[0]?.message).toBe(script.finding.message);
    // The client that asks outside of the app does so because its script is asked for there.
    const handshake = diagnosis('HANDSHAKE_FAILED', 'trial', 'The handshake at /socket.io/: HTTP 404.0.');
    const socket = diagnosis('WEBSOCKET_FAILED', 'trial', 'The WebSocket at /socket.io/: HTTP 404 instead of 101.');
    const all = joinFindings([style, script, handshake, socket, seen]);
    expect(all.map(({ consequences }) => consequences?.map(({ rule }) => rule))).toEqual([
      ['CLIENT_SCRIPT_FAILED', 'HANDSHAKE_FAILED', 'WEBSOCKET_FAILED'],
      undefined,
    ]);
    const other = diagnosis('HANDSHAKE_FAILED', 'trial', 'The handshake at /live/: HTTP 404.0.');
    const refused = diagnosis('HANDSHAKE_FAILED', 'trial', 'The handshake at /socket.io/: HTTP 500.0.');
    for (const each of [other, refused]) expect(joinFindings([script, each, seen])).toHaveLength(2);
  });

  /** A finding of that rule, as of the files, and a symptom with that message: is the one told below the other? */
  function isExplained(cause: string, symptom: string, message: string): boolean {
    const diagnosis = (code: string, known: 'file' | 'trial') => {
      const rule = rules.find((each) => each.code === code);
      if (rule === undefined) throw new Error(`${code} is renamed`);
      const finding = { rule: code, severity: 'error', known, message, why: 'w', help: 'h' } as const;
      return { rule, made: { message }, finding };
    };
    return joinFindings([diagnosis(cause, 'file'), diagnosis(symptom, 'trial')]).length === 1;
  }

  it.each([
    ['REDIRECT_LOOP', 'PAGE_FAILED', 'The page at /: HTTP 301, redirects to http://HOST/.', 'The page at /: HTTP 500.'],
    ['REDIRECT_LOSES_VDIR_PATH', 'PAGE_FAILED', 'HTTP 302, redirects to /home.', 'HTTP 403.14.'],
    ['CLIENT_REDIRECTED_TO_HTTPS', 'HANDSHAKE_FAILED', 'HTTP 301, redirects to https://HOST.', 'HTTP 404.'],
    ['SERVER_VARIABLE_NOT_ALLOWED', 'HANDSHAKE_FAILED', 'HTTP 500.50, a rewrite rule failed.', 'HTTP 500.19.'],
    ['ROOT_ABSOLUTE_URL', 'PAGE_FAILED', 'The page at /home: HTTP 404.0.', 'The page at /app/: HTTP 500.'],
    ['OUTBOUND_BODY_RULE', 'PAGE_FAILED', 'HTTP 500.52, an outbound rule failed.', 'HTTP 500.50.'],
    [
      'SCRIPT_RUN_BY_NODE',
      'PAGE_FILE_MISSING',
      'The script app.js (/:3): HTTP 500.',
      'The image logo.png (/:3): HTTP 404.',
    ],
    ['WINDOWS_AUTH_ON_SOCKETS', 'WEBSOCKET_FAILED', 'The WebSocket: HTTP 401.', 'The WebSocket: HTTP 200.'],
    ['PIPE_INSTANCES_AS_ARGUMENT', 'APP_CRASHED', "Cannot find module 'C:\\\\app\\\\10'.", 'x is not a function'],
  ])('%s explains %s by what it says: %s', (cause, symptom, saying, other) => {
    expect(isExplained(cause, symptom, saying)).toBe(true);
    expect(isExplained(cause, symptom, other)).toBe(false);
  });

  it.each([
    ['BACK_REFERENCE_EMPTY', 'CLIENT_SCRIPT_FAILED'],
    ['REWRITE_MAP_NEVER_FOUND', 'PAGE_FAILED'],
    ['SLASH_STAR_PATTERN', 'PAGE_FILE_MISSING'],
    ['PROXY_TO_OWN_PORT', 'HANDSHAKE_FAILED'],
    ['PROXY_TO_OTHER_PORT', 'PAGE_FAILED'],
  ])('%s explains %s, and no crash', (cause, symptom) => {
    expect(isExplained(cause, symptom, 'HTTP 404')).toBe(true);
    expect(isExplained(cause, 'APP_CRASHED', 'HTTP 404')).toBe(false);
  });
});
