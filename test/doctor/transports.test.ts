import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import { copyOf } from './expect-codes.js';

const only = ['TRANSPORTS_UNKNOWN'];
const setting = (value: string): string => `key="transports" value="${value}"`;

/** The app with this setting. */
function appWith(value: string, change: (code: string) => string = (code) => code): string {
  const cwd = copyOf('transports-known');
  const rewrite = (name: string, make: (text: string) => string): void => {
    const file = path.join(cwd, name);
    writeFileSync(file, make(readFileSync(file, 'utf8')));
  };
  rewrite('web.config', (text) => text.replace(setting('websocket, polling'), setting(value)));
  rewrite('server.js', change);
  return cwd;
}

describe('an unknown transport in appSettings', () => {
  it.each([
    ['websockets', 'error', 'websocket'],
    ['ws', 'error', 'websocket'],
    ['WebSocket', 'error', 'websocket'],
    ['web-socket', 'error', 'websocket'],
    ['xhr-polling', 'error', 'polling'],
    ['websocket,poling', 'warning', 'websocket,polling'],
    ['websocket, ws polling', 'warning', 'websocket,polling'],
  ])('%s is an %s; --fix makes %s of it', async (value, severity, mended) => {
    const cwd = appWith(value);
    const { findings } = await diagnose('.', { cwd, only });
    expect(findings).toMatchObject([{ severity, line: 4, fixable: true, fix: `<add ${setting(mended)} />` }]);
    expect(await diagnose('.', { cwd, only, fix: true })).toMatchObject({ findings: [], summary: { fixed: 1 } });
    expect(readFileSync(path.join(cwd, 'web.config'), 'utf8')).toContain(setting(mended));
  });

  it.each(['flashsocket', 'websocket;polling', 'sse,websockets'])('%s must be fixed by the user', async (value) => {
    const { findings } = await diagnose('.', { cwd: appWith(value), only });
    expect(findings).toMatchObject([{ rule: 'TRANSPORTS_UNKNOWN' }]);
    expect(findings[0]?.fixable).toBeUndefined();
  });

  it.each([
    ['websocket;polling', (code: string) => code.replace("split(',')", "split(';')")],
    [
      '[&quot;websocket&quot;]',
      (code: string) => code.replace(/\(process.*split\(','\)/, 'JSON.parse(process.env.transports)'),
    ],
    ['ws', (code: string) => code.replace(/\(process.*split\(','\)/, "process.env.transports === 'ws' ? all : some")],
    ['console', (code: string) => code.replace(/, \{ transports.*\}/, '')],
  ])('%s is none where the code takes it its own way', async (value, change) => {
    expect((await diagnose('.', { cwd: appWith(value, change), only })).findings).toEqual([]);
  });
});

it('a word that the code refuses is an error, whatever is left', async () => {
  const refuse = 'if (!isKnown) throw new RangeError(`transports is websocket or polling`);\n';
  const { findings } = await diagnose('.', { cwd: appWith('websocket,poling', (code) => code + refuse), only });
  expect(findings).toMatchObject([{ severity: 'error', why: expect.stringContaining('500.1002') }]);
});

describe('webtransport', () => {
  const refuse = 'if (!isKnown) throw new RangeError(`transports is websocket or polling`);\n';

  it.each([
    ['webtransport', ''],
    ['webtransport', refuse],
    ['web-transport', ''],
  ])('alone in appSettings is an error that the user must fix: %s %s', async (value, code) => {
    const cwd = appWith(value, (text) => text + code);
    const { findings } = await diagnose('.', { cwd, only, fix: true });
    expect(findings).toMatchObject([{ severity: 'error', line: 4, fix: `<add ${setting('websocket,polling')} />` }]);
    expect(readFileSync(path.join(cwd, 'web.config'), 'utf8')).toContain(setting(value));
  });

  it('is said not to pass through iisnode', async () => {
    const { findings } = await diagnose('.', { cwd: appWith('webtransport'), only });
    expect(findings[0]?.message).toBe(
      'appSettings transports="webtransport": iisnode cannot carry webtransport, and no transport is left.',
    );
    expect(findings[0]?.why).toContain('no client can connect');
  });

  it('is distinguished from an unknown transport', async () => {
    const { findings } = await diagnose('.', { cwd: appWith('webtransport,sse'), only });
    expect(findings[0]?.message).toBe(
      'appSettings transports="webtransport,sse": socket.io has no transport "sse", iisnode cannot carry webtransport, and no transport is left.',
    );
  });

  it('beside another ends the app that refuses it; --fix takes it out', async () => {
    const cwd = appWith('websocket,webtransport', (text) => text + refuse);
    const { findings } = await diagnose('.', { cwd, only });
    expect(findings).toMatchObject([{ severity: 'error', why: expect.stringContaining('500.1002'), fixable: true }]);
    expect(await diagnose('.', { cwd, only, fix: true })).toMatchObject({ findings: [], summary: { fixed: 1 } });
    expect(readFileSync(path.join(cwd, 'web.config'), 'utf8')).toContain(setting('websocket'));
  });

  it('together with another one has no finding where the code accepts it', async () => {
    expect((await diagnose('.', { cwd: appWith('websocket,webtransport'), only })).findings).toEqual([]);
    const known = appWith('polling,webtransport', (text) => `${text}const all = ['webtransport'];\n${refuse}`);
    expect((await diagnose('.', { cwd: known, only })).findings).toEqual([]);
  });

  it.each([
    ["['webtransport']", 1],
    ["['webtransport', 'websocket']", 0],
  ])('%s in a page', async (transports, count) => {
    const cwd = appWith('websocket');
    writeFileSync(path.join(cwd, 'index.html'), `<script>\nio({ transports: ${transports} });\n</script>\n`);
    expect((await diagnose('.', { cwd, only })).findings).toHaveLength(count);
  });
});

it('an unknown transport in a page has a finding as well', async () => {
  const cwd = appWith('websocket');
  writeFileSync(path.join(cwd, 'index.html'), "<script>\nio({ transports: ['websockets'] });\n</script>\n");
  const { findings } = await diagnose('.', { cwd, only });
  expect(findings).toMatchObject([{ severity: 'error', line: 2, file: path.join(cwd, 'index.html') }]);
});
