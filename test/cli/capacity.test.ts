import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/cli.js';
import { cliHere } from '../support/cli-here.js';

let folder: string;
let remove: () => Promise<void>;
const options = () => ({ cwd: folder, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
  const { code } = await cliHere(['init', 'dante', '--no-install', '--processes', '2'], options());
  expect(code).toBe(0);
});
afterAll(() => remove());

describe('capacity', () => {
  it('prints settings to copy, each with the reason', async () => {
    const { code, stdout, stderr } = await cliHere(['capacity', '--viewers', '5000', '--pool', 'dante'], options());
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(
      '5000 viewers over websocket\n  1 machine with 1 node process; 5000 viewers per process\n',
    );
    expect(stdout).toContain('\n    maxConcurrentRequestsPerProcess="20000"\n');
    expect(stdout).toContain('\n  appcmd set apppool /apppool.name:dante /queueLength:5000\n');
    expect(stdout).toMatch(/\n {2}queueLength 5000: .+ \[.+\]\n/);
  });

  it('does not round a message every two seconds up', async () => {
    const { stdout } = await cliHere(['capacity', '--viewers', '1'], options());
    expect(stdout).toContain(' 0.5 messages/s;');
  });

  it('is one JSON document with its version; text goes to stderr', async () => {
    const { code, stdout, stderr } = await cliHere(
      ['capacity', '--viewers', '20', '--dir', 'dante', '--json'],
      options(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, viewers: 20, comparison: { carries: true } });
    expect(stderr).toContain('dante can serve them');
    expect(stderr).toContain("path /dante: web.config's virtualDirPath");
  });

  it('prints what would do under a heading of its own, with the settings for it', async () => {
    const args = ['capacity', '--viewers', '50000', '--machines', '1', '--processors', '2'];
    const { code, stdout } = await cliHere(args, options());
    expect(code).toBe(1);
    const [asked = '', enough = ''] = stdout.split(/^(?=with )/m);
    expect(asked).toContain('  1 machine with 1 node process; 50000 viewers per process\n✖ ');
    expect(enough).toMatch(/^with 3 machines, each with 1 node process; 16667 viewers per process\n {2}per process: /);
    expect(enough).toContain('\n  per machine: 16667 viewers, ');
    expect(enough).toContain('\n    maxConcurrentRequestsPerProcess="21000"\n');
    expect(enough).toContain('/appConcurrentRequestLimit:42000\n');
    const json = JSON.parse((await cliHere([...args, '--json'], options())).stdout);
    expect(json).toMatchObject({ fits: false, machines: 1, enough: { machines: 3, viewersPerProcess: 16667 } });
    expect(JSON.stringify(json.settings)).not.toContain('50000');
  });

  it('prints nothing to set where nothing would do', async () => {
    const args = ['capacity', '--viewers', '10', '--messages', '100000'];
    for (const more of [[], ['--dir', 'dante']]) {
      const { code, stdout } = await cliHere([...args, ...more], options());
      expect(code).toBe(1);
      expect(stdout).toContain('send fewer');
      expect(stdout).not.toMatch(/iisnode|appcmd|undefined|per process:|^why$/m);
    }
  });

  it('ends with 1 when the machines or the app are too small', async () => {
    expect((await cliHere(['capacity', '--viewers', '1000000', '--machines', '1'], options())).code).toBe(1);
    const args = ['capacity', '--viewers', '60000', '--processors', '8', '--dir', 'dante'];
    const { code, stdout } = await cliHere(args, options());
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ nodeProcessCountPerApplication: 2, must be 4 {2}dante[/\\]web\.config:\d+\n/);
  });

  it.each([
    [[], 'USAGE'],
    [['--viewers', '0'], 'USAGE'],
    [['--viewers', '-5'], 'USAGE'],
    [['--viewers', '1e12'], 'USAGE'],
    [['--viewers', '1000000000000'], 'USAGE'],
    [['--viewers', '9', '--messages', 'many'], 'USAGE'],
    [['--viewers', '9', '--transports', 'pigeon'], 'TRANSPORTS_INVALID'],
    [['--viewers', '9', '--dir', 'nowhere'], 'DIRECTORY_NOT_FOUND'],
  ])('refuses %j in three lines', async (args, error) => {
    const { code, stdout, stderr } = await cliHere(['capacity', ...args], options());
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error ${error} {2}\\S.*\\n {2}\\S.*\\n {2}next: \\S.*\\n$`));
  });
});

describe('deploy', () => {
  it('refuses several processes whose clients poll, but warns with --force; says nothing of one', async () => {
    const file = path.join(folder, 'dante', 'web.config');
    const before = await readFile(file, 'utf8');
    const deploy = ['deploy', 'dante', '--to', 'iis', '--dry-run'];
    expect((await cliHere(deploy, options())).stderr).not.toContain('POLLING_WITHOUT_STICKY_SESSIONS');
    await writeFile(file, before.replace(/(key="transports" value=")websocket"/, '$1websocket,polling"'));
    const refused = await cliHere(deploy, options());
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('error APP_HAS_ERRORS  ')]);
    const { code, stderr } = await cliHere([...deploy, '--force'], options());
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^path \/dante: .+\n! POLLING_WITHOUT_STICKY_SESSIONS {2}.+ {2}dante[/\\]web\.config:\d+\n {4}.+\n {4}fix: .+\n/,
    );
    const { stdout } = await cliHere([...deploy, '--force', '--json'], options());
    expect(JSON.parse(stdout)).toMatchObject({ warnings: [{ code: 'POLLING_WITHOUT_STICKY_SESSIONS' }] });
  });
});
