import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  type CapacityApp,
  type CapacityChange,
  type CapacityComparison,
  type CapacityQuestion,
  compareCapacity,
  planForApp,
  readCapacityApp,
} from '../../src/capacity/index.js';
import { diagnose, readConfiguredApp } from '../../src/doctor/index.js';
import { generateWebConfig } from '../../src/webconfig/index.js';

const server = "const io = new (require('socket.io').Server)(require('http').createServer(), OPTIONS);\n";

interface Site {
  readonly files?: Readonly<Record<string, string>>;
  readonly processes?: number;
  readonly transports?: readonly ('websocket' | 'polling')[];
  readonly code?: string;
}

function siteOf({ files = {}, processes = 1, transports = ['websocket'], code = '' }: Site): string {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'capacity-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const all = {
    'server.js': server.replace('OPTIONS', `{ transports: ${JSON.stringify(transports)} }`) + code,
    'web.config': generateWebConfig({ entry: 'server.js', vdirPath: '/', processes, transports }),
    ...files,
  };
  for (const [name, text] of Object.entries(all)) writeFileSync(path.join(directory, name), text);
  return directory;
}

/** Reads it like the command. */
const read = (directory: string, environment = {}): CapacityApp =>
  readCapacityApp(directory, '/', (folder) => readConfiguredApp(folder, { cwd: '/', environment }));

function compared(site: Site, question: CapacityQuestion, environment = {}): CapacityComparison {
  const app = read(siteOf(site), environment);
  return compareCapacity(app, planForApp(app, question));
}

const changeOf = ({ changes }: CapacityComparison, name: string): CapacityChange | undefined =>
  changes.find((change) => change.name === name);

describe('the vdir path of an app', () => {
  const atNoPath = generateWebConfig({ entry: 'server.js', vdirPath: '/', transports: ['websocket'] });
  const unnamed = atNoPath.replace(/<add key="virtualDirPath"[^>]*>/, '');

  it.each([
    ['is that of web.config', {}],
    ["is the folder's name where nothing says it", { files: { 'web.config': unnamed } }],
  ])('%s, as for the doctor', async (_what, site) => {
    const directory = siteOf(site);
    const { assumed } = await diagnose(directory, { cwd: '/', assumeFrom: 'folder name' });
    expect(assumed?.map(({ what }) => what)).toContain('path');
    expect(read(directory).assumed).toEqual(assumed);
  });
});

describe('the transports of an app', () => {
  const second = (options: string, port = ''): string => `new (require('socket.io').Server)(${port}${options});\n`;
  const both = "{ transports: ['websocket', 'polling'] }";
  const http = 'require("http").createServer(), ';

  it.each<[string, string, readonly string[] | undefined]>([
    ['are those of all its servers', second(both, http), ['websocket', 'polling']],
    ["include socket.io's default", second('', 'require("http").createServer()'), ['websocket', 'polling']],
    ['are not those of a server with a port of its own', second(both, '4000, '), ['websocket']],
    ['are unknown where those of one server are', second('require("./options")', http), undefined],
  ])('%s', (_what, code, transports) => {
    expect(read(siteOf({ code })).transports?.toSorted()).toEqual(transports?.toSorted());
  });
});

describe('an app as init writes it', () => {
  it('is enough for a thousand viewers', () => {
    const comparison = compared({}, { viewers: 1000 });
    expect(comparison.carries).toBe(true);
    expect(comparison.changes.every(({ isRight }) => isRight)).toBe(true);
  });

  it('needs more processes for thirty thousand, and an adapter if it broadcasts', () => {
    const comparison = compared({ code: "io.emit('hello');\n" }, { viewers: 30_000 });
    expect(comparison.carries).toBe(false);
    expect(changeOf(comparison, 'nodeProcessCountPerApplication')).toMatchObject({
      now: '1',
      wanted: '2',
      isRight: false,
    });
    expect(changeOf(comparison, 'adapter')).toMatchObject({
      isRight: false,
      file: expect.stringMatching(/server\.js$/),
      line: 2,
    });
    expect(changeOf(compared({}, { viewers: 30_000 }), 'adapter')).toMatchObject({ isRight: true });
  });

  it('keeps more processes than the viewers need, and is compared with them', () => {
    const site: Site = { processes: 3, transports: ['websocket', 'polling'] };
    const comparison = compared(site, { viewers: 10, transports: ['polling'] });
    expect(changeOf(comparison, 'nodeProcessCountPerApplication')).toMatchObject({ now: '3', isRight: true });
    expect(changeOf(comparison, 'nodeProcessStickySessions')).toMatchObject({ now: 'true', isRight: true });
  });
});

