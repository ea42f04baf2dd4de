// Requests per second of `serve` for a small iisnode response, against the node app itself on a TCP port.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const launcher = path.join(import.meta.dirname, '..', '..', 'bin', 'iisnode-sock.js');
const app = `require('node:http').createServer((request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': 5 });
  response.end('divin');
}).listen(process.env.PORT || 0, function () { console.log('port ' + this.address().port); }).keepAliveTimeout = 60000;`;
const webConfig = `<configuration><system.webServer>
  <handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>
  <iisnode loggingEnabled="false" />
</system.webServer></configuration>`;

/** One connection asking again and again; counts answers until `until`. */
function hammer(port, target, until) {
  const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  return new Promise((resolve, reject) => {
    let answers = 0;
    const socket = net.connect(port, '127.0.0.1', () => socket.write(request)).setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.includes('divin')) return; // the head came alone
      answers += 1;
      if (performance.now() < until) socket.write(request);
      else socket.end(() => resolve(answers));
    });
  });
}

async function perSecond(port, target, seconds, connections) {
  const until = performance.now() + seconds * 1000;
  const answers = await Promise.all(Array.from({ length: connections }, () => hammer(port, target, until)));
  return answers.reduce((sum, each) => sum + each, 0) / seconds;
}

async function started(args, pattern, cwd) {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  while (!pattern.test(text)) text += (await once(child.stdout, 'data'))[0];
  return { child, port: Number(pattern.exec(text)[1]) };
}

export async function run(seconds = 4, connections = 32) {
  const folder = await mkdtemp(path.join(tmpdir(), 'iisnode-sock-bench-'));
  await writeFile(path.join(folder, 'server.js'), app);
  await writeFile(path.join(folder, 'web.config'), webConfig);
  const alone = await started(['server.js'], /port (\d+)/, folder);
  const serve = await started(
    [launcher, 'serve', folder, '--path', '/', '--port', '0'],
    /Listening on http:\/\/[^:]+:(\d+)/,
    folder,
  );
  try {
    for (const { port } of [alone, serve]) await perSecond(port, '/server.js', 1, connections); // warm
    const own = await perSecond(alone.port, '/server.js', seconds, connections);
    const through = await perSecond(serve.port, '/server.js', seconds, connections);
    return [
      {
        what: '`serve`, small iisnode response, 32 connections',
        measured: `${Math.round(through)} requests/s`,
        against: `the node app itself: ${Math.round(own)} requests/s`,
        ratio: (through / own).toFixed(2),
        goal: 'reported',
      },
    ];
  } finally {
    for (const { child } of [alone, serve]) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
