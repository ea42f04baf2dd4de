import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gatherFacts, rules, runRules } from '../../src/doctor/index.js';

const root = path.join(import.meta.dirname, '..', '..');
const page = readFileSync(path.join(root, 'docs', 'url-rewrite.md'), 'utf8');
const ids = JSON.parse(
  readFileSync(path.join(root, 'test', 'fixtures', 'sheets', 'url-rewrite.json'), 'utf8'),
) as string[];
const rows = [...page.matchAll(/^\| (RW\d+) \| (.+?) \| (.+) \|$/gm)].map(([, id = '', , found = '']) => ({
  id,
  found,
}));
const codes = new Set(rules.map(({ code }) => code));

describe('the table of mistakes in rewrite rules', () => {
  it('has each mistake once, in the order of the list', () => {
    expect(ids.length).toBe(60);
    expect(rows.map(({ id }) => id)).toEqual(ids);
  });

  it('names rules that exist, by a link to their text', () => {
    const named = [...page.matchAll(/\[([A-Z_]+)\]\(rules\.md#([a-z_]+)\)/g)].map(([, code = '', anchor]) => ({
      code,
      anchor,
    }));
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter(({ code, anchor }) => !codes.has(code) || anchor !== code.toLowerCase())).toEqual([]);
  });

  it('has a rule for each, or a reason in words', () => {
    const empty = rows.filter(({ found }) => !found.startsWith('[') && found.split(' ').length < 6);
    expect(empty).toEqual([]);
  });

  it('names each rule about URL Rewrite', () => {
    const own = rules
      .filter(({ scope = 'files' }) => scope === 'files')
      .map(({ code }) => code)
      .filter((code) => /REWRITE|REDIRECT|_MAP_|VARIABLE_(MIS|LIT)|WILDCARD/.test(code));
    expect(own.length).toBeGreaterThan(12);
    // Not about the rules themselves: an app that does without them, and a server without the module.
    const others = ['ROUTES_NOT_REWRITTEN', 'URL_REWRITE_NOT_INSTALLED'];
    expect(own.filter((code) => !page.includes(`[${code}]`) && !others.includes(code))).toEqual([]);
  });
});

const rewrite = '<action type="Rewrite" url="server.js" />';
const rule = (match: string, action = rewrite, attributes = '', conditions = ''): string =>
  `<rule name="x" ${attributes}>${match}${conditions}${action}</rule>`;
const socketIo = rule('<match url="^socket\\.io(/|$)" />', rewrite, 'stopProcessing="true"').replace('"x"', '"s"');

/** Mistakes that rules of other families report: the rules of the site, and the code. */
const others: readonly (readonly [string, string, string])[] = [
  ['RW08', rule('<match url="*.js" />'), 'CONFIG_ERROR'],
  ['RW10', rule('<match url="socket.io" />', rewrite, 'patternSyntax="Wildcard"'), 'SOCKET_REWRITE_MISSING'],
  [
    'RW11',
    rule('<match url=".*" />', rewrite, '', '<conditions><add input="{HTTP_HOST}" pattern="*" /></conditions>'),
    'CONFIG_ERROR',
  ],
  [
    'RW22',
    rule('<match url="^socket\\.io" />', '<action type="Redirect" url="/realtime" />'),
    'SOCKET_REWRITE_SWALLOWED',
  ],
  [
    'RW28',
    rule('<match url="(.*)/$" />', '<action type="Redirect" url="{R:1}" />') + socketIo,
    'SOCKET_REWRITE_SWALLOWED',
  ],
  ['RW30', rule('<match url="^/{C:1}" />'), 'CONFIG_ERROR'],
  ['RW31', rule('<match url=".*" />', '<action type="Rewrite" url="{R:0" />'), 'CONFIG_ERROR'],
  ['RW36', socketIo + socketIo, 'DUPLICATE_ENTRY'],
  ['RW47', rule('<match url="" />'), 'CONFIG_ERROR'],
  ['RW48', rule('<match url="a&b" />'), 'MALFORMED_XML'],
  ['RW49', rule('<match url="(?&lt;=a)b" />'), 'CONFIG_ERROR'],
  ['RW49', rule('<match url="(?&lt;name>a)" />'), 'CONFIG_ERROR'],
  ['RW49', rule('<match url="\\p{L}" />'), 'CONFIG_ERROR'],
  ['RW50', rule('<match url="a" />', '<action type="Redirect" url="b" redirectType="308" />'), 'CONFIG_ERROR'],
  ['RW50', rule('<match url="a" />', '<action type="CustomResponse" statusCode="301" />'), 'CONFIG_ERROR'],
  ['RW50', rule('<match url="a" />', '<action type="Forward" url="b" />'), 'CONFIG_ERROR'],
  ['RW59', '</rules><globalRules></globalRules><rules>', 'CONFIG_ERROR'],
];

it.each(others)('%s is found in %s, by %s', (id, text, code) => {
  const cwd = mkdtempSync(path.join(os.tmpdir(), 'rewrite-rows-'));
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
  const handlers = '<handlers><add name="iisnode" path="server.js" verb="*" modules="iisnode" /></handlers>';
  writeFileSync(
    path.join(cwd, 'web.config'),
    `<configuration><system.webServer>${handlers}<rewrite><rules>${text}</rules></rewrite></system.webServer></configuration>`,
  );
  writeFileSync(
    path.join(cwd, 'server.js'),
    "const server = require('http').createServer();\nnew (require('socket.io').Server)(server);\nserver.listen(process.env.PORT);\n",
  );
  const { diagnoses } = runRules(rules, gatherFacts('.', { cwd }));
  expect(diagnoses.map(({ finding }) => finding.rule)).toContain(code);
  expect(rows.find((row) => row.id === id)?.found).toContain(code);
});
