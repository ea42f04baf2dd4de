import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makePipe, testFolder } from '../files/folder.js';
import { type CliResult, cli } from '../support/cli.js';

const webConfig = `<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <handlers>
      <add name="iisnode" path="server.js" verb="*" modules="iisnode" />
    </handlers>
  </system.webServer>
</configuration>
`;
const files: Readonly<Record<string, string>> = {
  'web.config': webConfig,
  'package.json': '{ "name": "stranger", "main": "server.js", "dependencies": { "socket.io": "4.8.1" } }\n',
  'server.js':
    "require('./lib/room');\nrequire('socket.io');\nrequire('http').createServer().listen(process.env.PORT);\n",
  'lib/room.js': 'exports.name = 1;\n',
  'index.html': '<script src="page.js"></script>\n',
  'page.js': 'io();\n',
};

/** An app in which a file is what `make` puts in its place. */
function appWith(name: string, make: (file: string) => unknown): string {
  const folder = testFolder();
  for (const [each, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, each)), { recursive: true });
    writeFileSync(path.join(folder, each), text);
  }
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  rmSync(file, { force: true });
  make(file);
  return folder;
}

const run = (args: readonly string[], cwd: string): Promise<CliResult> => cli(args, { cwd, timeout: 120_000 });

/** What the folder holds; a file that is no regular one counts by its name. */
function contentOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return `${path.relative(folder, file)}: ${entry.isFile() ? readFileSync(file, 'latin1') : ''}`;
    })
    .sort();
}

const pipe = 'It is a named pipe, not a regular file.';
const read = ['web.config', 'package.json', 'server.js', 'lib/room.js', 'index.html', 'page.js'];
const alsoRead = ['iisnode.yml', 'package-lock.json', 'node_modules/socket.io/package.json'];

describe.runIf(process.platform !== 'win32')('a named pipe in place of a file of the app', () => {
  it.each([...read, ...alsoRead])('is what doctor says of %s', async (name) => {
    const { code, stdout, stderr } = await run(['doctor', '.'], appWith(name, makePipe));
    expect([1, 2]).toContain(code);
    const said = (stdout + stderr).replace(/\s+/g, ' '); // The report has the width of the terminal.
    expect(said).toContain(pipe);
    expect(said).toContain(name);
  });

  it.each(read)('is what init says of %s, and nothing is changed', async (name) => {
    const folder = appWith(name, makePipe);
    const before = contentOf(folder);
    const { code, stderr } = await run(['init', '.', '--no-install'], folder);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(pipe) });
    expect(stderr).toContain(`FILE_NOT_REGULAR  cannot read ${path.join(folder, name)}`);
    expect(contentOf(folder)).toEqual(before);
  });

  it.each(['README.md', 'package-lock.json'])(
    'is what init says of %s where it would write a new app',
    async (name) => {
      const folder = testFolder();
      makePipe(path.join(folder, name));
      const { code, stderr } = await run(['init', '.', '--template', 'minimal', '--force', '--no-install'], folder);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(pipe) });
      expect(contentOf(folder)).toEqual([`${name}: `]);
    },
  );

  it('is what trace says of web.config, and capacity', async () => {
    const folder = appWith('web.config', makePipe);
    const trace = await run(['trace', '/server.js', '--dir', folder, '--path', '/', '--json'], folder);
    expect(JSON.parse(trace.stdout)).toMatchObject({ outcome: { kind: 'error', status: 500, subStatus: 19 } });
    expect(trace.stdout).toContain(pipe);
    const capacity = await run(['capacity', '--dir', folder, '--viewers', '100'], folder);
    expect({ code: capacity.code, stderr: capacity.stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(pipe),
    });
  });

  it.each([
    ['serve', '--port', '0', '--apphost', 'given'],
    ['trace', '/', '--apphost', 'given'],
    ['appcmd', 'list', 'site', '/apphostconfig:given'],
    ['doctor', 'given.config'],
  ])('is what %s says of a file that it is given', async (...args) => {
    const folder = testFolder();
    makePipe(path.join(folder, 'given'));
    makePipe(path.join(folder, 'given.config'));
    const { code, stderr } = await run(args, folder);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(pipe) });
  });

  it.each(['web.config', 'iisnode.yml', 'package.json', 'server.js'])(
    'does not hold up deploy --dry-run: %s',
    async (name) => {
      const folder = appWith(name, makePipe);
      const home = { IISNODE_SOCK_HOME: testFolder() };
      const { code } = await cli(['deploy', '.', '--to', 'embedded', '--dry-run'], {
        cwd: folder,
        environment: home,
        timeout: 120_000,
      });
      expect([0, 1, 2]).toContain(code);
    },
  );

  it.each(['iisnode/host-1-stderr-1.txt', 'iisnode.yml'])('does not hold up logs: %s', async (name) => {
    const { code } = await run(['logs', '.'], appWith(name, makePipe));
    expect(code).toBe(0);
  });
});

describe.runIf(process.platform !== 'win32')('a file that cannot be read to its end', () => {
  const kinds: [string, (file: string) => void, string][] = [
    ['a device', (file) => symlinkSync('/dev/zero', file), 'It is a device, not a regular file.'],
    ['a link to itself', (file) => symlinkSync(path.basename(file), file), 'symbolic link that leads back to itself'],
    ['a folder', (file) => mkdirSync(file), 'It is a folder, not a regular file.'],
    [
      'a file of 3 GB',
      (file) => {
        writeFileSync(file, '');
        truncateSync(file, 3 * 2 ** 30);
      },
      'It is larger than 16 MB, the limit for this kind of file.',
    ],
  ];

  it.each(kinds)('%s as web.config is an error with the reason for doctor and init', async (_kind, make, why) => {
    const folder = appWith('web.config', make);
    for (const args of [
      ['doctor', '.'],
      ['init', '.', '--no-install'],
    ]) {
      const { code, stderr } = await run(args, folder);
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(why) });
    }
  });
});
