// `trace` on a large site against the command line doing nothing (`--version`), in turns.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const launcher = path.join(import.meta.dirname, '..', '..', 'bin', 'iisnode-sock.js');
/** IIS refuses URLs of more than 32 segments (404.20): thirty folders and the entry point stay below that. */
const depth = 30;
const rules = 200;
const configs = 50;
const goal = 100;

const ruleOf = (number) => `
        <rule name="rule ${number}" stopProcessing="false">
          <match url="^old-${number}/([0-9]+)/([a-z-]+)/?$" />
          <conditions logicalGrouping="MatchAll">
            <add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true" />
            <add input="{HTTP_HOST}" pattern="^www\\.example\\.com$" />
          </conditions>
          <action type="Rewrite" url="new/${number}/{R:1}?name={R:2}" />
        </rule>`;

const configOf = (name, numbers, more = '') => `<?xml version="1.0" encoding="utf-8"?>
<configuration>
  <system.webServer>
    <handlers>
      <add name="${name}" path="${name}.js" verb="*" modules="iisnode" />
    </handlers>
    <rewrite>
      <rules>${numbers.map(ruleOf).join('')}${more}
      </rules>
    </rewrite>
    <security>
      <requestFiltering>
        <hiddenSegments>
          <add segment="secret-${name}" />
        </hiddenSegments>
      </requestFiltering>
    </security>
  </system.webServer>
</configuration>
`;

const toServer = `
        <rule name="server" stopProcessing="true">
          <match url="^socket\\.io(/|$)" />
          <action type="Rewrite" url="server.js" />
        </rule>`;

/** Fifty web.configs: the site's root, thirty folders one in the other, and the rest beside them. Returns the deepest URL path. */
function makeSite(root) {
  const numbers = Array.from({ length: rules }, (_, index) => index);
  const each = Math.floor(rules / (depth + 1));
  let folder = root;
  let url = '';
  for (let level = 0; level <= depth; level++) {
    const own = numbers.splice(0, level === depth ? numbers.length : each);
    if (level > 0) {
      folder = path.join(folder, `f${level}`);
      url += `/f${level}`;
    }
    mkdirSync(folder);
    const last = level === depth;
    writeFileSync(
      path.join(folder, 'web.config'),
      configOf(last ? 'server' : `level${level}`, own, last ? toServer : ''),
    );
  }
  writeFileSync(path.join(folder, 'server.js'), '');
  for (let beside = depth + 1; beside < configs; beside++) {
    mkdirSync(path.join(root, `beside${beside}`));
    writeFileSync(path.join(root, `beside${beside}`, 'web.config'), configOf(`beside${beside}`, []));
  }
  return url;
}

const run1 = (args) => {
  const started = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, ...args], {
    stdio: 'pipe',
    encoding: 'utf8',
  });
  const ms = Number(process.hrtime.bigint() - started) / 1e6;
  if (status !== 0) throw new Error(`iisnode-sock ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { ms, stdout };
};

/** Rows of { what, measured, against, ratio, goal, met }. */
export function run(rounds = 40) {
  const work = mkdtempSync(path.join(tmpdir(), 'iisnode-sock-bench-'));
  try {
    const root = path.join(work, 'site');
    const url = `http://localhost${makeSite(root)}/socket.io/?EIO=4`;
    const traced = ['trace', url, '--dir', root, '--path', '/', '--json'];
    const { steps, outcome } = JSON.parse(run1(traced).stdout);
    const tested = steps.filter(({ stage }) => stage === 'rewrite').length;
    if (tested !== rules + 1 || outcome.handler !== 'server') throw new Error('the trace did not go the whole way');
    const times = { floor: [], trace: [] };
    for (let round = 0; round < rounds; round++) {
      times.floor.push(run1(['--version']).ms);
      times.trace.push(run1(traced).ms);
    }
    // A quarter of the runs are at most this long: a busy machine disturbs the others.
    const usual = (all) => all.sort((a, b) => a - b)[Math.floor(all.length / 4)];
    const floor = usual(times.floor);
    const trace = usual(times.trace);
    const more = trace - floor;
    return [
      {
        what: `\`iisnode-sock trace\`: ${rules} rules, ${configs} web.configs`,
        measured: `${trace.toFixed(0)} ms`,
        against: `start-up of the command line: ${floor.toFixed(0)} ms`,
        ratio: `+${more.toFixed(0)} ms`,
        goal: `at most +${goal} ms`,
        met: more <= goal,
      },
    ];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) console.table(run());
