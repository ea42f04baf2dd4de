import { expect, it } from 'vitest';
import { validateDocument } from '../../src/config/index.js';
import { parseXml } from '../../src/xml/index.js';
import { growth, linear } from '../support/growth.js';
import { at, server, webConfig } from './support.js';

const many = (size: number, text: (index: number) => string): string =>
  Array.from({ length: size }, (_, index) => text(index)).join('');

it.each<[string, (size: number) => string]>([
  [
    'entries that are all removed again',
    (size) =>
      webConfig(
        `<staticContent>${many(size, (index) => `<mimeMap fileExtension=".${index}" mimeType="a/b" />`)}${many(size, (index) => `<remove fileExtension=".${index}" />`)}</staticContent>`,
      ),
  ],
  [
    'locations of one section',
    (size) =>
      `<configuration>${many(size, (index) => `<location path="p${index}"><system.webServer><handlers /></system.webServer></location>`)}</configuration>`,
  ],
])('many %s are read in linear time', (_, text) => {
  const [few, all] = [parseXml(text(1_000)), parseXml(text(32_000))];
  expect(validateDocument(all)).toEqual([]);
  expect(growth((size) => validateDocument(size > 1_000 ? all : few), 1_000)).toBeLessThan(linear);
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
