import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeApp, temporaryDirectory } from '../deploy/support.js';
import { fakeSsh } from '../ssh/fake-ssh.js';
import { cliHere } from '../support/cli-here.js';

const to = 'ssh://ann@web1/Default%20Web%20Site/dante';

/** The code of the failure, and the exit code. */
async function failure(args: readonly string[], cwd: string, environment?: Readonly<Record<string, string>>) {
  const { code, stdout } = await cliHere(['doctor', ...args, '--json'], { cwd, ...(environment && { environment }) });
  const { error } = JSON.parse(stdout) as { readonly error?: { readonly code: string; readonly next: string } };
  return [error?.code, code];
}

/** An app whose package.json names targets, with a folder above it without an app. */
function appWithTargets(): { readonly app: string; readonly above: string } {
  const app = makeApp({ server: "require('node:http').createServer().listen(process.env.PORT);\n" });
  const targets = {
    here: { to: 'iis' },
    farm: { to: ['ssh://web1/A/dante', 'ssh://web2/A/dante'] },
    chat: { to: 'ssh://web1/A/dante', path: '/elsewhere' },
  };
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'x', 'iisnode-sock': { targets } }));
  return { app, above: path.dirname(app) };
}

describe('doctor --server', () => {
  it('refuses what names no server, or no app', async () => {
    const { app, above } = appWithTargets();
    const cases: readonly (readonly [args: readonly string[], cwd: string, code: string])[] = [
      [['--server'], app, 'SERVER_NOT_NAMED'],
      [['--server', './dante'], above, 'BAD_SERVER'],
      [['--server', 'ssh://a b'], app, 'BAD_SSH_ADDRESS'],
      [['--server', 'ssh://web1'], above, 'SERVER_APP_NOT_NAMED'],
      [['--server', to, '--fix'], above, 'SERVER_NOT_FIXABLE'],
      [['http://localhost:1/', '--server', to], app, 'URL_TAKES_NO_OPTION'],
      [['--server', to, '--path', '/other'], app, 'SSH_PLACE_TWICE'],
      [['here', '--server'], app, 'SERVER_NOT_SSH'],
      [['--target', 'nobody', '--server'], app, 'TARGET_NOT_FOUND'],
      [['--server', 'farms'], app, 'BAD_SERVER'],
    ];
    for (const [args, cwd, code] of cases) expect(await failure(args, cwd), args.join(' ')).toEqual([code, 2]);
    const sarif = await cliHere(['doctor', 'farm', '--server', '--format', 'sarif'], { cwd: app });
    expect([sarif.code, sarif.stderr]).toEqual([2, expect.stringContaining('FORMAT_OF_SEVERAL')]);
  });

  it('says why there is no connection, no node, or no Windows', async () => {
    const { app } = appWithTargets();
    const cases: readonly (readonly [script: string | undefined, code: string])[] = [
      ['echo "ssh: connect to host web1 port 22: Connection refused" >&2; exit 255', 'SSH_REFUSED'],
      ['echo "\'node\' is not recognized" >&2; exit 1', 'NODE_NOT_ON_SERVER'],
      [undefined, 'SERVER_NOT_WINDOWS'],
    ];
    for (const [script, code] of cases)
      expect(await failure(['--server', to], app, fakeSsh(script).environment)).toEqual([code, 1]);
  });

  it('looks at each server of a target, and goes on after one that fails', async () => {
    const { app } = appWithTargets();
    const { environment } = fakeSsh();
    for (const args of [
      ['farm', '--server'],
      ['--target', 'farm', '--server'],
      ['--server', 'farm'],
    ]) {
      const { code, stdout } = await cliHere(['doctor', ...args, '--json'], { cwd: app, environment });
      const { servers } = JSON.parse(stdout) as { readonly servers: readonly unknown[] };
      expect([code, servers]).toEqual([
        1,
        ['ssh://web1/A/dante', 'ssh://web2/A/dante'].map((server) =>
          expect.objectContaining({ server, error: expect.objectContaining({ code: 'SERVER_NOT_WINDOWS' }) }),
        ),
      ]);
    }
  });

  it('a target without --server is its app, at its path, on its machines', async () => {
    const { app } = appWithTargets();
    const rules = async (...args: string[]) => {
      const { stdout } = await cliHere(['doctor', ...args, '--no-run', '--json'], { cwd: app });
      return (JSON.parse(stdout) as { readonly findings: readonly { readonly rule: string }[] }).findings.map(
        ({ rule }) => rule,
      );
    };
    expect(await rules('--target', 'chat')).toContain('VDIR_PATH_MISMATCH');
    expect(await rules('chat')).toEqual(await rules('--path', '/elsewhere'));
    expect(await rules('farm')).toEqual(await rules('--machines', '2'));
    mkdirSync(path.join(app, 'here'));
    expect(await failure(['here', '--server'], app)).toEqual(['TARGET_OR_FOLDER', 2]);
    expect(await failure(['nowhere'], temporaryDirectory())).toEqual(['TARGET_NOT_FOUND', 2]);
  });
});
