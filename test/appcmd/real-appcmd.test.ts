import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeConsole, type RealAppcmdOptions, realAppcmd } from '../../src/appcmd/index.js';
import { temporaryDirectory } from './temporary.js';

/** A program that prints what appcmd.exe prints in transcripts, and records its arguments. */
function fake(
  script: string,
  options: Partial<RealAppcmdOptions> = {},
): { appcmd: ReturnType<typeof realAppcmd>; seen: () => string[][] } {
  const directory = temporaryDirectory();
  const file = path.join(directory, 'appcmd.cjs');
  const log = path.join(directory, 'log');
  writeFileSync(
    file,
    `require('fs').appendFileSync(${JSON.stringify(log)}, JSON.stringify(process.argv.slice(2)) + '\\n');\n${script}`,
  );
  return {
    appcmd: realAppcmd({ program: process.execPath, before: [file], retryPauses: [1, 1], ...options }),
    seen: () =>
      readFileSync(log, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as string[]),
  };
}

describe('realAppcmd', () => {
  it('passes arguments unchanged, without a shell', async () => {
    const { appcmd, seen } = fake('');
    const args = ['add', 'app', '/site.name:Default Web Site', '/path:/a&b', "/[path='/'].x:%PATH%", '/q:"', '/e:'];
    expect((await appcmd.run(args)).exitCode).toBe(0);
    expect(seen()).toEqual([args]);
  });

  it('returns exit codes and the text on stdout, which includes errors', async () => {
    const { appcmd } = fake(
      `process.stdout.write('ERROR ( message:Failed to add duplicate collection element "/dante". )\\r\\n'); process.exitCode = 183;`,
    );
    expect(await appcmd.run(['add', 'app'])).toEqual({
      exitCode: 183,
      stdout: 'ERROR ( message:Failed to add duplicate collection element "/dante". )\r\n',
    });
  });

  it('decodes text in an unspecified code page', async () => {
    // "Невозможно" in code page 866, as a Russian Windows writes it.
    const { appcmd } = fake(`process.stdout.write(Buffer.from('8da5a2aea7aca6adae', 'hex')); process.exitCode = 5;`);
    const { exitCode, stdout } = await appcmd.run(['list', 'site']);
    expect(exitCode).toBe(5);
    expect(stdout).toHaveLength(9);
  });

  it('tries again while WAS restarts (1726), and then gives up with that code', async () => {
    if (process.platform !== 'win32') return; // exit codes above 255 exist on Windows only
    const { appcmd, seen } = fake('process.exitCode = 1726;');
    expect((await appcmd.run(['list', 'site'])).exitCode).toBe(1726);
    expect(seen()).toHaveLength(3);
  });

  it('stops a command that does not end, and continues with the next', async () => {
    const script = "if (process.argv[2] === 'hang') setInterval(() => undefined, 1000);";
    const { appcmd } = fake(script, { patience: 4_000 }); // the next one has as long to start
    const hanging = appcmd.run(['hang', 'site']);
    const next = appcmd.run(['list', 'site']);
    await expect(hanging).rejects.toMatchObject({
      code: 'APPCMD_TIMED_OUT',
      exit: 'refused',
      what: expect.stringContaining('hang site did not end'),
      why: 'It took more than 4 s.',
    });
    expect((await next).exitCode).toBe(0);
  });

  it('stops a command that ignores the signal; later ones keep their full timeout', async () => {
    const stop = new AbortController();
    const script = `if (process.argv[2] === 'hang') {
      require('fs').writeFileSync(process.argv[3], '');
      setInterval(() => undefined, 1000);
    }`;
    const { appcmd } = fake(script, { signal: stop.signal, grace: 100 });
    const begun = path.join(temporaryDirectory(), 'begun');
    const hanging = appcmd.run(['hang', begun]);
    const refused = expect(hanging).rejects.toMatchObject({ code: 'APPCMD_TIMED_OUT', why: 'You asked to stop.' });
    await expect.poll(() => existsSync(begun)).toBe(true);
    stop.abort();
    await refused;
    expect((await appcmd.run(['list', 'site'])).exitCode).toBe(0);
  });

  it('runs one command at a time, in order', async () => {
    const { appcmd, seen } = fake(`
      const fs = require('fs'); const lock = __filename + '.lock';
      fs.writeFileSync(lock, '', { flag: 'wx' }); setTimeout(() => fs.unlinkSync(lock), 30);`);
    const results = await Promise.all(['1', '2', '3'].map((name) => appcmd.run([name])));
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
    expect(seen()).toEqual([['1'], ['2'], ['3']]);
  });

  it('reports a program that cannot be started', async () => {
    const appcmd = realAppcmd({ program: path.join(temporaryDirectory(), 'appcmd.exe') });
    await expect(appcmd.run(['list', 'site'])).rejects.toMatchObject({ code: 'APPCMD_NOT_STARTED', exit: 'refused' });
  });

  it('prints the command line that a user can type', () => {
    const appcmd = realAppcmd({ program: 'C:\\Windows\\system32\\inetsrv\\appcmd.exe' });
    expect(appcmd.format(['delete', 'app', 'Default Web Site/dante'])).toBe(
      'C:\\Windows\\system32\\inetsrv\\appcmd.exe delete app "Default Web Site/dante"',
    );
  });
});

describe('decodeConsole', () => {
  it('detects UTF-8 and UTF-16', () => {
    expect(decodeConsole(Buffer.from('Zürich'))).toBe('Zürich');
    expect(decodeConsole(Buffer.from('\ufeffZürich', 'utf16le'))).toBe('Zürich');
  });
});
