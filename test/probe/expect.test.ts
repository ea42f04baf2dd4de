import { createServer } from 'node:http';
import { expect, it } from 'vitest';
import { probeApp } from '../../src/probe/index.js';
import { listen } from './listen.js';

async function site(): Promise<string> {
  const server = createServer(({ url }, response) => {
    if (url === '/chat/') return response.setHeader('content-type', 'text/html').end('<title>x</title>');
    if (url === '/chat/old') return response.writeHead(301, { location: '/chat/new' }).end();
    if (url === '/chat/broken') {
      return response.end(
        'iisnode encountered an error<pre>HRESULT: 0x6d\nHTTP status: 500\nHTTP subStatus: 1013</pre>',
      );
    }
    return response.writeHead(url === '/chat/health?deep=1' ? 200 : 404).end('');
  });
  return `${await listen(server)}/chat`;
}

it.each([
  ['/health?deep=1', 200, true, 'HTTP 200, as expected'],
  ['/old', 301, true, 'HTTP 301, to /chat/new, as expected'],
  ['/nothing', 404, true, 'HTTP 404, as expected'],
  ['/old', 200, false, 'HTTP 301, to /chat/new'],
  ['/nothing', 200, false, 'HTTP 404'],
  ['/broken', 200, false, 'HTTP 500'],
])('%s is answered below the vdir path with %i: %s', async (path, status, ok, seen) => {
  const report = await probeApp(await site(), { expect: [{ path, status }] });
  const step = report.steps.find(({ id }) => id === 'expect');
  expect(step).toMatchObject({
    ok,
    seen,
    title: `the URL ${path}`,
  });
  expect(report.ok).toBe(ok);
  if (!ok) expect(step?.why).toContain(`${status} was expected`);
});

it('an error of iisnode behind 200 is reported with its cause', async () => {
  const report = await probeApp(await site(), { expect: [{ path: '/broken', status: 200 }] });
  expect(report.steps.at(-1)?.why).toBe('200 was expected; 500.1013: the pipe broke before an answer came (0x6d)');
});
