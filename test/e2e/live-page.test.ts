import { mkdir, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { handshake } from '../host/iisnode-app.js';
import { startServe, temporaryFolder } from '../support/cli.js';
import { artefacts, withBrowser } from './browser.js';

const newPage = withBrowser();

const server = `
const http = require('node:http');
const server = http.createServer((request, response) => response.end('hello'));
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n');
  socket.on('error', () => undefined).resume();
});
server.listen(process.env.PORT, () => console.log('<b>listening</b>'));`;
const config = `<configuration><appSettings><add key="virtualDirPath" value="/chat" /></appSettings><system.webServer>
<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers><webSocket enabled="false" />
<rewrite><rules><rule name="to node"><match url="^api" /><action type="Rewrite" url="server.js" /></rule></rules></rewrite>
<iisnode nodeProcessCountPerApplication="2" /></system.webServer></configuration>`;

it('the live page shows requests with their way, sockets, processes, output, settings and findings, by keyboard, light and dark', async () => {
  const { folder, remove } = await temporaryFolder();
  onTestFinished(remove);
  const app = path.join(folder, 'chat');
  await mkdir(app);
  await writeFile(path.join(app, 'server.js'), server);
  await writeFile(path.join(app, 'web.config'), config);
  const serving = await startServe([app, '--port', '0', '--inspect']);
  onTestFinished(async () => void (await serving.stop()));
  const base = serving.match[1] ?? '';
  await expect.poll(serving.output).toMatch(/^Inspect at {3}http:/m);
  const [, address = ''] = /^Inspect at {3}(\S+)$/m.exec(serving.output()) ?? [];

  const page = await newPage();
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  await page.goto(address);
  await page.getByRole('heading', { name: `chat at ${base.slice(0, -1)}` }).waitFor();
  expect((await fetch(`${base}api/rooms?<i>=1`)).status).toBe(200);
  expect((await fetch(`${base}web.config`)).status).toBe(404);
  const socket = net.connect(Number(new URL(base).port), '127.0.0.1', () => socket.write(handshake('/chat/api/live')));
  onTestFinished(() => void socket.on('error', () => undefined).destroy());

  const requests = page.locator('#requests tr');
  await expect.poll(() => requests.count()).toBeGreaterThanOrEqual(3);
  await requests.filter({ hasText: '/chat/web.config' }).filter({ hasText: '404.8' }).waitFor();
  const asked = page.getByRole('button', { name: '/chat/api/rooms?%3Ci%3E=1' });
  await asked.focus();
  await page.keyboard.press('Enter');
  const way = page.locator('#way-lines');
  await way.filter({ hasText: 'to node' }).filter({ hasText: 'server.js' }).waitFor();
  expect(await asked.getAttribute('aria-expanded')).toBe('true');

  await way.filter({ hasText: /ms for rules and handler, .* until process \d+ had it, .* until the end/ }).waitFor();
  await page.keyboard.press('Escape');
  expect([await asked.getAttribute('aria-expanded'), await way.isVisible()]).toEqual(['false', false]);

  await page.locator('#sockets').getByText('/chat/api/live').waitFor();
  await page
    .locator('#groups tr')
    .filter({ hasText: /^not known\s*websocket/ })
    .waitFor();
  await page.locator('#sites').getByText('Default Web Site').waitFor();
  await expect.poll(() => page.locator('#processes tr').filter({ hasText: 'MB' }).count()).toBe(2);
  await page.locator('#lines').getByText('<b>listening</b>').first().waitFor();
  await page
    .locator('#settings tr')
    .filter({ hasText: 'nodeProcessCountPerApplication' })
    .filter({ hasText: 'web.config:4' })
    .waitFor();
  await page
    .locator('#settings tr')
    .filter({ hasText: 'rule[to node]/match/url' })
    .filter({ hasText: 'web.config:3' })
    .waitFor();
  await page.locator('#findings').getByText('nothing wrong found').waitFor();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({ path: path.join(artefacts, `live page, ${colorScheme}.png`), fullPage: true });
  }

  await page.getByRole('button', { name: 'pause' }).click();
  await fetch(`${base}api/later`);
  await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
  await page.locator('#counts').filter({ hasText: '4 requests' }).waitFor();
  expect(await requests.filter({ hasText: '/chat/api/later' }).count()).toBe(0);
  await page.getByRole('button', { name: 'go on' }).click();
  await requests.filter({ hasText: '/chat/api/later' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await writeFile(path.join(app, 'package.json'), '{');
  await writeFile(path.join(app, 'web.config'), `${config}\n`); // the page reads again when the configuration changes
  await page.locator('#findings tr').filter({ hasText: 'PACKAGE_JSON_INVALID' }).filter({ hasText: 'error' }).waitFor();
  expect(faults).toEqual([]);
  await serving.stop();
  await page.getByRole('status').filter({ hasText: 'serve has ended' }).waitFor();
});
