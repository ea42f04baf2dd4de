// Makes the pictures of README: npm run pictures, after npm run build. CHROMIUM names the browser's program.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { io } from 'socket.io-client';

const root = path.join(import.meta.dirname, '..');
const launcher = path.join(root, 'bin', 'iisnode-sock.js');
const pictures = path.join(import.meta.dirname, 'pictures');

/** Runs the program in a folder; its output, with colours. */
const run = (folder, ...words) =>
  execFileSync(process.execPath, [launcher, ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '1', NO_COLOR: '' },
  });

/** Starts `serve --inspect`; its URL, the one of the live page, and what ends it. */
async function serve(folder) {
  const child = spawn(process.execPath, [launcher, 'serve', 'dante', '--port', '0', '--inspect'], { cwd: folder });
  let said = '';
  const pattern = /Listening on (\S+)\nInspect at {3}(\S+)\n/;
  for await (const text of child.stdout.setEncoding('utf8')) {
    said += text;
    if (pattern.test(said)) break;
  }
  const [, url, page] = pattern.exec(said) ?? [];
  if (url === undefined) throw new Error(`serve did not start: ${said}`);
  return { url, page, end: () => child.kill() };
}

/** The live page while readers are there. */
async function takeLivePage(folder) {
  const { url, page: address, end } = await serve(folder);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const { origin, pathname } = new URL(url);
  const options = { path: `${pathname}socket.io/`, transports: ['websocket'], forceNew: true };
  const readers = [1, 2, 3].map(() => io(origin, options));
  try {
    await Promise.all(readers.map((reader) => new Promise((resolve) => reader.once('stanza', resolve))));
    const page = await browser.newPage({ viewport: { width: 1200, height: 960 } });
    await page.goto(address);
    for (const asked of ['', 'web.config', 'canto/34', 'inferno.js']) await (await fetch(url + asked)).text();
    await page.locator('#requests tr').filter({ hasText: 'inferno.js' }).waitFor();
    await page.getByRole('button', { name: pathname, exact: true }).click();
    await page.locator('#way-lines').filter({ hasText: 'iisnode runs' }).waitFor();
    await page.locator('#groups tr').filter({ hasText: '3' }).waitFor();
    await page.locator('#processes tr').filter({ hasText: 'MB' }).waitFor();
    await page.screenshot({ path: path.join(pictures, 'live-page.png') });
  } finally {
    for (const reader of readers) reader.close();
    await browser.close();
    end();
  }
}

const inks = { 31: '#ff7b72', 32: '#56d364', 33: '#e3b341', 36: '#79c0ff', 90: '#9aa4af' };
const escaped = (text) => text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);

/** Lines with the escape sequences of colours as an SVG, a line a <text>. */
function svgOf(title, text) {
  const height = 20;
  const width = 8.43;
  const lines = text.trimEnd().split('\n');
  let [ink, isBold] = ['', false];
  const partsOf = (line) =>
    line.split('\u001B[').map((part, at) => {
      const [, code, rest] = at === 0 ? ['', '', part] : (/^(\d+)m(.*)$/.exec(part) ?? ['', '', part]);
      if (code === '1' || code === '22') isBold = code === '1';
      else if (code === '39' || code === '0') ink = '';
      else if (code !== '') ink = inks[code] ?? ink;
      const style = `${ink === '' ? '' : ` fill="${ink}"`}${isBold ? ' font-weight="bold"' : ''}`;
      return { plain: rest, svg: rest === '' ? '' : `<tspan${style}>${escaped(rest)}</tspan>` };
    });
  const rows = lines.map(partsOf);
  const longest = Math.max(...rows.map((row) => row.reduce((sum, { plain }) => sum + plain.length, 0)));
  const size = `width="${Math.ceil(longest * width) + 40}" height="${lines.length * height + 30}"`;
  const body = rows.map(
    (row, at) =>
      `<text x="20" y="${at * height + 32}" xml:space="preserve">${row.map(({ svg }) => svg).join('')}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="ui-monospace, Consolas, Menlo, 'DejaVu Sans Mono', monospace" font-size="14" fill="#e6edf3" role="img">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="6" fill="#0d1117"/>
${body.join('\n')}
</svg>
`;
}

const folder = mkdtempSync(path.join(tmpdir(), 'pictures-'));
try {
  mkdirSync(pictures, { recursive: true });
  run(folder, 'init', 'dante', '--template', 'dante', '--path', '/dante', '--no-install');
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'dante', 'node_modules'), 'junction');
  const trace = run(folder, 'trace', '/dante/socket.io/?EIO=4&transport=websocket', '--dir', 'dante');
  writeFileSync(path.join(pictures, 'trace.svg'), svgOf('iisnode-sock trace', trace));
  await takeLivePage(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
