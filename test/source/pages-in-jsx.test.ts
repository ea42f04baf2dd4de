import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readFolder, readPagesInJsx, readServerSources } from '../../src/source/index.js';
import { growth, linear } from '../support/growth.js';

function sourcesOf(files: Readonly<Record<string, string>>, entry = 'server.tsx') {
  const root = mkdtempSync(path.join(tmpdir(), 'pages-in-jsx-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const folder = readFolder(root, false);
  const { scripts } = readServerSources(folder, [{ name: entry }]);
  return { folder, scripts };
}

function readJsx(files: Readonly<Record<string, string>>, entry?: string) {
  const { folder, scripts } = sourcesOf(files, entry);
  return {
    pages: scripts.flatMap((script) => readPagesInJsx(folder, script)),
    links: scripts.flatMap(({ rootUrls }) => rootUrls.links.map(({ url, at }) => `${url} ${at.line}:${at.column}`)),
  };
}

const server = `import { Home } from './home.js';
export const page = <Home title="Now" />;
`;

it('has the scripts of a page, closed by themselves or not, and what these connect to', () => {
  const { pages, links } = readJsx({
    'server.tsx': server,
    'home.tsx': `export const Home = ({ title, isLive }: { title: string; isLive?: boolean }) => (
  <html>
    <link rel="stylesheet" href="/style.css" />
    <form action="/save"><a href={'/about'}>{title} &lt; {\`all\`}</a></form>
    <Link href="/of-a-component" />
    {isLive && <script src="/socket.io/socket.io.js" />}
    <script src="/client.js" defer />
    <script src={title}></script>
    <script>{\`io({ path: '/inner' })\`}</script>
    <script dangerouslySetInnerHTML={{ __html: "io({ path: '/set' })" }} />
  </html>
);
`,
    'static/client.js': "io({ path: '/linked' });\n",
  });
  const [page] = pages;
  expect(pages).toHaveLength(1);
  expect(page?.scripts.map(({ src, at }) => `${src} ${at.line}`).filter((each) => each.startsWith('/'))).toEqual([
    '/socket.io/socket.io.js 6',
    '/client.js 7',
  ]);
  const paths = page?.clients.map(({ options, at }) => {
    const value = options.path?.value;
    return `${value?.kind === 'literal' ? value.value : '?'} ${path.basename(at.file)}:${at.line}`;
  });
  expect(paths?.toSorted()).toEqual(['/inner home.tsx:9', '/linked client.js:1', '/set home.tsx:10']);
  expect(links).toEqual([
    '/style.css 3:34',
    '/save 4:19',
    '/about 4:36',
    '/socket.io/socket.io.js 6:29',
    '/client.js 7:18',
  ]);
});

it('is no page where JSX has no script', () => {
  const { pages, links } = readJsx({ 'server.tsx': 'export const part = <p><a href="#top">up</a></p>;\n' });
  expect([pages, links]).toEqual([[], []]);
});

it.each(['hono/jsx/jsx-runtime', 'preact/jsx-dev-runtime', 'react/jsx-runtime'])(
  'is read in the source of what was compiled for %s',
  (runtime) => {
    const { pages } = readJsx(
      {
        'package.json': '{ "type": "module", "scripts": { "build": "tsc" } }',
        'dist/server.js': `import { jsx as _jsx } from '${runtime}';
export const page = _jsx('script', { src: '/socket.io/socket.io.js' });
`,
        'src/server.tsx': 'export const page = <script src="/socket.io/socket.io.js" />;\n',
      },
      'dist/server.js',
    );
    expect(pages.map(({ name, scripts }) => [name, scripts.map(({ src }) => src)])).toEqual([
      ['src/server.tsx', ['/socket.io/socket.io.js']],
    ]);
  },
);

it.each([
  ['closed by themselves', '<script src="/a.js" />'],
  ['not', '<script src="/a.js"></script>'],
  ['with code of their own', '<script dangerouslySetInnerHTML={{ __html: "io()" }} />'],
])('many scripts, %s, are as much work as the same in many files', (_, element) => {
  const known = new Map<number, () => unknown>();
  const reading = (count: number): (() => unknown) => {
    const { folder, scripts } = sourcesOf({ 'server.tsx': `export const page = <p>${element.repeat(count)}</p>;\n` });
    return () => scripts.map((script) => readPagesInJsx(folder, script));
  };
  const work = (count: number): unknown => {
    const read = known.get(count) ?? reading(count);
    known.set(count, read);
    return read();
  };
  expect(growth(work, 20)).toBeLessThan(linear);
});
