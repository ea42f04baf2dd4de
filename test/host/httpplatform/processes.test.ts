import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { processExists } from '../../../src/files/index.js';
import type { HttpPlatformSettings } from '../../../src/pipeline/sections/index.js';
import { type PlatformSite, platformSite } from './harness.js';

/** Answers with its process ID, its port and what `env` of the query names; `/exit` ends it, `/hang` is never answered. */
const server = `
console.log('begun'); console.error('said on stderr');
require('node:http').createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://x');
  if (pathname === '/exit') process.exit(3);
  if (pathname === '/hang') return;
  const name = searchParams.get('env');
  response.end([process.pid, process.env.PORT, name && process.env[name], request.headers['ms-aspnetcore-token']].join(' '));
}).listen(process.env.PORT);`;

let site: PlatformSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
});

async function start(
  files: Record<string, string>,
  settings: Partial<HttpPlatformSettings> = {},
): Promise<PlatformSite> {
  site = await platformSite(files, settings);
  return site;
}

const codesOf = ({ events }: PlatformSite): readonly string[] => events.map(({ code }) => code);
const pidIn = (text: string): number => Number(text.split(' ')[0]);

describe('processes of HttpPlatformHandler', () => {
  it('take turns, each with a port of its own, and start when their turn comes', async () => {
    const { get } = await start({ 'server.js': server }, { processesPerApplication: 2 });
    const together = await Promise.all([get(), get(), get(), get()]);
    const [first, second, third] = [await get(), await get(), await get()];
    expect(new Set(together).size).toBe(2);
    expect(new Set(together.map((text) => text.split(' ')[1])).size).toBe(2);
    expect(first).toBe(third);
    expect(first).not.toBe(second);
  });

  it('are started again after they ended, which is said with the request it broke off', async () => {
    const one = await start({ 'server.js': server });
    const before = pidIn(await one.get());
    expect(await one.get('/exit')).toBe('502.3');
    const { message, ended } = await one.event('PROCESS_EXITED');
    expect(message).toBe(
      `Node process ${before} of server.js ended with exit code 3 while it answered GET /exit (502.3): said on stderr`,
    );
    expect(ended).toMatchObject({ listened: true, code: 3 });
    expect(pidIn(await one.get())).not.toBe(before);
    expect(codesOf(one)).toEqual(['PROCESS_EXITED']);
  });

  it('that do not start are tried startupRetryCount times, then no more in this minute', async () => {
    const files = { 'server.js': "require('node:fs').appendFileSync('starts', 'x'); require('missing-one');" };
    const one = await start(files, { startupRetryCount: 2, rapidFailsPerMinute: 2 });
    const answers = [await one.get(), await one.get(), await one.get()];
    expect(answers).toEqual(['502.3', '502.3', '502.3']);
    expect(readFileSync(path.join(one.folder, 'starts'), 'utf8')).toBe('xxx');
    expect(codesOf(one)).toEqual(['PROCESS_EXITED', 'PROCESS_EXITED', 'RAPID_FAIL']);
    expect(one.events[0]?.message).toContain('before it listened');
    expect(one.events[0]?.message).toContain('run npm install missing-one');
    expect(one.failures.map(({ win32 }) => win32)).toEqual([0, 0, 1341]);
    expect(one.failures[2]?.detail).toBe("Maximum rapid fail count per minute of '2' exceeded");
  });

  it.each([
    [
      'a program that is not there',
      { processPath: 'C:\\gone\\other.exe' },
      'START_FAILED',
      'processPath names C:\\gone\\other.exe',
    ],
    [
      'a port that is none',
      { variables: [['HTTP_PLATFORM_PORT', '80'] as const] },
      'START_FAILED',
      'not a port from 1025 to 48000',
    ],
    [
      'an app that listens elsewhere',
      { startupTimeLimit: 0.2, variables: [] },
      'NEVER_LISTENED',
      'give the app that port as PORT: <environmentVariable name="PORT" value="%HTTP_PLATFORM_PORT%" />.',
    ],
  ])('are not there for %s: 502.3, and the event says why', async (_what, settings, code, text) => {
    const files = { 'server.js': "require('node:http').createServer().listen(process.env.PORT || 0, '127.0.0.1');" };
    const one = await start(files, settings);
    expect(await one.get()).toBe('502.3');
    expect(codesOf(one)).toEqual([code]);
    expect(one.events[0]?.message).toContain(text);
  });

  it('have requestTimeout to answer, and then another request', async () => {
    const one = await start({ 'server.js': server }, { requestTimeout: 300 });
    const pid = pidIn(await one.get());
    expect(await one.get('/hang')).toBe('502.3');
    expect(one.failures[0]).toMatchObject({ win32: 12002 });
    expect(pidIn(await one.get())).toBe(pid);
    expect((await one.event('REQUEST_FAILED')).message).toContain('did not answer within requestTimeout');
  });

  it('have the configured environment over that of the worker, which has no PORT', async () => {
    const one = await start(
      { 'server.js': server.replace('process.env.PORT)', 'process.env.HTTP_PLATFORM_PORT)') },
      {
        variables: [
          ['Greeting', 'at %HTTP_PLATFORM_PORT%'],
          ['Greeting', '%GONE% and %HTTP_platform_PORT%'],
        ],
      },
    );
    const [, port, ...greeting] = (await one.get('/?env=Greeting')).split(' ');
    expect(port).toBe('');
    expect(greeting.slice(0, 3).join(' ')).toMatch(/^%GONE% and \d{5}$/);
    expect((await one.get('/?env=HTTP_PLATFORM_TOKEN')).trim().split(' ')).toHaveLength(1);
  });

  it('of version 2: a token, the application’s path, 502.5 and app_offline.htm', async () => {
    const one = await start({ 'server.js': server }, { version: 2 });
    const [pid, , token, header] = (await one.get('/?env=HTTP_PLATFORM_TOKEN')).split(' ');
    expect(token).toMatch(/^[0-9a-f-]{36}$/);
    expect(header).toBe(token);
    expect((await one.get('/?env=HTTP_PLATFORM_APPL_PATH')).split(' ')[2]).toBe('/dante');
    writeFileSync(path.join(one.folder, 'app_offline.htm'), 'back at noon');
    const answer = await fetch(`http://127.0.0.1:${one.port}/`);
    expect([answer.status, await answer.text()]).toEqual([503, 'back at noon']);
    await expect.poll(() => processExists(Number(pid))).toBe(false);
    rmSync(path.join(one.folder, 'app_offline.htm'));
    writeFileSync(path.join(one.folder, 'server.js'), 'process.exit(1)');
    expect(await one.get()).toBe('502.5');
  });

  it('write to a log named after them; without its folder they run without one', async () => {
    const settings = { stdoutLogEnabled: true, stdoutLogFile: '.\\logs\\node' };
    const one = await start({ 'server.js': server, 'logs/.keep': '' }, settings);
    const pid = pidIn(await one.get());
    const [log = '', ...others] = readdirSync(path.join(one.folder, 'logs')).filter((name) => name !== '.keep');
    expect(others).toEqual([]);
    expect(log).toMatch(new RegExp(`^node_${pid}_\\d+\\.log$`));
    const text = readFileSync(path.join(one.folder, 'logs', log), 'utf8');
    expect(text).toBe('begun\nsaid on stderr\n');
    await one.close();
    const other = await start({ 'server.js': server }, settings);
    expect(pidIn(await other.get())).toBeGreaterThan(0);
    expect(codesOf(other)).toEqual(['STDOUT_LOG_FAILED']);
  });

  it('are replaced when a file of recycleOnFileChange or the configuration changed', async () => {
    const one = await start({ 'server.js': server, 'lib/a.js': '' }, { recycleOnFileChange: ['lib\\a.js'] });
    const before = pidIn(await one.get());
    writeFileSync(path.join(one.folder, 'lib/b.js'), 'other');
    expect(pidIn(await one.get())).toBe(before);
    writeFileSync(path.join(one.folder, 'lib/a.js'), 'changed');
    await expect.poll(async () => pidIn(await one.get())).not.toBe(before);
    expect((await one.event('RECYCLED')).message).toContain('a.js changed; new processes take over.');
    const between = pidIn(await one.get());
    one.module.configChanged('MACHINE/WEBROOT/APPHOST/Default Web Site');
    expect(pidIn(await one.get())).not.toBe(between);
    await expect.poll(() => [before, between].filter(processExists)).toEqual([]);
  });

  it.runIf(process.platform !== 'win32')('are asked to end, and may finish what they do', async () => {
    const files = {
      'server.js': `${server}\nprocess.on('SIGINT', () => setTimeout(() => { require('node:fs').writeFileSync('ended', 'well'); process.exit(); }, 50));`,
    };
    const one = await start(files);
    const pid = pidIn(await one.get());
    await one.module.recycle();
    expect(processExists(pid)).toBe(false);
    expect(readFileSync(path.join(one.folder, 'ended'), 'utf8')).toBe('well');
    expect(pidIn(await one.get())).not.toBe(pid);
    expect(codesOf(one)).toEqual([]);
  });
});
