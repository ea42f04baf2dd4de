import net from 'node:net';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findExecutable, splitCommandLine } from '../../../src/host/backend/command-line.js';
import { createPipeNames } from '../../../src/host/backend/pipe-names.js';
import { childEnvironment } from '../../../src/host/iisnode/child-environment.js';
import { ConnectionPool } from '../../../src/host/iisnode/connection-pool.js';
import { debugCommand } from '../../../src/host/iisnode/debug-urls.js';
import { interceptorArguments, ownInterceptor } from '../../../src/host/iisnode/interceptor-path.js';
import { PipeConnection } from '../../../src/host/iisnode/pipe-connection.js';
import { defaults } from './harness.js';

describe('nodeProcessCommandLine', () => {
  it.each([
    ['node.exe', ['node.exe']],
    [
      '"C:\\Program Files\\nodejs\\node.exe" --max-old-space-size=200',
      ['C:\\Program Files\\nodejs\\node.exe', '--max-old-space-size=200'],
    ],
    ['C:\\Program Files\\nodejs\\node.exe', ['C:\\Program Files\\nodejs\\node.exe']],
    [
      ' D:\\Program Files (x86)\\nodejs\\10.15.2\\node.EXE  --max-http-header-size 80000',
      ['D:\\Program Files (x86)\\nodejs\\10.15.2\\node.EXE', '--max-http-header-size', '80000'],
    ],
    ['%ProgramFiles%\\node 20\\node --inspect', ['%ProgramFiles%\\node 20\\node', '--inspect']],
    ['\\\\files\\our tools\\node.exe "a b"', ['\\\\files\\our tools\\node.exe', 'a b']],
    // An option never is a part of the program's name, and neither is a second program.
    ['C:\\node\\node --require C:\\my tools\\x.exe', ['C:\\node\\node', '--require', 'C:\\my', 'tools\\x.exe']],
    ['C:\\a.exe b\\node.exe', ['C:\\a.exe', 'b\\node.exe']],
    ['C:\\my tools\\interceptor.js', ['C:\\my', 'tools\\interceptor.js']],
    ['  node   --a="b c"  ', ['node', '--a=b c']],
    ['"never closed', ['never closed']],
    ['', []],
  ])('%s', (text, words) => {
    expect(splitCommandLine(text)).toEqual(words);
  });

  it.each(['node', 'node.exe', 'NODE.EXE'])('%s is the running Node away from Windows', (name) => {
    expect(findExecutable(name, {}, 'linux')).toEqual({ file: process.execPath });
  });

  it('a Windows path of node.exe away from Windows is the running Node, and is reported', () => {
    expect(findExecutable('C:\\Program Files\\nodejs\\node.exe', {}, 'linux')).toMatchObject({
      file: process.execPath,
      note: expect.stringContaining('nodejs\\node.exe'),
    });
  });

  it.runIf(process.platform !== 'win32')(
    'other programs are searched in PATH; missing ones are 2, missing folders 3',
    () => {
      expect(findExecutable('sh', { PATH: `/nowhere${path.delimiter}/bin` })).toEqual({ file: '/bin/sh' });
      expect(findExecutable('no-such-program', { PATH: '/bin' })).toEqual({ code: 2 });
      expect(findExecutable('/bin/no-such-program', {})).toEqual({ code: 2 });
      expect(findExecutable('/no/such/folder/program', {})).toEqual({ code: 3 });
      expect(findExecutable('/etc/passwd', {})).toEqual({ code: 5 });
    },
  );

  it.runIf(process.platform !== 'win32')('a name that no disk can have is a file that is not found', () => {
    expect(findExecutable(`/bin/${'a'.repeat(300)}`, {})).toEqual({ code: 2 });
    expect(findExecutable(`/bin/${'a'.repeat(300)}/program`, {})).toEqual({ code: 3 });
  });
});

