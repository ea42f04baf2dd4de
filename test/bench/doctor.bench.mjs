// The doctor: its files alone over 1,000 generated sites against the parsers alone on the same bytes, its memory, one site on the
// command line, and what a trial run adds.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parse } from 'acorn';
import { XMLParser } from 'fast-xml-parser';
import { siteOf, writeSite } from './doctor-sites.mjs';

const root = path.join(import.meta.dirname, '..', '..');
const launcher = path.join(root, 'bin', 'iisnode-sock.js');
const count = 1_000;
const early = 200;
const goals = { ratio: 2, growth: 1.1, command: 150, trial: 1_000 };

/** The web.configs of the fixtures that both parsers read: an app on a server has such a file. */
function webConfigs(alone) {
  const folder = path.join(root, 'test', 'fixtures', 'doctor');
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /^web\.config$/i.test(entry.name) && !/node_modules/.test(entry.parentPath))
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), 'utf8'))
    .filter((text) => {
      try {
        alone.parse(text);
        return true;
      } catch {
        return false;
      }
    });
}

/** What a parser gets of a site: its scripts with their kind, and its web.config. */
function textsOf(files) {
  const isModule = files['package.json'].includes('"module"');
  const scripts = Object.entries(files).flatMap(([name, text]) => {
    if (/\.js$/.test(name)) return [{ text, sourceType: isModule && !/^public/.test(name) ? 'module' : 'script' }];
    if (!/\.(html|ejs)$/.test(name)) return [];
    return [...text.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, code]) => ({
      text: code,
      sourceType: 'script',
    }));
  });
  return { scripts, xml: files['web.config'] };
}

/** Milliseconds of processor time of this process: other programs of the machine change it less than the wall's clock. */
async function processorTime(act) {
  const before = process.cpuUsage();
  await act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed;
};

async function filesAlone(folder, doctor, rounds) {
  const alone = new XMLParser({ ignoreAttributes: false, preserveOrder: true });
  const configs = webConfigs(alone);
  const all = Array.from({ length: count }, (_, number) => siteOf(number, configs[number % configs.length]));
  const folders = all.map((files, number) => writeSite(folder, number, files));
  const texts = all.map(textsOf);
  const size = texts.reduce(
    (sum, { scripts, xml }) => scripts.reduce((part, { text }) => part + text.length, sum + xml.length),
    0,
  );
  const theirs = () => {
    for (const { scripts, xml } of texts) {
      for (const { text, sourceType } of scripts) parse(text, { ecmaVersion: 'latest', sourceType });
      alone.parse(xml);
    }
  };
  const heaps = [];
  const ours = async () => {
    for (const [number, directory] of folders.entries()) {
      await doctor({ directory, environment: {} });
      if (heaps.length < 2 && (number + 1 === early || number + 1 === count)) heaps.push(heap());
    }
  };
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < rounds; round++) {
    best[0] = Math.min(best[0], await processorTime(ours));
    best[1] = Math.min(best[1], await processorTime(theirs));
  }
  const [measured, against] = best;
  const [first, last] = heaps;
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  return [
    {
      what: `\`doctor\`, files alone: ${count.toLocaleString('en')} apps, ${(size / 1e6).toFixed(0)} MB of scripts, processor time`,
      measured: `${measured.toFixed(0)} ms`,
      against: `acorn and fast-xml-parser alone: ${against.toFixed(0)} ms`,
      ratio: (measured / against).toFixed(2),
      goal: `at most ${goals.ratio}`,
      met: measured <= goals.ratio * against,
    },
    {
      what: `the same, heap after ${count.toLocaleString('en')} apps`,
      measured: megabytes(last),
      against: `after ${early}: ${megabytes(first)}`,
      ratio: (last / first).toFixed(2),
      goal: `at most ${goals.growth}`,
      met: last <= goals.growth * first,
    },
  ];
}

