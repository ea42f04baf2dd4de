// What the live page of `serve --inspect` costs: the processor time of a request with and without a page that is open, at 1,000
// requests a second, and how such a page feels: from a key press to its paint, and how old a row is when it comes. The page is
// Chromium's (CHROMIUM); without it a client that reads its stream. BENCH_ROUNDS and BENCH_SECONDS (of each turn) make it smaller.
import { existsSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as after } from 'node:timers/promises';
import { makeFronts } from './fronts/servers.mjs';
import { inTurns } from './fronts/turns.mjs';
import { quantile } from './streamer/statistics.mjs';

const target = '/server.js';
const connections = 20;
const rate = Number(process.env.BENCH_RATE || 1_000);
const chromiumProgram = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Rows of { what, measured, against, ratio, goal, met }. */
export async function run({
  seconds = Number(process.env.BENCH_SECONDS || 5),
  rounds = Number(process.env.BENCH_ROUNDS || 5),
} = {}) {
  const fronts = await makeFronts();
  const closing = [];
  try {
    const [plain, watched, read] = [await fronts.serve(), await fronts.serveWithPage(), await fronts.serveWithPage()];
    const asking = { serve: plain, 'without an open page': watched, 'a page is open': read };
    const reader = await readStream(read.page);
    closing.push(() => reader.close());
    const page = await openPage(read.page);
    closing.push(() => page?.close());
    for (const { port } of Object.values(asking)) await pace(port, 3 * seconds);
    const figures = await inTurns(
      Object.fromEntries(
        Object.entries(asking).map(([name, { pid, port }]) => [name, { pid, ask: () => pace(port, seconds) }]),
      ),
      rounds,
      'requests',
    );
    reader.ages.length = 0;
    const presses = page === undefined ? undefined : page.press();
    await pace(read.port, 2 * seconds);
    return rowsOf(figures, reader.ages, await presses);
  } finally {
    for (const close of closing) await close();
    await fronts.end();
  }
}

function rowsOf({ serve, 'without an open page': watched, 'a page is open': read }, ages, presses) {
  const against = (front) => ({
    measured: `${front.cost.toFixed(0)} us of a processor for a request, ${Math.round(front.rate)} requests/s`,
    against: `serve: ${serve.cost.toFixed(0)} us, ${Math.round(serve.rate)} requests/s`,
    ratio: (front.cost / serve.cost).toFixed(2),
  });
  const rows = [
    { what: '`serve --inspect`, without an open page', ...against(watched), goal: 'reported' },
    {
      what: '`serve --inspect`, a page is open',
      ...against(read),
      goal: 'at most 1.5',
      met: read.cost <= 1.5 * serve.cost,
    },
    {
      what: 'age of the oldest new row of the live page',
      measured: `${Math.round(quantile(ages, 0.5))} ms, 95 of 100 within ${Math.round(quantile(ages, 0.95))} ms`,
      against: 'sent every 250 ms',
      ratio: '',
      goal: '95 of 100 within 500 ms',
      met: quantile(ages, 0.95) <= 500,
    },
  ];
  if (presses === undefined) process.stderr.write('  Chromium is not on this machine: key presses are left out\n');
  else {
    rows.push({
      what: 'live page in Chromium, from a key press to its paint',
      measured: `${Math.round(quantile(presses, 0.5))} ms, 95 of 100 within ${Math.round(quantile(presses, 0.95))} ms`,
      against: `${rate} requests/s`,
      ratio: '',
      goal: '95 of 100 within 200 ms',
      met: quantile(presses, 0.95) <= 200,
    });
  }
  return rows;
}

/** Asks that often, no faster, for so many seconds; an answer that is late makes the next request of its connection late. */
async function pace(port, seconds) {
  const began = performance.now();
  const counts = await Promise.all(Array.from({ length: connections }, () => askPaced(port, began + seconds * 1000)));
  return { count: counts.reduce((sum, each) => sum + each, 0), seconds: (performance.now() - began) / 1000 };
}

function askPaced(port, until) {
  const request = `GET ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  const every = (1000 * connections) / rate;
  return new Promise((resolve, reject) => {
    let count = 0;
    let due = performance.now() + Math.random() * every;
    const next = () => {
      due += every;
      if (due >= until) socket.end(() => resolve(count));
      else setTimeout(() => socket.write(request), Math.max(0, due - performance.now()));
    };
    const socket = net.connect(port, '127.0.0.1', next).setNoDelay(true);
    socket.on('error', reject);
    socket.on('data', (bytes) => {
      if (!bytes.includes('divin')) return; // the head came alone
      count += 1;
      next();
    });
  });
}

/** Reads the page's stream; `ages` has the age of the oldest new row of each event, in ms. */
async function readStream(address) {
  const abort = new AbortController();
  const { body } = await fetch(`${address}changes`, { signal: abort.signal });
  const ages = [];
  const reading = (async () => {
    let text = '';
    for await (const piece of body.pipeThrough(new TextDecoderStream())) {
      text += piece;
      const events = text.split('\n\n');
      text = events.pop();
      for (const event of events) {
        const [, data] = /^event: changes\ndata: (.*)$/s.exec(event) ?? [];
        const first = data === undefined ? undefined : JSON.parse(data).requests[0];
        if (first !== undefined) ages.push(Date.now() - first.at);
      }
    }
  })().catch(() => undefined);
  return {
    ages,
    close: () => {
      abort.abort();
      return reading;
    },
  };
}

/** The page in Chromium; `press` presses a key twenty times and resolves with the time until each paint, in ms. */
async function openPage(address) {
  if (!existsSync(chromiumProgram)) return undefined;
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: chromiumProgram, args: ['--no-sandbox', '--disable-gpu'] });
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator('#requests tr').first().waitFor();
  await page.evaluate(() => {
    globalThis.presses = [];
    document.addEventListener('keydown', ({ timeStamp }) =>
      requestAnimationFrame(() => setTimeout(() => globalThis.presses.push(performance.now() - timeStamp))),
    );
  });
  return {
    async press() {
      for (let count = 0; count < 20; count += 1) {
        await page.keyboard.press('Tab');
        await after(200 + 100 * Math.random());
      }
      return page.evaluate(() => globalThis.presses);
    },
    close: () => browser.close(),
  };
}