describe('what the app has', () => {
  it('is the effective value with its place: iisnode.yml over the environment over web.config over the default', () => {
    const environment = { IISNODE_maxConcurrentRequestsPerProcess: '10', IISNODE_gracefulShutdownTimeout: '7000' };
    const files = { 'iisnode.yml': '# ours\nmaxConcurrentRequestsPerProcess: 500\n' };
    const comparison = compared({ files }, { viewers: 1000 }, environment);
    expect(changeOf(comparison, 'maxConcurrentRequestsPerProcess')).toMatchObject({
      now: '500',
      isRight: false,
      from: 'iisnode.yml',
      file: expect.stringMatching(/iisnode\.yml$/),
      line: 2,
    });
    expect(changeOf(comparison, 'gracefulShutdownTimeout')).toMatchObject({ now: '7000', from: 'environment' });
    expect(changeOf(comparison, 'nodeProcessCountPerApplication')).toMatchObject({
      from: 'web.config',
      file: expect.stringMatching(/web\.config$/),
      line: expect.any(Number),
    });
  });

  it('may be one process for each processor', () => {
    const files = { 'iisnode.yml': 'nodeProcessCountPerApplication: 0\n' };
    const comparison = compared({ files }, { viewers: 10, processors: 8 });
    expect(changeOf(comparison, 'nodeProcessCountPerApplication')).toMatchObject({
      now: '0',
      wanted: '8',
      isRight: true,
    });
    expect(
      changeOf(compared({ files }, { viewers: 10, processors: 8, processes: 2 }), 'nodeProcessCountPerApplication'),
    ).toMatchObject({ now: '0', wanted: '2', isRight: false });
  });

  it('may be more processes than the limit of a question', () => {
    const comparison = compared({ processes: 5000 }, { viewers: 10 });
    expect(comparison.carries).toBe(false);
    expect(changeOf(comparison, 'nodeProcessCountPerApplication')).toMatchObject({ now: '5000', isRight: false });
  });

  it('may be infinite', () => {
    const config = generateWebConfig({ entry: 'server.js', vdirPath: '/', processes: 1, transports: ['websocket'] });
    const files = { 'web.config': config.replace('"20000"', '"infinite"') };
    const comparison = compared({ files }, { viewers: 1000 });
    expect(changeOf(comparison, 'maxConcurrentRequestsPerProcess')).toMatchObject({ now: 'infinite', isRight: true });
  });

  it('that is only worse than needed does not change the answer to no', () => {
    const files = { 'iisnode.yml': 'gracefulShutdownTimeout: 60000\n' };
    const comparison = compared({ files }, { viewers: 10 });
    expect(changeOf(comparison, 'gracefulShutdownTimeout')).toMatchObject({ isRight: false, isNeeded: false });
    expect(comparison.carries).toBe(true);
  });
});

describe('an app that cannot be compared', () => {
  const codeOf = (directory: string): string | undefined => {
    try {
      read(directory);
    } catch (error) {
      return (error as { code?: string }).code;
    }
    return undefined;
  };

  it.each([
    ['whose web.config is broken', { 'web.config': '<configuration>' }, 'CAPACITY_UNREADABLE'],
    [
      'whose settings iisnode refuses',
      {
        'web.config': generateWebConfig({ entry: 'server.js', vdirPath: '/', transports: ['websocket'] }).replace(
          '="20000"',
          '="many"',
        ),
      },
      'CAPACITY_UNREADABLE',
    ],
    ['that is not iisnode’s', { 'web.config': '<configuration />' }, 'CAPACITY_UNREADABLE'],
    ['whose iisnode.yml is broken', { 'iisnode.yml': 'no colon\n' }, 'CAPACITY_UNREADABLE'],
  ])('%s is refused', (_name, files, code) => expect(codeOf(siteOf({ files }))).toBe(code));

  it('because there is none is refused', () => {
    const directory = siteOf({});
    rmSync(path.join(directory, 'web.config'));
    expect(codeOf(directory)).toBe('CAPACITY_UNREADABLE');
    expect(codeOf(path.join(directory, 'nowhere'))).toBe('DIRECTORY_NOT_FOUND');
    expect(codeOf(path.join(directory, 'server.js'))).toBe('DIRECTORY_NOT_FOUND');
  });
});
