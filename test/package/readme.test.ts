import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CliResult, cli, root, start, startServe, temporaryFolder } from '../support/cli.js';
import { commandNames } from '../support/command-names.js';
import { freePort } from '../support/free-port.js';

const page = (name: string): Promise<string> => readFile(path.join(root, name), 'utf8');
const readme = await page('README.md');
/** In this order: what one deploys, the next shows. */
const pages = await Promise.all(
  ['several-processes', 'adopt', 'deploy', 'serve'].map((name) => page(`docs/${name}.md`)),
);
const commandsPage = await page('docs/commands.md');
const blocksOf = (text: string): string[] =>
  [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
const blocks = [readme, ...pages].flatMap(blocksOf);
const lines = blocks.flatMap((block) => block.split('\n')).map((line) => line.replace(/\s+#.*$/, '').trim());
const commands = lines.filter((line) => line.startsWith('npx iisnode-sock ')).map((line) => words(line).slice(2));
const others = lines.filter((line) => line !== '' && !line.startsWith('npx iisnode-sock '));

/** The words of a line as a shell reads them: "two words" is one. */
function words(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|\S+/g)].map(([word, quoted]) => quoted ?? word);
}

/** The status of a page; its certificate may be a self-signed one. */
async function statusOf(url: string): Promise<number | undefined> {
  if (!url.startsWith('https:')) return (await fetch(url)).status;
  const [response] = (await once(https.get(url, { rejectUnauthorized: false }), 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

let folder: string;
let remove: () => Promise<void>;
const options = (cwd = folder) => ({ cwd, environment: { IISNODE_SOCK_HOME: path.join(folder, 'iis') } });

/** An existing app, to adopt. */
async function ownApp(name: string): Promise<string> {
  const app = path.join(folder, name);
  await mkdir(path.join(app, 'public'), { recursive: true });
  await writeFile(
    path.join(app, 'package.json'),
    '{ "name": "own", "main": "server.js", "dependencies": { "socket.io": "4" } }\n',
  );
  await writeFile(
    path.join(app, 'server.js'),
    `const server = require('node:http').createServer((request, response) => response.end('own'));
new (require('socket.io').Server)(server);
server.listen(3000);\n`,
  );
  await symlink(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
  return app;
}

beforeAll(async () => {
  ({ folder, remove } = await temporaryFolder());
});
afterAll(async () => {
  for (const app of ['own', 'chat', 'dante']) await cli(['undeploy', path.join(folder, app)], options());
  await remove();
});

describe('the README, and the pages that it leads to', () => {
  it('has only commands of this program and npm scripts of this package in its shell blocks', async () => {
    const { scripts } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(others.sort()).toEqual(['npm start', 'npm test']);
    expect(blocksOf(await page('docs/doctor.md')).filter((block) => !blocksOf(readme).includes(block))).toEqual([]);
    for (const [, name = ''] of readme.matchAll(/`npm (?:run )?([a-z]+)`/g)) expect(scripts).toHaveProperty(name);
  });

  it('has commands that all work, one after the other', async () => {
    expect(commands.length).toBeGreaterThan(10);
    const app = await ownApp('own');
    for (const args of commands) {
      const what = args.join(' ');
      if (args[0] === 'serve') {
        const given = args.includes('--port') ? args.slice(1, -1) : [...args.slice(1), '--port'];
        const serving = await startServe([...given, '0'], options());
        expect(await statusOf(serving.match[1] ?? ''), what).toBe(200);
        expect(await serving.stop(), what).toBe(0);
        continue;
      }
      if (args[0] === 'doctor' && args[1]?.startsWith('https://')) {
        const serving = await startServe(['dante', '--port', '0'], options());
        const live = await cli(['doctor', serving.match[1] ?? '', ...args.slice(2)], options());
        expect(live.code, `${what}\n${live.stdout}${live.stderr}`).toBe(0);
        expect(await serving.stop(), what).toBe(0);
        continue;
      }
      if (args.includes('--binding')) {
        const site = await ownApp('chat');
        expect((await cli(['init', '.'], options(site))).code, what).toBe(0);
        const free = await Promise.all(args.map(async (arg) => arg.replace(/:\d+$/, `:${await freePort()}`)));
        const result = await cli([...free, '--to', 'embedded'], options(site));
        expect(result.code, `${what}\n${result.stdout}${result.stderr}`).toBe(0);
        continue;
      }
      // `doctor`, `init .`, `deploy .`: in the folder of an app
      const own = (args[0] === 'init' || args[0] === 'deploy') && args[1] === '.';
      const inApp = args[0] === 'doctor' && args[1] !== 'dante';
      const cwd = own ? app : inApp ? path.join(folder, 'dante') : folder;
      const extra = args[0] === 'deploy' && !args.includes('--to') ? ['--to', 'embedded', '--port', '0'] : [];
      const result: CliResult = await cli([...args, ...extra], options(cwd));
      // An error that a person has seen is an error of the report.
      const code = args.includes('--seen') ? 1 : 0;
      expect(result.code, `${what}\n${result.stdout}${result.stderr}`).toBe(code);
    }
  }, 300_000);

  it('names every option of every command, and no others', async () => {
    const help = async (...args: string[]) => (await cli([...args, '--help'])).stdout;
    const table = commandsPage.slice(0, commandsPage.indexOf('| Exit code'));
    for (const name of commandNames.filter((each) => each !== 'appcmd')) {
      const real = new Set([...(await help(name)).matchAll(/--[a-z-]+/g)].map(([flag]) => flag));
      for (const flag of ['--help', '--verbose', '--no-color', '--no-update-notifier']) real.delete(flag);
      const row = table.split('\n').find((line) => line.startsWith('| `') && line.split('|')[1]?.includes(name)) ?? '';
      for (const flag of real) expect(row, `${name} ${flag}`).toContain(flag);
      if (name === 'status' || name === 'logs') continue; // one row for both
      for (const [flag] of row.matchAll(/--[a-z-]+/g)) expect(real, `${name} ${flag}`).toContain(flag);
    }
  });

  it('shows the exit codes that --help shows', async () => {
    const { stdout } = await cli(['--help']);
    for (const [, code, meaning] of stdout.matchAll(/^ +(\d+) {2}(\S.*)$/gm)) {
      expect(commandsPage).toContain(`| ${code} | ${meaning} |`);
    }
  });

  it('names every rule of the doctor, and no others', async () => {
    const { rules } = await import('../../src/doctor/index.js');
    const table = await page('docs/troubleshooting.md');
    const named = [...table.slice(table.indexOf('| You see |')).matchAll(/`([A-Z_]{6,})`/g)].map((match) => match[1]);
    expect(new Set(named)).toEqual(new Set(rules.map(({ code }) => code)));
  });
});

describe('npm start', () => {
  it('scaffolds, deploys, prints a URL that shows the page, and removes everything on Ctrl-C', async () => {
    const started = await start(process.execPath, [path.join(root, 'bin', 'start.mjs'), '--no-open'], /^(http:\S+)$/m);
    const page = await fetch(started.match[1] ?? '');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('socket.io');
    expect(await started.stop('SIGINT')).toBe(0);
    await expect(fetch(started.match[1] ?? '')).rejects.toThrow();
  }, 120_000);
});
