import { once } from 'node:events';
import { linkSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { askInBackground, updateHint, wantsHints } from '../../src/commands/update/update-hint.js';
import { temporaryFolder } from '../support/cli.js';
import { hasPseudoTerminal, onTerminal } from '../support/pseudo-terminal.js';

const day = 24 * 60 * 60 * 1000;
const now = Date.UTC(2026, 10, 29);
let home = '';
let environment: Record<string, string | undefined> = {};
const stateFile = (): string => path.join(home, 'update.json');
const state = (): unknown => JSON.parse(readFileSync(stateFile(), 'utf8'));

beforeEach(async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  home = path.join(folder, 'home');
  environment = { ...process.env, IISNODE_SOCK_HOME: home };
});

function know(known: unknown): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(stateFile(), typeof known === 'string' ? known : JSON.stringify(known));
}

/** The hint, and how often the registry is asked. */
async function hint(at: number, own = '1.2.3'): Promise<{ readonly text: string | undefined; readonly asked: number }> {
  let asked = 0;
  const ask = (): never => {
    asked += 1;
    throw new Error('no npm');
  };
  return { text: await updateHint(environment, { now: at, own, ask }), asked };
}

describe('the hint about a newer version', () => {
  it('asks once a day, also where asking fails, and in a new state directory', async () => {
    const asked: number[] = [];
    for (const later of [0, 1, day - 1, day, day + 1]) asked.push((await hint(now + later)).asked);
    expect(asked).toEqual([1, 0, 0, 1, 0]);
  });

  it('is shown once a day', async () => {
    know({ asked: now, latest: '1.2.4' });
    const shown: boolean[] = [];
    for (const later of [0, 1, day - 1, day]) shown.push((await hint(now + later)).text !== undefined);
    expect(shown).toEqual([true, false, false, true]);
    know({ asked: now, latest: '1.2.4' });
    expect((await hint(now)).text).toMatch(
      /^iisnode-sock, version 1\.2\.4, is out; this is 1\.2\.3: npx iisnode-sock@latest \(--no-update-notifier: /,
    );
  });

  it('leaves a reader of the former state its whole text, and no other file', async () => {
    know({ asked: now, latest: '1.2.4' });
    const reader = path.join(home, '..', 'reader.json');
    linkSync(stateFile(), reader);
    await hint(now);
    expect(JSON.parse(readFileSync(reader, 'utf8'))).toEqual({ asked: now, latest: '1.2.4' });
    expect(state()).toEqual({ asked: now, shown: now, latest: '1.2.4' });
    expect(readdirSync(home)).toEqual(['update.json']);
  });

  it.each([
    ['1.2.3', '1.2.3', false],
    ['1.10.0', '1.9.9', true],
    ['1.2.2', '1.2.3', false],
    ['2.0.0', '1.9.9', true],
    ['1.2.4-beta.1', '1.2.3', false],
    ['9.9.9', '0.0.0-source', false],
    ['9.9.9\u001b[2J', '1.2.3', false],
  ])('for %j beside %j: %j', async (latest, own, isShown) => {
    know({ asked: now, latest });
    expect((await hint(now, own)).text !== undefined).toBe(isShown);
  });

  it.each(['', '[', 'null', '[]', '{"asked":"x","shown":{},"latest":7}', `{"asked":${now + 10 * day}}`])(
    'takes a state of %j for none',
    async (text) => {
      know(text);
      expect(await hint(now)).toEqual({ text: undefined, asked: 1 });
    },
  );

  it('is silent where the state cannot be written', async () => {
    writeFileSync(home, 'a file in the place of the folder');
    expect(await hint(now)).toEqual({ text: undefined, asked: 0 });
    environment.IISNODE_SOCK_HOME = 'relative';
    expect(await hint(now)).toEqual({ text: undefined, asked: 0 });
  });

  it.each<[string, Parameters<typeof wantsHints>, boolean]>([
    ['a terminal', [{ form: 'text', live: true }, {}], true],
    ['--json', [{ form: 'json', live: true }, {}], false],
    ['--format sarif', [{ form: 'sarif', live: true }, {}], false],
    ['a pipe', [{ form: 'text', live: false }, {}], false],
    ['CI', [{ form: 'text', live: true }, { CI: 'true' }], false],
    ['NO_UPDATE_NOTIFIER', [{ form: 'text', live: true }, { NO_UPDATE_NOTIFIER: '1' }], false],
    ["npm's own setting", [{ form: 'text', live: true }, { npm_config_update_notifier: 'false' }], false],
  ])('on %s is wanted: %j', (_where, args, wanted) => {
    expect(wantsHints(...args)).toBe(wanted);
  });
});

describe.runIf(hasPseudoTerminal)('on a real terminal', () => {
  const shown = async (...args: string[]): Promise<boolean> => {
    know({ asked: Date.now(), latest: '99999.0.0' });
    const { text } = await onTerminal(args, {
      cwd: path.dirname(home),
      environment: { IISNODE_SOCK_HOME: home, NO_UPDATE_NOTIFIER: '', npm_config_update_notifier: '' },
    });
    return text.includes('version 99999.0.0, is out');
  };

  it('is there, and is not with --no-update-notifier before or behind the name of the command', async () => {
    expect(await shown('status')).toBe(true);
    expect(await shown('status', '--no-update-notifier')).toBe(false);
    expect(await shown('--no-update-notifier', 'status')).toBe(false);
    expect(await shown('--no-update-notifier', 'completion', 'bash')).toBe(false);
  });
});

describe('asking', () => {
  /** A registry that has these versions, or only errors. */
  async function registry(latest: string | undefined): Promise<{ readonly url: string; readonly paths: string[] }> {
    const paths: string[] = [];
    const server = http.createServer((request, response) => {
      paths.push(request.url ?? '');
      if (latest === undefined) return void response.writeHead(503).end();
      const document = {
        name: 'iisnode-sock',
        'dist-tags': { latest },
        versions: {
          [latest]: {
            name: 'iisnode-sock',
            version: latest,
            dist: { tarball: 'http://127.0.0.1/none.tgz', shasum: '' },
          },
        },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => new Promise((closed) => server.close(() => closed())));
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, paths };
  }

  it('is done by npm at the registry that it is configured with; a failure changes nothing', async () => {
    for (const latest of ['7.8.9', undefined]) {
      const { url, paths } = await registry(latest);
      const own = { ...environment, npm_config_registry: url, npm_config_cache: path.join(home, 'cache') };
      const before = JSON.stringify({ asked: now - day, latest: '7.0.0' });
      know(before);
      const [code] = (await once(askInBackground(stateFile(), own), 'exit')) as [number];
      expect(code).toBe(0);
      expect(paths.every((each) => each.startsWith('/iisnode-sock'))).toBe(true);
      expect(paths.length).toBeGreaterThan(0);
      if (latest === undefined) expect(readFileSync(stateFile(), 'utf8')).toBe(before);
      else expect(state()).toEqual({ asked: now - day, latest });
    }
  });
});