const median = (times) => times.sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** Medians of what each command takes of the processor, in turns, ms: Node itself tells it as it ends. */
function processorTimes(commands, rounds) {
  const tell = "process.on('exit', () => require('fs').writeSync(3, JSON.stringify(process.cpuUsage())))";
  const preload = path.join(mkdtempSync(path.join(tmpdir(), 'bench-preload-')), 'tell.cjs');
  writeFileSync(preload, tell);
  const times = commands.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, given] of commands.entries()) {
      const { output } = spawnSync(process.execPath, ['--require', preload, launcher, ...given], {
        stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
      });
      const { user, system } = JSON.parse(output[3]);
      times[index].push((user + system) / 1_000);
    }
  }
  rmSync(path.dirname(preload), { recursive: true });
  return times.map(median);
}

/** Medians of the wall time of each act, in turns, ms. */
async function inTurns(acts, rounds) {
  const times = acts.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, act] of acts.entries()) {
      const started = performance.now();
      await act();
      times[index].push(performance.now() - started);
    }
  }
  return times.map(median);
}

const command = (...given) => {
  const { status, stderr } = spawnSync(process.execPath, [launcher, ...given], { stdio: 'pipe', encoding: 'utf8' });
  if (status !== 0 && status !== 1) throw new Error(`${given.join(' ')} ended with ${status}: ${stderr}`);
};

/** Starts an app by itself, and ends it when it listens. */
async function startAlone(folder) {
  const app = spawn(process.execPath, ['server.js'], {
    cwd: folder,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(app.stdout, 'data');
  app.kill();
  await once(app, 'exit');
}

/** An app that works, with the packages of this repository. */
function runnableApp(folder) {
  const app = path.join(folder, 'runnable');
  const files = {
    'package.json': '{ "dependencies": { "express": "5", "socket.io": "4" } }',
    'server.js': `const app = require('express')();
const server = require('http').createServer(app);
new (require('socket.io').Server)(server, { path: '/runnable/socket.io' });
app.get('/runnable/', (request, response) => response.send('<h1>It runs</h1>'));
server.listen(process.env.PORT, () => console.log('listening'));
`,
    'web.config': `<configuration>
  <appSettings><add key="virtualDirPath" value="/runnable" /></appSettings>
  <system.webServer>
    <webSocket enabled="false" />
    <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
    <rewrite><rules><rule name="app"><match url=".*" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
  </system.webServer>
</configuration>
`,
  };
  mkdirSync(app);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(app, name), text);
  symlinkSync(path.join(root, 'node_modules'), path.join(app, 'node_modules'), 'junction');
  return app;
}

async function onTheCommandLine(folder, rounds) {
  const site = path.join(folder, 'site-0');
  const [doctor, help] = processorTimes([['doctor', site, '--no-run'], ['--help']], rounds);
  const app = runnableApp(folder);
  const [tried, untried, alone] = await inTurns(
    [() => command('doctor', app), () => command('doctor', app, '--no-run'), () => startAlone(app)],
    Math.ceil(rounds / 3),
  );
  const row = (what, measured, name, against, goal) => ({
    what,
    measured: `${measured.toFixed(0)} ms`,
    against: `${name}: ${against.toFixed(0)} ms`,
    ratio: `${measured >= against ? '+' : ''}${(measured - against).toFixed(0)} ms`,
    goal: `at most +${goal} ms`,
    met: measured - against <= goal,
  });
  return [
    row(
      '`iisnode-sock doctor --no-run`: one app, processor time',
      doctor,
      'start-up of the command line',
      help,
      goals.command,
    ),
    row(
      'what a trial run adds to `iisnode-sock doctor`, wall time',
      tried - untried,
      'the app alone until it listens',
      alone,
      goals.trial,
    ),
  ];
}

/** Rows of { what, measured, against, ratio, goal, met }. */
export async function run({ files = 3, commands = 21 } = {}) {
  const { doctor } = await import(path.join(root, 'dist', 'index.js'));
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-doctor-'));
  try {
    return [...(await filesAlone(folder, doctor, files)), ...(await onTheCommandLine(folder, commands))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) console.table(await run());
