import path from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { applicationHostText } from '../../../src/config/index.js';
import { folderWith, put, request, serve, type TestHost, webConfig } from '../harness.js';
import { handlers } from '../iisnode-app.js';
import { RawClient } from './raw-client.js';
import { upgrade } from './requests.js';

/**
 * A node app that says what it was sent. `do=wait&id=N` is answered when `do=go&id=N` comes; `do=hang` never; upgrades echo, but not
 * those with `do=refuse` and `do=hang`.
 */
const script = `
const http = require('node:http');
const waiting = new Map();
const server = http.createServer((request, response) => {
  const asked = new URL(request.url, 'http://x').searchParams;
  const what = asked.get('do');
  if (what === 'hang') return;
  if (what === 'wait') return void waiting.set(asked.get('id'), () => response.end('waited ' + asked.get('id')));
  if (what === 'go') {
    const go = waiting.get(asked.get('id'));
    waiting.delete(asked.get('id'));
    go?.();
    return response.end(go ? 'gone' : 'nobody waits');
  }
  if (what === 'early') return response.end('early');
  let body = '';
  request.setEncoding('latin1').on('data', (piece) => { body += piece; });
  request.on('end', () => {
    const { method, url, rawHeaders } = request;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method, url, n: asked.get('n'), body, length: body.length, rawHeaders }));
  });
  request.on('error', () => undefined);
});
server.on('upgrade', (request, socket, head) => {
  socket.on('error', () => undefined);
  if (request.url.includes('do=hang')) return;
  if (request.url.includes('do=refuse')) return socket.end('HTTP/1.1 403 Forbidden\\r\\nContent-Length: 2\\r\\nConnection: close\\r\\n\\r\\nno');
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: ' + request.headers.upgrade + '\\r\\nConnection: Upgrade\\r\\n\\r\\n');
  socket.write(head);
  socket.pipe(socket);
});
server.listen(process.env.PORT);
`;

/** Rules that answer by the verb, so that a test sees which one reached the pipeline. */
const rules =
  '<rewrite><rules><rule name="verb"><match url="^verb$" /><conditions><add input="{REQUEST_METHOD}" pattern="(.*)" /></conditions>' +
  '<action type="Redirect" url="/{C:1}" appendQueryString="false" redirectType="Found" /></rule></rules></rewrite>';

export interface HostileSite extends TestHost {
  /** Fails unless the host serves an ordinary request, a WebSocket opened before is still alive, and no fault of ours was told. */
  stillServes(): Promise<void>;
}

export const bigText = 'x'.repeat(2_000_000);

export const siteFiles: Readonly<Record<string, string>> = {
  'a.txt': 'abc',
  'big.txt': bigText,
  'server.js': script,
  'web.config': webConfig(`${handlers}<webSocket enabled="false" />${rules}`),
};

/** `connectionTimeout` of the server and of its site, where they are not the two minutes of a fresh IIS. */
export interface Timeouts {
  readonly server: string;
  readonly site: string;
}

/** A host with files and an app, and a live socket on it from the start. */
export async function hostileSite(timeouts?: Timeouts): Promise<HostileSite> {
  const directory = folderWith(siteFiles);
  if (timeouts !== undefined) put(directory, 'applicationHost.config', applicationHost(directory, timeouts));
  const applicationHostFile = timeouts && path.join(directory, 'applicationHost.config');
  const host = await serve({ directory, vdirPath: '/', ...(applicationHostFile && { applicationHostFile }) });
  const live = await RawClient.open(host.port);
  onTestFinished(() => live.destroy());
  await live.send(upgrade('/server.js'));
  await live.until((text) => text.includes('\r\n\r\n'));
  let said = 0;
  return {
    ...host,
    async stillServes() {
      const { status, body } = await request(host.port, '/a.txt');
      expect({ status, body }).toEqual({ status: 200, body: 'abc' });
      const word = `alive ${++said};`;
      await live.send(word);
      expect(await live.until((text) => text.endsWith(word))).toContain(word);
      expect(host.events.filter(({ code }) => code === 'HOST_FAULT')).toEqual([]);
    },
  };
}

function applicationHost(physicalPath: string, { server, site }: Timeouts): string {
  const applications = [{ path: '/', physicalPath }];
  const bindings = [{ protocol: 'http', information: '*:80:' }];
  return applicationHostText({ pools: [], sites: [{ name: 'one', id: 1, bindings, applications }], unlocked: true })
    .replace('<webLimits />', `<webLimits connectionTimeout="${server}" />`)
    .replace('<bindings>', `<limits connectionTimeout="${site}" /><bindings>`);
}

/** Lets a request that waits in the app go on; it may not have arrived there yet. */
export async function released(port: number, id: string): Promise<void> {
  for (;;) {
    const { body } = await request(port, `/server.js?do=go&id=${id}`);
    if (body === 'gone') return;
  }
}
