import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { codePageOf } from '../../src/appcmd/index.js';
import { powerShellString } from '../../src/quoting.js';
import { serverIn } from '../../src/server/here.js';
import { lookAtServer } from '../../src/server/look.js';
import { batches } from '../../src/server/scripts.js';
import type { ServerRun } from '../../src/server/types.js';
import { dante, registry, sc, scriptOf, serverOf } from './recorded.js';

const base = mkdtempSync(path.join(os.tmpdir(), 'server-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const whole = {
  programs: {
    'reg query HKLM\\SOFTWARE\\Microsoft\\InetStp /reg:64': registry,
    'reg query HKLM\\SYSTEM': '    OEMCP    REG_SZ    850\r\n',
    reg: '    W3SVC    REG_DWORD    0x1\r\n',
    'sc query W3SVC': sc('1  STOPPED'),
    'sc query WAS': sc('4  RUNNING'),
  },
  scripts: {
    "F 'node'": 'node\t',
    "F 'iisnode'": 'iisnode\tC:\\Program Files\\iisnode\\iisnode.dll\t0.2.7.0\t34404\nrewrite\t',
  },
};

describe('a server', () => {
  it('is described by what its programs answer', async () => {
    const { seen, notSeen } = await lookAtServer(serverOf(whole));
    expect(notSeen).toEqual([]);
    expect(seen).toMatchObject({ iis: '10.0', w3svc: 'stopped', was: 'running', iisnode: '0.2.7.0' });
    expect(seen.files).toEqual({
      iisnode: { path: 'C:\\Program Files\\iisnode\\iisnode.dll', version: '0.2.7.0', bits: 64 },
      rewrite: null,
    });
  });

  it('is described as far as its programs answer: what is not seen is said with the reason', async () => {
    const programs = {
      reg: { exitCode: 1, stdout: 'ERROR: Access is denied.\r\n' },
      'sc query W3SVC': { exitCode: 36, stdout: '[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\r\n' },
      'sc query WAS': Object.assign(new Error('spawn EACCES'), { code: 'EACCES' }),
    };
    const { seen, notSeen } = await lookAtServer(serverOf({ programs }));
    expect(seen).toEqual({ w3svc: 'missing' });
    expect(notSeen).toEqual([
      'the version of IIS, the service WAS, the components of IIS, the code page of the console: this user has no right to see it',
      'the files of iisnode, URL Rewrite and other modules, node.exe as the pool finds it: its program is not on the server',
    ]);
  });

  it('whose answer is not understood is said to be so', async () => {
    const { seen, notSeen } = await lookAtServer(async () => ({ exitCode: 0, stdout: 'Привет' }));
    expect(seen).toEqual({ components: {} });
    expect(notSeen[0]).toBe(
      'the version of IIS, the service W3SVC, the service WAS, the code page of the console: its answer was not understood',
    );
  });

  it('that does not answer is not waited for, and what runs is ended', async () => {
    let started = 0;
    let ended = 0;
    const { seen, notSeen } = await lookAtServer(
      (_program, _args, { signal }) => {
        started += 1;
        signal.addEventListener('abort', () => {
          ended += 1;
        });
        return new Promise(() => undefined);
      },
      { patience: 10 },
    );
    expect(seen).toEqual({});
    expect(notSeen).toEqual([expect.stringMatching(/^the version of IIS, .*: no answer within 0\.01 s$/)]);
    expect([ended, started > 0]).toEqual([started, true]);
  });
});

describe('with an app', () => {
  it('rights and events that two probes see are together, the newest event first', async () => {
    const scripts = {
      AvailableFreeSpace: '1000',
      "F 'node'": 'node\tC:\\n\\node.exe\t20.1.0\t34404\nrights\tC:\\n\\node.exe\tD:(A;;FA;;;BU)',
      "A 'app'": `app\tC:\\apps\\dante\tD:(A;;FR;;;IS)`,
    };
    const entry = (id: number, at: string) =>
      `<Events><Event><System><EventID>${id}</EventID><TimeCreated SystemTime='${at}'/></System><EventData><Data>${id === 2280 ? 'x.dll' : 'Dante'}</Data></EventData></Event></Events>`;
    const programs = {
      ...whole.programs,
      'wevtutil qe System': entry(5002, '2026-01-31T10:00:00Z'),
      'wevtutil qe Application': entry(2280, '2026-01-31T11:00:00Z'),
      'appcmd list apppool /apppool.name:Dante /text:state': 'Started\r\n',
    };
    const { seen, notSeen } = await lookAtServer(serverOf({ programs, scripts }), { app: dante });
    expect(notSeen).toEqual([]);
    expect(seen.rights?.map(({ of, allowed }) => `${of}: ${allowed}`)).toEqual([
      'node: yes',
      'app: yes',
      'static files: no',
    ]);
    expect(seen.events?.map(({ id }) => id)).toEqual([2280, 5002]);
    expect(seen).toMatchObject({ poolState: 'Started', node: { version: '20.1.0' } });
  });
});

describe('a script of several probes', () => {
  it('has as many processes as its length needs, and each text in it once', () => {
    const asked = Array.from({ length: 40 }, (_none, probe) => ({ probe, script: `'${probe}${'x'.repeat(150)}'` }));
    const made = batches(asked);
    expect(made.flatMap(({ probes }) => probes)).toEqual(asked.map(({ probe }) => probe));
    expect(made.length).toBeGreaterThan(1);
    for (const { args } of made) expect(args.join(' ').length).toBeLessThan(8_000);
    for (const [index, { script }] of asked.entries()) {
      const batch = made.find(({ probes }) => probes.includes(index));
      expect(scriptOf(batch?.args ?? []).split(script)).toHaveLength(2);
    }
  });

  it('has all functions that it calls', async () => {
    const scripts: string[] = [];
    const app = { ...dante, nodeProgram: '%ProgramFiles%\\node.exe' };
    const run: ServerRun = async (_program, args) => {
      scripts.push(scriptOf(args));
      return { exitCode: 0, stdout: '' };
    };
    await lookAtServer(run, { app });
    const script = scripts.find((text) => text.includes('#0')) ?? '';
    expect(script.split('\n')[0]).toBe("$env:PSModulePath=$PSHOME+'\\Modules'");
    const called = [...script.matchAll(/(?:^|[;{(=])([A-Z]) [$'"]/gm)].map(([, name]) => name);
    const defined = [...script.matchAll(/function ([A-Z])\(/g)].map(([, name]) => name);
    expect([...new Set(called)].sort()).toEqual(['A', 'F', 'M', 'X']);
    expect(defined.sort()).toEqual(['A', 'F', 'M', 'X']);
  });

  it('has names of files as they are', () => {
    expect(powerShellString("C:\\it's $env:x `n")).toBe("'C:\\it''s $env:x `n'");
    expect(powerShellString('a\u2019b')).toBe("'a\u2019\u2019b'");
  });
});

describe('the server on this machine', () => {
  it('is asked by programs of system32 alone, whose exit code and text are passed on', async () => {
    if (process.platform === 'win32') return; // the stand-ins are scripts
    const system32 = path.join(base, 'system32');
    const file = path.join(system32, 'sub', 'tool.exe');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '#!/bin/sh\ncat; echo "$2"; echo wrong >&2; exit 3\n');
    chmodSync(file, 0o755);
    const { run, apphost } = serverIn(system32, () => codePageOf(850));
    const options = { signal: new AbortController().signal };
    expect(await run(['sub', 'tool.exe'], ['a', '"b c" %PATH%'], options)).toEqual({
      exitCode: 3,
      stdout: '"b c" %PATH%\nwrong\n',
    });
    await expect(run(['sh'], [], options)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(run(['sub', 'tool.exe'], [], { signal: AbortSignal.abort() })).rejects.toThrow();
    const inCodePage = path.join(system32, 'oem.exe');
    writeFileSync(inCodePage, "#!/bin/sh\nprintf 'Gr\\224\\341e'\n");
    chmodSync(inCodePage, 0o755);
    expect(await run(['oem.exe'], [], options)).toEqual({ exitCode: 0, stdout: 'Größe' });
    expect(apphost).toBe(path.join(system32, 'inetsrv', 'config', 'applicationHost.config'));
  });
});
