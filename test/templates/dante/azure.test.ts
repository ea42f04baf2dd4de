import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { freePort } from '../../support/free-port.js';
import { type ScaffoldedApp, scaffolded } from '../../support/scaffolded.js';
import { served } from '../real-app.js';
import { openPage } from './page.js';
import { request, serve, view } from './server.js';

let app: ScaffoldedApp;
beforeAll(async () => {
  app = await scaffolded('dante', { adapter: 'azure', path: '/' });
});
afterAll(() => app.remove());

describe('Dante with Azure Web PubSub', () => {
  it('gives the page the address of the service, and accepts no socket.io connection itself', async () => {
    const [port, service] = [await freePort(), await freePort()];
    const connection = `Endpoint=http://127.0.0.1:${service};AccessKey=c2VjcmV0;Version=1.0;`;
    const server = await serve({ PORT: `${port}`, WEB_PUBSUB_CONNECTION_STRING: connection }, app.folder);
    const { body } = await request({ port }, '/');
    expect(body).toContain(`data-endpoint="http://127.0.0.1:${service}" data-path="/clients/socketio/hubs/Hub"`);
    expect((await request({ port }, '/socket.io/socket.io.js')).status).toBe(200);
    expect((await request({ port }, '/socket.io/?EIO=4&transport=polling')).status).toBe(403);
    const refused = await new Promise<string>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
      socket.on('error', ({ message }) => resolve(message));
      socket.on('open', () => reject(new Error('it was taken')));
    });
    expect(refused).toContain('403');
    expect((await request({ port }, '/')).status).toBe(200);
    expect(server.child.exitCode).toBeNull();
  });

  it('reports that the service does not answer', async () => {
    const [port, service] = [await freePort(), await freePort()];
    const connection = `Endpoint=http://127.0.0.1:${service};AccessKey=c2VjcmV0;Version=1.0;`;
    await serve({ PORT: `${port}`, WEB_PUBSUB_CONNECTION_STRING: connection }, app.folder);
    const page = await openPage(`http://127.0.0.1:${port}/`, path.join(app.folder, 'lib', 'connection.js'));
    await expect.poll(() => page.troubles).not.toEqual([]);
    const [[, why] = []] = page.troubles;
    expect(why).toContain(`http://127.0.0.1:${service} does not answer`);
    expect(why).not.toContain('web.config');
  });

  it('logs that the service cannot be reached, while its package retries forever silently', async () => {
    const [port, service] = [await freePort(), await freePort()];
    const connection = `Endpoint=http://127.0.0.1:${service};AccessKey=c2VjcmV0;Version=1.0;`;
    const server = await serve({ PORT: `${port}`, WEB_PUBSUB_CONNECTION_STRING: connection }, app.folder);
    await expect
      .poll(() => server.said())
      .toContain(`No connection with Web PubSub at http://127.0.0.1:${service} yet`);
    expect(server.said()).not.toContain('c2VjcmV0');
    expect(server.child.exitCode).toBeNull();
  });

  it('behind IIS the page gets the service under the name of its file, too: it comes from node', async () => {
    const webConfig = path.join(app.folder, 'web.config');
    const text = readFileSync(webConfig, 'utf8');
    writeFileSync(webConfig, text.replace('https://NAME.webpubsub.azure.com', 'http://127.0.0.1:1'));
    onTestFinished(() => writeFileSync(webConfig, text));
    const { url } = await served(app.folder, '/');
    for (const name of ['', 'index-socketio.html', 'Index-SocketIO.html']) {
      const body = await (await fetch(url + name)).text();
      expect(body).toContain('data-adapter="azure" data-endpoint="http://127.0.0.1:1" data-path="/clients/');
    }
  });

  it('without a connection string reports that, and serves its viewers itself', async () => {
    const port = await freePort();
    const server = await serve({ PORT: `${port}`, STANZA_INTERVAL: '20' }, app.folder);
    expect(server.said()).toContain('WEB_PUBSUB_CONNECTION_STRING is missing');
    expect((await request({ port }, '/')).body).toContain('data-endpoint="" data-path=""');
    const viewer = view(`http://127.0.0.1:${port}`);
    await viewer.until(() => viewer.ended);
    expect(viewer.stanzas).toHaveLength(46);
  });
});
