import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookOverSsh, type ServerOverSsh } from '../../src/deploy/over-ssh/look-over-ssh.js';
import { diagnose } from '../../src/doctor/index.js';
import type { ServerPlace, ServerRun } from '../../src/server/index.js';
import { usualServer } from '../doctor/around-sites.js';
import { registry, sc, scriptOf, serverOf } from '../server/recorded.js';
import { fakeServer } from './over-ssh-support.js';
import { makeApp, temporaryDirectory } from './support.js';

const to = 'ssh://ann@web1/Default%20Web%20Site/dante';

/** An applicationHost.config with the app in a folder. */
function apphostWith(physicalPath: string): string {
  const file = path.join(temporaryDirectory(), 'applicationHost.config');
  const application = `<application path="/dante" applicationPool="DefaultAppPool"><virtualDirectory path="/" physicalPath="${physicalPath}" /></application>`;
  writeFileSync(file, usualServer.replace('</site>', `${application}</site>`));
  return file;
}

const stopped = serverOf({
  programs: {
    'reg query HKLM\\SOFTWARE\\Microsoft\\InetStp /reg:64': registry,
    reg: '',
    'sc query W3SVC': sc('1  STOPPED'),
    'sc query WAS': sc('4  RUNNING'),
    'appcmd list apppool /apppool.name:DefaultAppPool /text:state': 'Stopped\r\n',
  },
  scripts: {
    "F 'iisnode'": 'iisnode\tC:\\iisnode.dll\t0.2.26.0\t34404',
    "F 'node'": 'node\tC:\\node.exe\t22.1.0\t34404',
  },
});

interface Asked {
  readonly windows: ServerPlace;
  readonly directory?: string;
  readonly files?: boolean;
}

/** Looks, with the local folder or with the files of the server. */
async function look<Result>(
  { windows, directory, files = false }: Asked,
  work: (server: ServerOverSsh) => Promise<Result>,
  cutAt: (count: number) => boolean = () => false,
) {
  const server = fakeServer(undefined, windows);
  server.cutAt = cutAt;
  const result = await lookOverSsh(
    { to, files, environment: {}, open: server.open, ...(directory === undefined ? {} : { directory }) },
    work,
  ).finally(() => server.idle());
  return { result, server };
}