describe('interceptor', () => {
  it.each([
    '"%programfiles%\\iisnode\\interceptor.js"',
    '"C:\\Program Files\\iisnode\\interceptor.js"',
    '"%programfiles(x86)%\\iisnode-express\\interceptor.js"',
    '"%programfiles(x86)%\\iisnode-dev\\release\\x64\\interceptor.js"',
  ])('%s is our own', (setting) => {
    expect(interceptorArguments(setting)).toEqual([ownInterceptor()]);
  });

  it('any other is taken as it is', () => {
    expect(interceptorArguments('-r "my own.js" other.js')).toEqual(['-r', 'my own.js', 'other.js']);
  });
});

describe('the environment block', () => {
  const block = (
    worker: Record<string, string>,
    appSettings: [string, string][],
    platform: NodeJS.Platform = 'linux',
  ) => childEnvironment({ pipe: 'PIPE', settings: defaults, appSettings, worker, platform });

  it('leaves NODE_PENDING_PIPE_INSTANCES and NODE_ENV of the worker unchanged', () => {
    const own = block({ NODE_PENDING_PIPE_INSTANCES: '9', NODE_ENV: 'staging' }, []);
    expect(own).toMatchObject({ NODE_PENDING_PIPE_INSTANCES: '9', NODE_ENV: 'staging' });
  });

  it('has one PORT on Windows whatever its case in the worker', () => {
    expect(
      Object.entries(block({ Port: '3000' }, [['port', '1']], 'win32')).filter(([key]) => /^port$/i.test(key)),
    ).toEqual([['PORT', 'PIPE']]);
  });
});

describe('pipe names', () => {
  it('on Windows are \\\\.\\pipe\\ and a lower-case uuid, new each time', () => {
    const names = createPipeNames('win32');
    expect(names.next()).toMatch(/^\\\\\.\\pipe\\[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(names.next()).not.toBe(names.next());
  });

  it.runIf(process.platform !== 'win32')('elsewhere are short paths in a private folder that goes away', async () => {
    const { statSync, existsSync } = await import('node:fs');
    const names = createPipeNames();
    const name = names.next();
    expect(Buffer.byteLength(name)).toBeLessThan(104);
    expect(statSync(path.dirname(name)).mode & 0o777).toBe(0o700);
    names.remove();
    expect(existsSync(path.dirname(name))).toBe(false);
  });
});

describe('the connection pool', () => {
  const connection = (): PipeConnection => new PipeConnection(new net.Socket());

  it('gives back the last one put in', () => {
    const pool = new ConnectionPool(2, 1000);
    const [first, second] = [connection(), connection()];
    pool.put(first, 0);
    pool.put(second, 0);
    expect([pool.take(0), pool.take(0), pool.take(0)]).toEqual([second, first, undefined]);
  });

  it('closes what does not fit and what is too old', () => {
    const pool = new ConnectionPool(1, 1000);
    const [kept, surplus] = [connection(), connection()];
    pool.put(kept, 0);
    pool.put(surplus, 0);
    expect(surplus.socket.destroyed).toBe(true);
    expect(pool.take(1001)).toBeUndefined();
    expect(kept.socket.destroyed).toBe(true);
  });
});

describe('debugger URLs', () => {
  it.each([
    ['', '/app.js', undefined],
    ['/debug', '/app.js/debug', 'redirect'],
    ['/DEBUG/', '/app.js/DEBUG/', 'debug'],
    ['/debug/', '/app.js/debug/?brk', 'debug'],
    ['/debug/', '/app.js/debug/?KILL', 'kill'],
    ['/debugX', '/app.js/debugX', undefined],
    ['/other', '/app.js/other', undefined],
  ])('%s is %s: %s', (pathInfo, url, command) => {
    expect(debugCommand(defaults, pathInfo, url)).toBe(command);
    expect(debugCommand({ ...defaults, debuggingEnabled: false }, pathInfo, url)).toBeUndefined();
  });

  it('an empty debuggerPathSegment fails every request with 500.1000 (87)', () => {
    expect(() => debugCommand({ ...defaults, debuggerPathSegment: '' }, '', '/')).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({ status: 500, subStatus: 1000, win32: 87 }),
      }),
    );
  });
});
