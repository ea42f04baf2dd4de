import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/errors.js';
import { patchWebConfig, routesOf, socketIoUrls, type WebConfigWants } from '../../src/webconfig/index.js';
import { parseXml, type XmlElement } from '../../src/xml/index.js';

const wants: WebConfigWants = {
  entry: 'server.js',
  vdirPath: '/dante',
  processes: 2,
  transports: ['websocket', 'polling'],
};

/** Values that the patch may change: its list of changes names them. */
const mended =
  /^(?:webSocket enabled|match (?:url|negate)|rule (?:stopProcessing|patternSyntax)|add (?:path|verb|value)|iisnode nodeProcess\w+)=/;

function kept(text: string): { comments: string[]; attributes: string[] } {
  const attributes: string[] = [];
  const visit = (element: XmlElement): void => {
    for (const { name, value } of element.attributes) attributes.push(`${element.name} ${name}=${value}`);
    element.children.forEach(visit);
  };
  visit(parseXml(text).root);
  return { comments: text.match(/<!--[\s\S]*?-->/g) ?? [], attributes };
}

function expectPatched(source: string, wanted: WebConfigWants): void {
  const { text, changes } = patchWebConfig(source, wanted, 'web.config');
  expect(text === source).toBe(changes.length === 0);
  expect(patchWebConfig(text, wanted, 'web.config')).toEqual({ text, changes: [] });
  const routes = routesOf(parseXml(text), wanted.vdirPath);
  for (const url of socketIoUrls) expect(routes.target(url)).toBe(wanted.entry);
  const before = kept(source);
  const after = kept(text);
  const remaining = [...after.comments];
  for (const comment of before.comments) {
    const at = remaining.indexOf(comment);
    expect(at, comment).toBeGreaterThanOrEqual(0);
    remaining.splice(at, 1);
  }
  for (const one of before.attributes) if (!mended.test(one)) expect(after.attributes).toContain(one);
}

const gap = fc.constantFrom('\n', '\n    ', '\n\t\t', ' ', '', '\n    <!-- a comment -->\n    ', '<!-- another -->');
const rule = fc
  .record({
    name: fc.constantFrom('socket.io', 'SocketIO', 'home', 'all', 'x'),
    attributes: fc.constantFrom(
      '',
      ' stopProcessing="true"',
      ' enabled="false"',
      ' patternSyntax="Wildcard"',
      ' patternSyntax="ExactMatch"',
    ),
    match: fc.constantFrom(
      'socket.io',
      '^socket\\.io(/|$)',
      '^socket\\.io/',
      '.*',
      '^$',
      '*',
      'socket.io/*',
      '(',
      '^dante/socket.io',
      '/*',
    ),
    negate: fc.constantFrom('', ' negate="true"', ' ignoreCase="false"'),
    condition: fc.constantFrom(
      '',
      '<conditions><add input="{REQUEST_FILENAME}" matchType="IsFile" negate="true"/></conditions>',
      '<conditions><add input="{HTTPS}" pattern="off"/></conditions>',
    ),
    action: fc.constantFrom(
      '<action type="Rewrite" url="server.js"/>',
      '<action type="Rewrite" url="/dante/server.js"/>',
      '<action type="Rewrite" url="public{REQUEST_URI}"/>',
      '<action type="Redirect" url="https://{HTTP_HOST}/"/>',
      '<action type="AbortRequest"/>',
      '',
    ),
  })
  .map(
    (r) => `<rule name="${r.name}"${r.attributes}><match url="${r.match}"${r.negate}/>${r.condition}${r.action}</rule>`,
  );
const handler = fc.constantFrom(
  '<add name="iisnode" path="server.js" verb="*" modules="iisnode"/>',
  '<add name="iisnode" path="./server.js" verb="GET" modules="iisnode"/>',
  "<add name='node' path='*.js' verb='*' modules='iisnode'/>",
  '<add name="iisnode" path="app.js" verb="*" modules="iisnode"/>',
  '<remove name="iisnode"/>',
  '<clear/>',
);
const list = (of: fc.Arbitrary<string>, maxLength: number): fc.Arbitrary<string> =>
  fc.array(fc.tuple(gap, of), { maxLength }).map((parts) => parts.flat().join(''));
const section = fc.oneof(
  list(handler, 3).map((content) => `<handlers>${content}</handlers>`),
  list(fc.oneof(rule, rule, fc.constantFrom('<clear/>', '<remove name="socket.io"/>')), 4).map(
    (content) => `<rewrite><rules>${content}</rules></rewrite>`,
  ),
  fc.constantFrom(
    '<webSocket enabled="true"/>',
    '<webSocket/>',
    '<iisnode watchedFiles="*.js"/>',
    '<iisnode\n  nodeProcessCountPerApplication="3"\n  logDirectory="..\\logs"/>',
    '<httpErrors errorMode="Detailed"/>',
    '<security><requestFiltering><hiddenSegments><add segment="bin"/></hiddenSegments></requestFiltering></security>',
    '<security/>',
    '<defaultDocument enabled="true"/>',
    '<urlCompression/>',
    '<urlCompression doDynamicCompression="false"/>',
    '<unknown a="1">text</unknown>',
  ),
);
const webConfig = fc
  .tuple(
    fc.constantFrom('', '<?xml version="1.0"?>\r\n', '<!-- head -->\n'),
    fc.constantFrom('', '<appSettings><add key="VIRTUALDIRPATH" value="/x"/></appSettings>', '<appSettings/>\n'),
    fc.uniqueArray(section, { maxLength: 5, selector: (text) => /^<\w+/.exec(text)?.[0] }),
    gap,
    fc.boolean(),
  )
  .map(([head, settings, sections, space, located]) => {
    const inner = `<system.webServer>${sections.map((text) => space + text).join('')}${space}</system.webServer>`;
    return `${head}<configuration>${space}${settings}${located ? `<location path=".">${inner}</location>` : inner}\n</configuration>`;
  });

describe('patching any web.config', () => {
  it("sends socket.io's requests to the entry point, loses no comment and no attribute, and a second run changes nothing", () => {
    fc.assert(
      fc.property(webConfig, (source) => expectPatched(source, wants)),
      { numRuns: 150, endOnFailure: true },
    );
  });

  it('with random text gives a patch or a UserError', () => {
    const pieces = fc.array(
      fc.constantFrom(
        '<configuration>',
        '</configuration>',
        '<system.webServer>',
        '</system.webServer>',
        '<handlers/>',
        '<',
        '>',
        '"',
        ' a="1"',
        'x',
        '<!--',
        '-->',
      ),
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        try {
          patchWebConfig(parts.join(''), wants, 'web.config');
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});

const folder = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'corpus');
const there = existsSync(folder);

describe.runIf(there)(`patching real web.config files (skipped when there is no folder ${folder})`, () => {
  const files = there ? readdirSync(folder).filter((file) => file.endsWith('web.config')) : [];
  it.each(files)('%s', (file) => {
    const source = readFileSync(path.join(folder, file), 'utf8');
    try {
      parseXml(source);
    } catch {
      expect(() => patchWebConfig(source, wants, file)).toThrow(UserError);
      return;
    }
    expectPatched(source, wants);
  });
});
