import { describe, expect, it } from 'vitest';
import { codeText, makesListen } from '../../src/source/code-text.js';
import { contextOf } from '../../src/source/context.js';
import { parseForBundler } from '../../src/source/script.js';

function codeIn(name: string, text: string): string {
  const source = { file: name, text };
  return codeText({ name, source, context: contextOf(parseForBundler(source)) });
}

describe('the text of a script without its comments', () => {
  it.each([
    ['a.js', 'a(); // transports\nb();', 'a();              \nb();'],
    ['a.js', '/* a\r\n b */ c("/* d */");', '    \r\n      c("/* d */");'],
    ['a.js', '#!/usr/bin/env node\n"//";', '                   \n"//";'],
    ['a.js', 'const a = /[/]*/; /* b */', 'const a = /[/]*/;        '],
    ['a.ts', 'let a: B /* c */ = 1; // d', 'let a: B         = 1;     '],
    ['a.ts', 'const f = async <T,>(a: T /* b */) => a; // c', 'const f = async <T,>(a: T        ) => a;     '],
    ['a.tsx', '<a>b // c {/* d */ e} http://f</a>; // g', '<a>b // c {        e} http://f</a>;     '],
    ['a.js', 'not code ( // a', 'not code ( // a'],
  ])('of %s, %j', (name, text, code) => {
    expect(codeIn(name, text)).toBe(code);
    expect(code).toHaveLength(text.length);
  });
});

it.each([
  ['server.js', 'require("http").createServer().listen(1);', true],
  ['server.js', 'app\n  .listen /* here */ (process.env.PORT);', true],
  ['server.js', 'app["listen"](1);', true],
  ['bin/www', '#!/usr/bin/env node\nserver.listen(port);', true],
  ['server.js', '// app.listen(1)\nconst a = "app.listen(1)";', false],
  ['server.js', 'module.exports = { listen };', false],
  ['server.js', 'app.listen(1); )', true],
])('%s, %j makes a server listen: %s', (file, text, expected) => expect(makesListen({ file, text })).toBe(expected));
