import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import { readRoutes } from '../../src/source/routes.js';
import { parseForBundler } from '../../src/source/script.js';

function routesOf(text: string): ReturnType<typeof readRoutes> {
  const context = contextOf(parseForBundler({ file: 'app.js', text: `import express from 'express';\n${text}` }));
  if (context === undefined) throw new Error('does not parse');
  return readRoutes(context);
}

describe('a field of a class that is set once has its value', () => {
  it.each<[string, string, number]>([
    ['in the constructor', 'class A { constructor() { this.app = express(); this.app.get("/", f); } }', 1],
    ['in its body', 'class A { app = express(); start() { [1].forEach(() => this.app.get("/", f)); } }', 1],
    ['twice', 'class A { app = express(); other() { this.app = x; } start() { this.app.get("/", f); } }', 0],
    ['in another class', 'class A { app = express(); } class B { start() { this.app.get("/", f); } }', 0],
    [
      'in a class below',
      'class A { app = express(); start() { this.app.get("/", f); } } class B extends A { app = x; }',
      0,
    ],
    [
      'for a function of its own',
      'class A { app = express(); start() { x(function () { this.app.get("/", f); }); } }',
      0,
    ],
    ['and no static one', 'class A { static app = express(); start() { this.app.get("/", f); } }', 0],
  ])('%s', (_name, text, count) => {
    expect(routesOf(text).routes).toHaveLength(count);
  });

  it('that reads the environment is no path of its own', () => {
    const { routes } = routesOf(
      'class A { base = process.env.BASE; app = express(); start() { this.app.get(this.base + "/", f); this.app.get("/", f); } }',
    );
    expect(routes.map(({ path }) => path?.kind)).toEqual(['environment', 'literal']);
  });
});

it.each([
  ['http.createServer((q, s) => s.end(q.url === "/" ? a : b));', true],
  ['http.createServer((q, s) => s.end(q.url.endsWith(".js") ? a : b));', false],
])('a handler that looks at the end of the URL alone does not depend on its start: %s', (text, reads) => {
  expect(routesOf(`import http from 'http';\n${text}`).readsUrls !== undefined).toBe(reads);
});

it.each([
  ['export const handler = (q, s) => s.end(q.url);', 'handler'],
  ['export function handler(q) { if (q.url === "/") end(); }', 'handler'],
  ['function f(q) { return g(() => q.url); }\nmodule.exports = f;', 'default'],
  ['function f(q) { return q.url; }\nmodule.exports = { h: f };', 'h'],
  ['export default function (q) { return q.url; }', 'default'],
])('a function that reads the URL is known by the name it is exported with: %s', (text, name) => {
  expect([...routesOf(text).exportedReaders.keys()]).toEqual([name]);
});
