import { realpathSync, rmSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive, type Site, type SiteOptions, site, until } from './harness.js';

let running: Site | undefined;
const open = async (options: SiteOptions): Promise<Site> => {
  running = await site(options);
  return running;
};
afterEach(() => running?.close());

describe('starting', () => {
  it('starts nothing before the first request, then every process at once', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { nodeProcessCountPerApplication: 3 } });
    expect(dante.events).toEqual([]);
    const pids = new Set<string>();
    for (let index = 0; index < 6; index++) pids.add((await dante.get()).text);
    expect(pids.size).toBe(3);
  });

  it('lets requests wait until the script listens, and goes on as soon as it does', async () => {
    const dante = await open({ fixture: 'listens-late.js', settings: { namedPipeConnectionRetryDelay: 600_000 } });
    const answers = await Promise.all([dante.get(), dante.get(), dante.get()]);
    expect(answers.map(({ text }) => text)).toEqual(['late', 'late', 'late']);
  });

  it('answers 404.0 when the script is missing and says SCRIPT_MISSING', async () => {
    const dante = await open({ fixture: 'slow.js' });
    rmSync(dante.script);
    expect(await dante.get()).toMatchObject({ status: 404, text: '404.0' });
    expect(dante.failures).toEqual([
      { status: 404, subStatus: 0, win32: 2, reason: 'Not Found', detail: 'the script does not exist' },
    ]);
    expect(await dante.event('SCRIPT_MISSING')).toMatchObject({
      message: 'GET /: the script does not exist (404.0).',
      file: dante.script,
    });
  });

  it('answers 500.1000 when the folder of the script is missing', async () => {
    const dante = await open({ fixture: 'slow.js' });
    rmSync(dante.folder, { recursive: true });
    expect((await dante.get()).text).toBe('500.1000');
    expect(dante.failures[0]?.win32).toBe(3);
  });

  it('runs an ES module entry exactly when require can load one', async () => {
    const dante = await open({ fixture: 'module-entry.mjs', settings: { namedPipeConnectionRetryDelay: 50 } });
    const { text } = await dante.get();
    const canRequire = Boolean(Reflect.get(process.features, 'require_module'));
    if (canRequire) expect(text).toBe('module');
    else expect(text).toContain('ERR_REQUIRE_ESM');
  });
});

describe('failing to start', () => {
  const missing = { nodeProcessCommandLine: 'no-such-program.exe' };

  it('shows the page of code 1028 when the program does not exist, with developer errors', async () => {
    const dante = await open({ fixture: 'slow.js', settings: missing });
    const { status, text, headers } = await dante.get();
    expect(status).toBe(200);
    expect(text).toContain('unable to start the node.exe process');
    expect(headers['content-type']).toBe('text/html');
    expect(headers['cache-control']).toBe('no-cache');
    expect((await dante.event('NODE_NOT_FOUND')).message).toContain(
      'no-such-program.exe, which was not found (500.1000)',
    );
  });

  it('answers 500.1000 (1028) without developer errors', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { ...missing, devErrorsEnabled: false } });
    expect((await dante.get()).text).toBe('500.1000');
    expect(dante.failures[0]?.win32).toBe(1028);
  });

  it('answers 500.1000 (3) without a page when the folder of the program does not exist', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { nodeProcessCommandLine: '/no/such/folder/program' } });
    expect((await dante.get()).text).toBe('500.1000');
    expect(dante.failures[0]?.win32).toBe(3);
    expect(dante.events.map(({ code }) => code)).toEqual(['START_FAILED']);
  });

  it('starts again with the settings of the next request', async () => {
    const dante = await open({ fixture: 'slow.js', settings: missing });
    expect((await dante.get()).text).toContain('unable to start');
    dante.settings = {};
    expect((await dante.get()).text).toMatch(/^\d+$/);
  });

  it('answers 500.1002 with the stderr log on the developer page when the script throws at the start', async () => {
    const dante = await open({ fixture: 'crashes-at-start.js' });
    const { status, text } = await dante.get();
    expect(status).toBe(200);
    expect(text).toContain('HTTP status: 500\nHTTP subStatus: 1002\nHTTP reason: Internal Server Error');
    expect(text).toContain('HRESULT: 0x80070002');
    expect(text).toContain('the &lt;database&gt; is not there');
    expect(text).toContain('Error: boom at start');
    const said = await dante.event('PROCESS_EXITED');
    expect(said.message).toContain('before it listened on process.env.PORT');
    expect(said.message).toMatch(/: Error: boom at start$/);
    expect(said).toMatchObject({ file: realpathSync(dante.script), line: 2 });
  });

  it('says why it ended even when logging is off', async () => {
    const dante = await open({
      fixture: 'crashes-at-start.js',
      settings: { loggingEnabled: false, devErrorsEnabled: false },
    });
    expect((await dante.get()).text).toBe('500.1002');
    expect((await dante.event('PROCESS_EXITED')).message).toContain('Error: boom at start');
  });

  it('answers 500.1001 when the script never listens, after the whole retry budget', async () => {
    const settings = { maxNamedPipeConnectionRetry: 4, namedPipeConnectionRetryDelay: 100, devErrorsEnabled: false };
    const dante = await open({ fixture: 'never-listens.js', settings });
    const started = performance.now();
    expect((await dante.get()).text).toBe('500.1001');
    expect(performance.now() - started).toBeGreaterThan(390);
    expect((await dante.event('NEVER_LISTENED')).message).toContain('within 0.4 s (500.1001)');
  });
});

