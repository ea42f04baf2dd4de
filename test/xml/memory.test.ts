import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder: string;

/** Reads the XML that a piece of JavaScript makes and returns the result. */
const reader = `
import { parseXml, XmlError } from './src/xml/index.js';
const source = new Function(process.argv[2])();
let said;
try {
  const { root } = parseXml(source);
  said = 'read ' + root.children.length;
} catch (error) {
  said = error instanceof XmlError ? error.code : String(error);
}
process.stdout.write(said);`;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'xml-memory-'));
  const resolveDir = path.join(import.meta.dirname, '..', '..');
  const { outputFiles } = await build({
    stdin: { contents: reader, resolveDir, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  await writeFile(path.join(folder, 'read.mjs'), outputFiles[0]?.contents ?? '');
});
afterAll(() => rm(folder, { recursive: true }));

/** In a separate process with a heap limit of `megabytes`: one that needs more is killed by Node. */
async function read(megabytes: number, code: string): Promise<string> {
  const child = spawn(process.execPath, [`--max-old-space-size=${megabytes}`, path.join(folder, 'read.mjs'), code]);
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const [exit] = await once(child, 'close');
  expect(exit, `a heap of ${megabytes} MB is not enough`).toBe(0);
  return text;
}

describe('in bounded memory', () => {
  it('10 MB of entries are read with a heap of 160 MB', async () => {
    const line = '  <add name="abc" path="x/y.js" verb="*" modules="iisnode" />\\n';
    const code = `const line = '${line}'; const count = Math.ceil(1e7 / line.length); return Buffer.from('<handlers>' + line.repeat(count) + '</handlers>');`;
    expect(await read(160, code)).toMatch(/^read 1\d{5}$/);
  });

  it.each([
    ['10 MB of the smallest elements', 512, `return '<r>' + '<a/>'.repeat(2.5e6) + '</r>';`, 'read 2500000'],
    ['10 MB of the smallest attributes', 640, `return '<r>' + '<a b=""/>'.repeat(1.1e6) + '</r>';`, 'read 1100000'],
    [
      '10 MB of attributes on one element',
      320,
      `const list = []; for (let i = 0; i < 8e5; i++) list.push('a' + i + '="1"'); return '<a ' + list.join(' ') + '/>';`,
      'read 0',
    ],
  ])('%s are read with a heap of %i MB', async (_what, heap, code, said) => expect(await read(heap, code)).toBe(said));

  it.each([
    ['10 MB of line breaks before a mistake', `return '<a>' + '\\r\\n'.repeat(5e6) + '&x;</a>';`, 'XML_BAD_ENTITY'],
    ['10 MB of UTF-16', `return Buffer.from('\\ufeff<a>' + 'x '.repeat(2.5e6) + '</a>', 'utf16le');`, 'read 0'],
    ['10 MB of one name', `return '<' + 'x'.repeat(1e7) + '/>';`, 'read 0'],
    ['10 MB of blanks in a tag', `return '<a' + ' '.repeat(1e7) + '/>';`, 'read 0'],
    ['10 MB of bytes that are no UTF-8', `return Buffer.alloc(1e7, 0x80);`, 'XML_BAD_BYTES'],
    ['10 MB of zeros', `return Buffer.alloc(1e7);`, 'XML_WRONG_ENCODING'],
    ['10 MB of one comment', `return '<a><!--' + ' x'.repeat(5e6) + '--></a>';`, 'read 0'],
    ['10 MB of one value', `return '<a b="' + 'x &amp; '.repeat(1.25e6) + '"/>';`, 'read 0'],
    ['10 MB of text', `return '<a>' + 'x &lt; '.repeat(1.4e6) + '</a>';`, 'read 0'],
    ['10 MB of nothing but <', `return '<'.repeat(1e7);`, 'XML_BAD_TAG'],
    ['100,000 levels', `return '<a>'.repeat(1e5) + '</a>'.repeat(1e5);`, 'XML_TOO_DEEP'],
    ['3 million levels that never close', `return '<a>'.repeat(3e6);`, 'XML_TOO_DEEP'],
  ])('%s with a heap of 128 MB', async (_what, code, said) => expect(await read(128, code)).toBe(said));
});

describe('entity bombs are rejected, in a heap that is too small to expand them', () => {
  const laughs = Array.from({ length: 20 }, (_, index) => `<!ENTITY l${index + 1} "${`&l${index};`.repeat(10)}">`).join(
    '',
  );
  const bombs = {
    'a billion laughs': `return '<!DOCTYPE x [<!ENTITY l0 "ha">${laughs}]><x>&l20;</x>'`,
    'a quadratic blow-up': `return '<!DOCTYPE x [<!ENTITY a "' + 'a'.repeat(5e4) + '">]><x>' + '&a;'.repeat(5e4) + '</x>'`,
    'an entity from a file': `return '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'`,
    'a DTD from elsewhere': `return '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><x/>'`,
    'a parameter entity': `return "<!DOCTYPE x [<!ENTITY % a \\"<!ENTITY b 'c'>\\"> %a;]><x>&b;</x>"`,
    'a DTD behind a comment': `return '<!-- x --><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'`,
    'a DTD in small letters': `return '<!doctype x [<!ENTITY a "b">]><x>&a;</x>'`,
  };
  it.each(Object.entries(bombs))('%s', async (_what, text) => expect(await read(32, text)).toBe('XML_DTD'));
});