describe('a look at a server over ssh', () => {
  it('runs its programs there and judges the local app with them and with its configuration, in one connection', async () => {
    const directory = makeApp({ server: "require('node:http').createServer().listen(process.env.PORT);\n" });
    const scripts: string[] = [];
    const run: ServerRun = (program, args, options) => {
      if (program.at(-1) === 'powershell.exe') scripts.push(scriptOf(args));
      return stopped(program, args, options);
    };
    const windows = { run, apphost: apphostWith('C:\\apps\\dante') };
    const { result, server } = await look({ windows, directory }, (place) =>
      diagnose(directory, { cwd: directory, environment: {}, server: place, skip: ['POOL_RECYCLES'] }),
    );
    expect(result.findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['SERVICE_NOT_RUNNING', 'POOL_STOPPED']),
    );
    expect(result.server).toMatchObject({
      name: 'web1',
      directory: 'C:\\apps\\dante',
      seen: { iis: '10.0', iisnode: '0.2.26.0', poolState: 'Stopped' },
    });
    // The rights are asked for the folder there, not for the one here.
    expect(scripts.join('\n')).toContain("A 'entry' 'C:\\apps\\dante\\server.js'");
    expect(scripts.join('\n')).not.toContain(directory);
    expect(result.asked).toEqual(['--server', to]);
    // Places in the copied configuration are named as the server has them.
    const inConfig = result.findings.filter(({ file }) => file?.endsWith('applicationHost.config'));
    expect(inConfig.every(({ file }) => file === windows.apphost)).toBe(true);
    expect(JSON.stringify(result)).not.toContain('iisnode-sock-server-');
    expect(server.connections).toBe(1);
  });

  it('copies the live app where no folder is named: names of all files, contents of sources, no secrets', async () => {
    const live = makeApp({ server: 'const app = ;\n', name: 'live' });
    const write = (name: string, text: string): void => {
      mkdirSync(path.dirname(path.join(live, name)), { recursive: true });
      writeFileSync(path.join(live, name), text);
    };
    write('.env', 'SECRET=1');
    write('public/logo.png', 'picture');
    write('big.js', 'x'.repeat(2 * 1024 * 1024 + 1));
    write('node_modules/express/package.json', '{"version":"4.0.0"}');
    write('node_modules/express/lib/express.js', 'x');
    write('.git/config', 'x');
    write('iisnode/WEB1-42-stderr-1764400000000.txt', 'Application has thrown an uncaught exception');
    const { result } = await look(
      { windows: { run: stopped, apphost: apphostWith(live) }, files: true },
      async (place) => {
        const copy = place.files ?? '';
        const contents = ['.env', 'public/logo.png', 'server.js', 'node_modules/express/package.json'].map((name) =>
          readFileSync(path.join(copy, name), 'utf8'),
        );
        const there = ['big.js', 'node_modules/express/lib/express.js', '.git', 'iisnode'].map((name) =>
          existsSync(path.join(copy, name)),
        );
        const logs = readFileSync(path.join(place.logs ?? '', 'WEB1-42-stderr-1764400000000.txt'), 'utf8');
        return { contents, there, logs, report: await diagnose(copy, { cwd: '/', environment: {}, server: place }) };
      },
    );
    expect(result.contents).toEqual(['', '', 'const app = ;\n', '{"version":"4.0.0"}']);
    expect(result.there).toEqual([true, false, false, false]);
    expect(result.logs).toContain('uncaught exception');
    const syntax = result.report.findings.find(({ rule }) => rule === 'ENTRY_SYNTAX_ERROR');
    expect(syntax).toMatchObject({ file: path.join(live, 'server.js'), line: 1 });
    expect(result.report.findings.filter(({ fixable }) => fixable)).toEqual([]);
  });

  it('says what is not there, and looks at the rest', async () => {
    const apphost = apphostWith('C:\\apps\\dante');
    const directory = makeApp();
    const seenWith = async (windows: ServerPlace) => {
      const { result } = await look({ windows, directory }, async (place) => ({
        at: place.app.directory,
        report: await diagnose(directory, { cwd: directory, environment: {}, server: place }),
      }));
      return [result.at, result.report.server?.notSeen.join('\n'), result.report.server?.seen.w3svc];
    };
    expect(await seenWith({ run: stopped, apphost: `${apphost}.gone` })).toEqual([
      undefined,
      expect.stringMatching(/^applicationHost\.config: it is not on the server/),
      'stopped',
    ]);
    expect(await seenWith({ run: stopped, apphost: apphostWith('C:\\x') })).toEqual([
      'C:\\x',
      expect.stringContaining('not on the server'),
      'stopped',
    ]);
    writeFileSync(`${apphost}.other`, usualServer);
    expect((await seenWith({ run: stopped, apphost: `${apphost}.other` }))[1]).toMatch(
      /has not exactly one application/,
    );
  });

  it('ends a program there whose time is over', async () => {
    const ended: boolean[] = [];
    const hangs: ServerRun = (_program, _args, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          ended.push(true);
          reject(Object.assign(new Error('aborted'), { code: 'ABORT_ERR' }));
        });
      });
    const windows = { run: hangs, apphost: apphostWith('C:\\apps\\dante') };
    const { result } = await look({ windows, directory: makeApp() }, async ({ run }) => {
      const ending = new AbortController();
      const running = run(['sc.exe'], [], { signal: ending.signal }).catch(
        (error: NodeJS.ErrnoException) => error.code,
      );
      ending.abort();
      return running;
    });
    expect([result, ended]).toEqual(['ABORT_ERR', [true]]);
  });

  it('fails clearly when the connection is cut, at each moment', async () => {
    const windows = { run: stopped, apphost: apphostWith('C:\\apps\\dante') };
    const directory = makeApp();
    let total = 0;
    const examine = (place: ServerOverSsh) => diagnose(directory, { cwd: directory, environment: {}, server: place });
    await look({ windows, directory }, examine, (count) => {
      total = count;
      return false;
    });
    expect(total).toBeGreaterThan(8);
    for (const cut of [1, 2, 3, 5, total - 1])
      await expect(look({ windows, directory }, examine, (count) => count === cut)).rejects.toMatchObject({
        code: 'CONNECTION_LOST',
      });
  });
});
