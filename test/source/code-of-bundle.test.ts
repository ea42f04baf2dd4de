import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { codeOfBundle } from '../../src/source/code-of-bundle.js';
import { readFolder } from '../../src/source/folder.js';
import { parseScript } from '../../src/source/script.js';
import { readScript } from '../../src/source/server-sources.js';

const esbuild = (packages = '  a.listen(1);\n'): string => `var __commonJS = (cb) => cb;
// node_modules/express/index.js
var require_express = __commonJS(() => {
${packages}});

// ../shared/node_modules/@scope/b/lib.mjs
var b = \`a text\`;

// src/server.js
var app = require_express();
// a remark about node_modules/x
app.listen(3000);
// node_modules/late/index.js
late.listen(2);
`;
const webpack = `(() => {
/******/ 	var __webpack_modules__ = ({

/***/ "./src/server.js":
/***/ ((module, exports, __webpack_require__) => {

__webpack_require__("./node_modules/express/index.js")().listen(3000);

/***/ }),

/***/ "./node_modules/express/index.js":
/***/ ((module) => {

module.exports = () => other.listen(1);

/***/ })

/******/ 	});
/******/ 	__webpack_modules__["./src/server.js"]();
})();
`;

/** Since 5.100: modules are methods. */
const webpackOfToday = webpack
  .replace(/":\n\/\*{3}\/ \(\(/g, '"\n/*!***!*\\\n  \\***/\n(')
  .replaceAll(') => {\n\n', ') {\n\n')
  .replaceAll('/***/ })', '/***/ }');

describe('the code of a bundle', () => {
  it.each([
    ['esbuild', esbuild()],
    ['webpack', webpack],
    ['webpack of today', webpackOfToday],
  ])('of %s is without that of packages, and at the same places', (_, text) => {
    const code = codeOfBundle(text) ?? '';
    expect([...code.matchAll(/\.listen\((\d+)\)/g)].map(([, port]) => port)).toEqual(['3000']);
    expect([code.length, code.indexOf('.listen(3000)')]).toEqual([text.length, text.indexOf('.listen(3000)')]);
    expect(code.replace(/[^\r\n]/g, '')).toBe(text.replace(/[^\r\n]/g, ''));
    expect(parseScript({ file: 'a.js', text: code }).failure).toBeUndefined();
  });

  it('is without that of packages also where webpack writes no colon, and with the imports of an ES module', () => {
    expect(codeOfBundle(webpack.replace(/":$/gm, '"'))).not.toContain('other.listen');
    const text =
      '// node_modules/a/index.mjs\nimport net from "node:net";\nnet.listen(1);\n// src/a.js\nnet.listen(2);\n';
    expect(
      codeOfBundle(text)
        ?.split('\n')
        .map((line) => line.trim()),
    ).toEqual(['', 'import net from "node:net";', '', '// src/a.js', 'net.listen(2);', '']);
  });

  it('is whole where the bundler does not say whose it is, up to 4 MB', () => {
    const text = 'a();'.repeat(1024 * 1024);
    expect(codeOfBundle(text)).toBe(text);
    expect(codeOfBundle(`${text} `)).toBeUndefined();
    expect(codeOfBundle(`${text}\n// node_modules/a/b.js\n`)).toBeUndefined();
  });
});

const folderWith = (text: string) => {
  const root = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  writeFileSync(path.join(root, 'server.js'), text);
  return readFolder(root, false);
};

describe('a small bundle', () => {
  /** What node's own modules and packages like express do with a port and with a request. */
  const ofPackage =
    'function listen(port) { return http.createServer(this).listen(port); }\n  o.listen(0); f = (req) => req.socket.remoteAddress.split(":");\n';
  const ports = (text: string) => {
    const script = readScript(folderWith(text), 'server.js');
    return [
      script?.listens.map(({ port }) => ('value' in port ? port.value : port.kind)),
      script?.habits.clientAddress === undefined,
    ];
  };

  it('is read without the code of packages, where the bundler names it', () => {
    expect(ports(esbuild(ofPackage))).toEqual([[3000], true]);
  });

  it('is not said to do what packages do, where it does not', () => {
    const rollup = `function getDefaultExportFromCjs(x) { return x; }\n${ofPackage}server.listen(3000); other.listen(process.env.PORT);\n`;
    expect(ports(rollup)).toEqual([[3000, 'environment'], true]);
    expect(ports(rollup.replace('getDefaultExportFromCjs', 'own'))).toEqual([
      ['unknown', 0, 3000, 'environment'],
      false,
    ]);
  });
});

describe('a script of more than 2 MB', () => {
  const filler = (megabytes: number): string => `${'  call(1, "a");\n'.repeat(megabytes * 64 * 1024)}`;

  it('of a bundler is read without its packages', () => {
    const folder = folderWith(esbuild(filler(6)));
    const script = readScript(folder, 'server.js');
    expect(script?.listens.map(({ port, at }) => [port, at.evidence])).toEqual([
      [expect.objectContaining({ kind: 'literal', value: 3000 }), expect.stringContaining('app.listen(3000)')],
    ]);
    expect(readScript(folder, 'server.js', true)).toBeUndefined();
  });

  it('without names of packages is read near its entry', () => {
    const other = `22(e){${filler(4)}}`;
    const text = `(()=>{var e={11(e,t,n){e.exports=n(33)},${other}},n=(i)=>e[i]({},{},n);const a=n(11);a.listen(3e3),b.listen(c),d.listen(0)})();`;
    const script = readScript(folderWith(text), 'server.js');
    expect(script?.listens.map(({ port }) => port)).toEqual([expect.objectContaining({ value: 3000 })]);
    expect(script?.context?.script.leftOut).toBe(other.length - '22(e)'.length);
  });

  it('is read as a whole where a text looks like the head of a module', () => {
    const text = `// node_modules/a/index.js\nvar a = \`\n// x.js\n\`;\n// src/server.js\napp.listen(3000);\n//${' '.repeat(2_100_000)}`;
    expect(readScript(folderWith(text), 'server.js')?.listens).toHaveLength(1);
  });

  it('is not read beyond its limits', () => {
    expect(readScript(folderWith(`//${' '.repeat(4 * 1024 * 1024)}`), 'server.js')).toBeUndefined();
    expect(readScript(folderWith(esbuild(' '.repeat(33 * 1024 * 1024))), 'server.js')).toBeUndefined();
  });
});