describe('a crash', () => {
  it('fails the request in flight with 500.1013 and the next request starts a new process', async () => {
    const dante = await open({ fixture: 'dies-on-request.js', settings: { devErrorsEnabled: false } });
    const first = (await dante.get()).text;
    expect((await dante.get('/?exit')).text).toBe('500.1013');
    expect(dante.failures[0]).toMatchObject({ win32: 109 });
    expect((await dante.event('PROCESS_EXITED')).message).toMatch(
      /^Node process \d+ of server\.js ended with exit code 7 while it answered GET \/\?exit \(500\.1013\)\.$/,
    );
    expect(dante.events.map(({ code }) => code)).toEqual(['PROCESS_EXITED']);
    const second = (await dante.get()).text;
    expect(second).toMatch(/^\d+$/);
    expect(second).not.toBe(first);
  });

  it('in the body gives 500.1016 as long as nothing was sent', async () => {
    const dante = await open({ fixture: 'dies-on-request.js', settings: { devErrorsEnabled: false } });
    expect((await dante.get('/?body')).text).toBe('500.1016');
  });

  it('in the body cuts the response off when it was being sent already', async () => {
    const dante = await open({ fixture: 'dies-on-request.js', request: { responseBufferLimit: 0 } });
    await expect(dante.get('/?body')).rejects.toThrow('aborted');
    expect(dante.failures).toEqual([]);
    expect((await dante.event('PROCESS_EXITED')).message).toContain('while it answered GET /?body (500.1016)');
  });

  it('refilling a slot whose program is missing gives 503.1002', async () => {
    const dante = await open({ fixture: 'dies-on-request.js', settings: { devErrorsEnabled: false } });
    await dante.get('/?exit');
    await dante.event('PROCESS_EXITED');
    dante.settings = { devErrorsEnabled: false, nodeProcessCommandLine: 'no-such-program.exe' };
    expect((await dante.get()).text).toBe('503.1002');
    expect(dante.failures[1]?.win32).toBe(1028);
  });
});

describe('the end', () => {
  it('close ends every process, in the middle of a request too, and is idempotent', async () => {
    const dante = await open({ fixture: 'slow.js', settings: { nodeProcessCountPerApplication: 2 } });
    const pids = [Number((await dante.get()).text), Number((await dante.get()).text)];
    const hanging = dante.get('/?60000');
    const broken = expect(hanging).rejects.toThrow();
    await until(() => dante.seen() === 3);
    await dante.module.close();
    await dante.module.close();
    expect(pids.map(isAlive)).toEqual([false, false]);
    await broken;
    expect((await dante.get()).text).toBe('503.1001');
  });

  it('recycle ends the processes at once and the next request starts new ones', async () => {
    const dante = await open({ fixture: 'slow.js' });
    const first = Number((await dante.get()).text);
    await dante.module.recycle();
    expect(isAlive(first)).toBe(false);
    expect(Number((await dante.get()).text)).not.toBe(first);
    expect(dante.events).toEqual([]);
  });
});
