import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { diagnose } from '../../src/doctor/index.js';
import type { InitOptions, InitResult } from '../../src/scaffold/types.js';
import { init } from '../support/init.js';
import { talk } from './workspace.js';

/** Apps after public reports of people who host node on IIS. */
const apps = path.join(import.meta.dirname, '..', 'fixtures', 'apps');

function copyOf(name: string): string {
  const folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'adopt-cases-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const directory = path.join(folder, 'app');
  cpSync(path.join(apps, name), directory, { recursive: true });
  return directory;
}

const textsOf = (directory: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.join(entry.parentPath, entry.name))
      .map((file) => [path.relative(directory, file).replaceAll(path.sep, '/'), readFileSync(file, 'utf8')]),
  );

interface Adopted {
  readonly result: InitResult;
  /** Why the loader is needed, as init shows it; none: it is not used. */
  readonly reasons: readonly string[];
  /** What is left to change: rule and place. */
  readonly left: readonly string[];
}

/** Adopts a copy, and checks that its own files are as they were and that the doctor has nothing else to say. */
async function adopted(name: string, options: Partial<InitOptions> = {}): Promise<Adopted> {
  const directory = copyOf(name);
  const before = textsOf(directory);
  const result = await init({ directory, ...options }, talk());
  const webConfig = result.files.at(-1)?.file ?? 'web.config';
  expect({ ...textsOf(directory), [webConfig]: before[webConfig] }).toMatchObject(before);
  const place = (file: string | undefined, line: number | undefined): string =>
    file === undefined
      ? ''
      : ` ${path.relative(directory, path.resolve(directory, file)).replaceAll(path.sep, '/')}:${line}`;
  const left = result.findings.map(({ rule, file, line }) => rule + place(file, line));
  const { findings } = await diagnose('.', { cwd: directory });
  const said = findings.filter(({ rule }) => rule !== 'DEPENDENCIES_NOT_INSTALLED');
  expect(said.map(({ rule, file, line }) => rule + place(file, line))).toEqual(left);
  expect(result.loader?.used).toBe((result.loader?.reasons.length ?? 0) > 0);
  return {
    result,
    left,
    reasons: result.loader?.reasons.map(({ says, file, line }) => says + place(file, line)) ?? [],
  };
}

/** Every app with sockets has this reason, unless its own web.config runs it already. */
const closes = (line: number): string => `only the loader closes its sockets when the process is replaced s.js:${line}`;

describe('an app from the field, for a site of its own', () => {
  it.each([
    ['fastify-port-option', ['gives PORT to listen() as an option server.js:9'], []],
    ['nest-gateway-port', ['has a gateway on a port of its own, 8085 src/desk.gateway.ts:3'], []],
    [
      'cluster-fork',
      [
        'starts worker processes (cluster) s.js:3',
        'its start script sets NODE_ENV package.json:1',
        'its start script loads ./pre.js first package.json:1',
      ],
      [],
    ],
    ['io-listen-port', ['listens on a fixed port s.js:4'], []],
    ['next-negative', [], []],
    ['https-redirect-first', [], []],
    ['webconfig-case', [], []],
    ['socket-only-server', [], []],
    ['root-absolute-urls', [closes(4)], []],
    ['router-without-path', [closes(4)], []],
    ['routes-in-a-class', [closes(7)], []],
    ['handler-from-a-framework', [closes(4)], []],
    ['clients-elsewhere', [closes(4)], []],
    ['page-at-a-depth', [closes(4)], []],
    ['folder-named-like-a-route', [closes(4)], []],
    ['param-route-answers-everything', [closes(5)], []],
    ['handshake-wants-a-login', [closes(4)], []],
    [
      'localhost-without-slash',
      [closes(4)],
      ['CLIENT_ADDRESS_LOCAL public/c.js:1', 'CLIENT_ADDRESS_LOCAL public/index.html:1'],
    ],
  ])('%s', async (name, reasons, left) => {
    const found = await adopted(name);
    expect(found.result.vdirPath).toBe('/');
    expect(found).toMatchObject({ reasons, left });
  });
});

describe('an app from the field, in a virtual directory', () => {
  const unknown = 'does not show that it knows the vdir path /chat';
  it.each([
    ['io-listen-port', ['answers at /socket.io, without the vdir path s.js:2', 'listens on a fixed port s.js:4'], []],
    [
      'root-absolute-urls',
      [
        'has pages with URLs that start at the root of the site public/index.html:1',
        'redirects to the root of the site s.js:6',
      ],
      ['ROOT_ABSOLUTE_URL public/app.js:1'],
    ],
    ['router-without-path', [unknown], []],
    ['routes-in-a-class', ['has routes without the vdir path s.js:8'], []],
    ['handler-from-a-framework', ['compares URLs without the vdir path fw.js:1'], []],
    ['path-assigned-later', ['answers at /socket.io, without the vdir path s.js:3'], []],
    ['page-at-a-depth', [closes(4)], []],
    [
      'clients-elsewhere',
      ['redirects to the root of the site s.js:6'],
      ['SOCKET_PATH_MISMATCH_CLIENT client/src/socket.js:2'],
    ],
    ['param-route-answers-everything', ['redirects to the root of the site s.js:6'], []],
  ])('%s', async (name, reasons, left) => {
    expect(await adopted(name, { path: '/chat' })).toMatchObject({ reasons, left });
  });

  it('what the loader cannot do is counted, and a site of its own recommended', async () => {
    const { result } = await adopted('root-absolute-urls', { path: '/chat' });
    expect(result.notes).toEqual([expect.stringMatching(/^1 line of the code .*\/chat; .*--path \//)]);
    expect((await adopted('router-without-path', { path: '/chat' })).result.notes).toEqual([]);
  });
});

it('rules that carry the app already stay, and nothing is demanded of the code', async () => {
  const rulesIn = (text: string): string | undefined => /<rewrite>[\s\S]*<\/rewrite>/.exec(text)?.[0];
  const directory = copyOf('next-negative');
  const file = path.join(directory, 'web.config');
  const before = rulesIn(readFileSync(file, 'utf8'));
  const { advice, warnings } = await init({ directory }, talk());
  expect([advice, warnings]).toEqual([[], []]);
  expect(rulesIn(readFileSync(file, 'utf8'))).toBe(before);
});

it('a site of HttpPlatformHandler is not touched without an answer', async () => {
  const directory = copyOf('httpplatform-no-restart');
  const before = textsOf(directory);
  await expect(init({ directory }, talk())).rejects.toMatchObject({ code: 'HANDLER_IN_USE', exit: 'question' });
  expect(textsOf(directory)).toEqual(before);
});

it('init and the doctor know the same clients, and no other server is one', async () => {
  const { result } = await adopted('clients-elsewhere', { path: '/chat' });
  expect(result.findings.map(({ file }) => file).join()).not.toContain('old-server.js');
});
