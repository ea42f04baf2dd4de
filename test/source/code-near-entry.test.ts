import { describe, expect, it } from 'vitest';
import { outermostBlocks } from '../../src/source/blocks-of-code.js';
import { codeNearEntry } from '../../src/source/code-near-entry.js';
import { parseScript } from '../../src/source/script.js';

/** A module's code of so many kB, with signs in it that are no braces. */
const filler = (kilobytes: number): string =>
  `var s="}{\\"",r=/[/}]{2,3}/g,t=\`}\${s+{a:"{"}.a}{\`;/* } */if(s)/}/.test(s)&&s/2;${'f(1,"{");'.repeat(kilobytes * 114)}`;

/** Bundles as the bundlers write them: the entry loads `near`, that loads `next`; nobody loads `other`, and `large` is large. */
const bundles: Readonly<Record<string, (code: (name: string) => string) => string>> = {
  'webpack, with methods': (of) =>
    `(()=>{var e={11(e,t,n){"use strict";n(33),${of('near')}},22(e){${of('other')}},33:(e,t,n)=>{${of('next')}},44(e){${of('large')}}},t={};` +
    `function n(o){return e[o](0,0,n)}var s=n(11),b=n(44);s.listen(3e3)})();`,
  'webpack 4 and named modules': (of) =>
    `!function(e){n("./a.js")}({"./a.js":function(e,t,n){n.bind(n,"./b.js");${of('near')}},"./c.js":function(e,t){${of('other')}},` +
    `"./b.js":function(e,t,n){${of('next')}},"./d.js":function(e,t){${of('large')}}});s.listen(3e3);`,
  ncc: (of) =>
    `/******/ (() => { // webpackBootstrap\nvar __webpack_modules__ = ({\n\n/***/ 11:\n/***/ ((module, exports, __nccwpck_require__) => {\n` +
    `const b = __nccwpck_require__(33);${of('near')}\n/***/ }),\n\n/***/ 22:\n/***/ ((module) => {${of('other')}\n/***/ }),\n\n/***/ 33:\n` +
    `/***/ ((module) => {${of('next')}\n/***/ }),\n\n/***/ 44:\n/***/ ((module) => {${of('large')}\n/***/ })\n\n/******/ \t});\n` +
    `const a = __nccwpck_require__(11);\na.listen(3000);\n})();`,
  esbuild: (of) =>
    `var v=(t,e)=>()=>(e||t((e={exports:{}}).exports,e),e.exports);var A=v((t,e)=>{var b=B();${of('near')}});var C=v(()=>{${of('other')}});` +
    `var B=v(function(t){${of('next')}});var D=v((t)=>{${of('large')}});var a=A(),d=D();a.listen(3e3);`,
  rollup: (of) =>
    `"use strict";function A(){if(x)return y;x=1;B();${of('near')}}function C(){${of('other')}}function B(){${of('next')}}` +
    `function D(){${of('large')}}var q=function(){const a=A(),d=D();a.listen(3e3)}();`,
};

const sizes: Readonly<Record<string, number>> = { near: 100, next: 100, other: 900, large: 4000 };

describe('the code of a bundle near its entry', () => {
  it.each(Object.entries(bundles))('of %s: what it loads, and not what nothing loads or what is large', (_, bundle) => {
    const text = bundle((name) => `"${name}";${filler(sizes[name] ?? 0)}`);
    const { code, leftOut } = codeNearEntry(text) ?? { code: '', leftOut: 0 };
    expect(code.match(/"(near|next|other|large)";|listen\(3/g)?.toSorted()).toEqual(['"near";', '"next";', 'listen(3']);
    expect([code.length, code.indexOf('listen(3')]).toEqual([text.length, text.indexOf('listen(3')]);
    expect(
      parseScript({ file: 'a.js', text: code }, code, 0, 'javascript', Number.POSITIVE_INFINITY).failure,
    ).toBeUndefined();
    expect(leftOut).toBeGreaterThan(4900 * 1024);
  });

  it('is not known where braces do not match, or all of it is in no module', () => {
    expect(codeNearEntry(`function a(){${filler(100)}`)).toBeUndefined();
    expect(codeNearEntry('a();'.repeat(1024 * 1024))).toBeUndefined();
  });

  it('takes a time that grows with its length, also of text that is no JavaScript', () => {
    for (const piece of ['{', '}', '(', '"', '`', '`${', '/', '/[', '\\"', "if(a)/'", '{a(1){', 'x=y((', '//{\n'])
      expect(() => codeNearEntry(piece.repeat((1024 * 1024) / piece.length))).not.toThrow();
  });
});

describe('blocks', () => {
  it.each([
    ['a division behind a bracket', 'x=(a)/2;{b};1/3'],
    ['a regular expression behind a condition', 'if(a)/}/.test(b);{c}'],
    ['one behind a word', 'function f(){return/[{]/.test(a)}'],
    ['a division behind ++', 'a++/2;{b}/c/d'],
    ['one behind a name that ends like a word', 'myreturn/2;{b};1/1'],
    ['templates in templates', ['`{$', '{`}$', '{{a:1}.a}`}{`;{c}'].join('')],
    ['quotes in comments', "// it's {\n/* ` { */{c}"],
  ])('are found in the presence of %s', (_, text) => {
    const found = outermostBlocks(text, 1, () => false)?.map(({ start, end }) => text.slice(start, end));
    expect(found?.at(-1)).toMatch(/^\{([bc]|return.*)\}$/);
  });
});
