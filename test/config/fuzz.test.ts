import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applicationHostText, ConfigError, sectionSchemas } from '../../src/config/index.js';
import { at, server } from './support.js';

/** Without the mime map, which is its largest part. */
const applicationHost = applicationHostText({
  unlocked: true,
  pools: [],
  sites: [{ name: 'S', id: 1, bindings: [], applications: [{ path: '/', physicalPath: '/srv' }] }],
}).replace(/ *<mimeMap .*\r\n/g, '');

/** Every outcome but a model and a ConfigError is our bug. */
function outcome(text: string, path: string): void {
  try {
    const model = server({ applicationHost, files: { '/srv/web.config': text, '/srv/a/web.config': text } });
    for (const error of model.errors(at(model, path))) expect(error).toBeInstanceOf(ConfigError);
    model.notes(at(model, path));
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
  }
}

const schemas = sectionSchemas.filter(({ path }) => path.startsWith('system.webServer/'));
const word = fc.oneof(
  fc.constantFrom(
    'add',
    'remove',
    'clear',
    'rule',
    'files',
    'match',
    'location',
    'lockItem',
    '__proto__',
    'constructor',
  ),
  fc.stringMatching(/^[a-zA-Z_][\w.-]{0,8}$/),
);
const value = fc.oneof(
  fc.constantFrom('true', '-1', '00:00:00', 'None', '*', 'infinite', '', '%x%', '[enc:a:b:enc]'),
  fc.string({ maxLength: 10 }),
);
const escaped = (text: string): string =>
  text.replace(noXml, '').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const noXml = /[\u0000-\u001f\ufffe\uffff\ud800-\udfff]/g;
const around = (inner: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc
    .tuple(word, fc.dictionary(word, value, { maxKeys: 3 }), fc.array(inner, { maxLength: 3 }))
    .map(([name, attributes, children]) => {
      const written = Object.entries(attributes).map(([key, text]) => ` ${key}="${escaped(text)}"`);
      return `<${name}${written.join('')}>${children.join('')}</${name}>`;
    });
const element = around(around(around(fc.constant(''))));

describe('any content of a web.config', () => {
  it('text ends in a model or a ConfigError', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), fc.webPath(), outcome), { numRuns: 200 });
  });

  it('sections with random content end in a model or a ConfigError', () => {
    const section = fc
      .tuple(fc.constantFrom(...schemas), fc.array(element, { maxLength: 4 }), word, value)
      .map(([schema, children, name, text]) => {
        const names = schema.path.split('/');
        const open = names.map((part, index) =>
          index === names.length - 1 ? `<${part} ${name}="${escaped(text)}">` : `<${part}>`,
        );
        return `<configuration>${open.join('')}${children.join('')}${names
          .reverse()
          .map((part) => `</${part}>`)
          .join('')}</configuration>`;
      });
    fc.assert(fc.property(section, fc.constantFrom('/', '/a', '/a/b'), outcome), { numRuns: 200 });
  });

  it('a good file with a piece cut out or doubled ends in a model or a ConfigError', () => {
    const good =
      '<configuration><configSections><section name="own" /></configSections><location path="a" overrideMode="Deny"><system.webServer><iisnode node_env="%x%" /></system.webServer></location><system.webServer><handlers><clear /><add name="x" path="x" verb="*" modules="iisnode" lockItem="true" /></handlers><rewrite><rules><rule name="a" stopProcessing="true"><match url="(.*)" /><conditions><add input="{URL}" pattern="x" /></conditions><action type="Rewrite" url="x" /></rule></rules></rewrite></system.webServer></configuration>';
    const cut = fc.tuple(fc.nat(good.length), fc.nat(40), fc.boolean()).map(([start, length, doubled]) => {
      const piece = good.slice(start, start + length);
      return good.slice(0, start) + (doubled ? piece + piece : '') + good.slice(start + length);
    });
    fc.assert(fc.property(cut, fc.constantFrom('/', '/a/b'), outcome), { numRuns: 200 });
  });
});
