import { expect, it } from 'vitest';
import { validateDocument } from '../../src/config/index.js';
import { parseXml } from '../../src/xml/index.js';
import { cpuTime } from '../rewrite/cpu-time.js';
import { at, server, webConfig } from './support.js';

const count = 20_000;
const many = (text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

it.each([
  [
    'entries that are all removed again',
    webConfig(
      `<staticContent>${many((index) => `<mimeMap fileExtension=".${index}" mimeType="a/b" />`)}${many((index) => `<remove fileExtension=".${index}" />`)}</staticContent>`,
    ),
  ],
  [
    'locations of one section',
    `<configuration>${many((index) => `<location path="p${index}"><system.webServer><handlers /></system.webServer></location>`)}</configuration>`,
  ],
])('twenty thousand %s are read in a time that grows with their number only', (_, text) => {
  const document = parseXml(text);
  const start = cpuTime();
  expect(validateDocument(document)).toEqual([]);
  expect(cpuTime() - start).toBeLessThan(1000);
});

it('an entry may be added and removed again and again', () => {
  const entry = '<mimeMap fileExtension=".x" mimeType="a/b" />';
  const remove = '<remove fileExtension=".X" />';
  const read = (text: string) => validateDocument(parseXml(webConfig(`<staticContent>${text}</staticContent>`)));
  expect(read((entry + remove).repeat(3) + entry)).toEqual([]);
  expect(read(entry + remove + entry + entry)).toMatchObject([{ kind: 'duplicate-entry' }]);
});

const padded = (text: string, bytes: number): string => text.padEnd(bytes, ' ');
const limit = 250 * 1024;

it('a web.config of 250 KB is read, one byte more is 500.19', () => {
  const text = webConfig('<webSocket enabled="false" />');
  const errorsOf = (bytes: number) => {
    const model = server({ files: { '/srv/web.config': padded(text, bytes) } });
    return model.errors(at(model, '/'));
  };
  expect(errorsOf(limit)).toEqual([]);
  expect(errorsOf(limit + 1)).toMatchObject([
    {
      kind: 'too-large',
      message: 'Cannot read configuration file because it exceeds the maximum file size',
      file: '/srv/web.config',
    },
  ]);
});

it('a file that configSource names has the same limit', () => {
  const errorsOf = (bytes: number) => {
    const files = {
      '/srv/web.config': webConfig('<webSocket configSource="ws.config" />'),
      '/srv/ws.config': padded('<webSocket enabled="false" />', bytes),
    };
    const model = server({ files });
    return model.errors(at(model, '/')).map(({ kind, reason }) => `${kind}: ${reason}`);
  };
  expect(errorsOf(limit)).toEqual([]);
  expect(errorsOf(limit + 1)).toEqual([expect.stringMatching(/^config-source: ws\.config: IIS reads 250 KB at most/)]);
});
