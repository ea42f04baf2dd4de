import { expect, it } from 'vitest';
import { readClientScheme } from '../../src/source/client-scheme.js';
import { contextOf } from '../../src/source/context.js';
import { parseScript } from '../../src/source/script.js';

function usesIn(text: string): readonly string[] {
  const context = contextOf(parseScript({ file: '/app/server.js', text }));
  return (context && readClientScheme(context).uses.map(({ kind, by }) => `${kind} ${by}`)) ?? ['not parsed'];
}

const session = "const session = require('express-session');";

it.each<[text: string, use: string]>([
  ["function f(req, res) { if (!req.secure) res.redirect('https://x' + req.url); }", 'redirect !req.secure'],
  [
    "function f(req, res, next) { if (req.secure) { return next(); } res.redirect('https://x'); }",
    'redirect req.secure',
  ],
  [
    'function f(req, res, next) { if (req.secure) next(); else res.redirect("https://x".concat(req.url)); }',
    'redirect req.secure',
  ],
  ["(ctx) => { if (ctx.protocol === 'http') return ctx.redirect('https://x'); }", "redirect ctx.protocol === 'http'"],
  ["(req, res) => { if (req.protocol != 'https') res.redirect('https://x'); }", "redirect req.protocol != 'https'"],
  ["(req, res, next) => (req.secure ? next() : res.redirect('https://x'));", 'redirect req.secure'],
  ["(req, res, next) => { req.secure || res.redirect('https://x'); }", 'redirect req.secure'],
  ["(req, res) => req.protocol === 'http' && res.redirect('https://x');", "redirect req.protocol === 'http'"],
  [
    "(req, res) => { if (req.headers['x-forwarded-proto'] !== 'https') res.redirect('https://x'); }",
    "redirect req.headers['x-forwarded-proto'] !== 'https'",
  ],
  [
    "(req, res) => req.get('X-Forwarded-Proto') != 'https' && res.redirect('https://x');",
    "redirect req.get('X-Forwarded-Proto') != 'https'",
  ],
  [`${session} session({ cookie: { secure: true } });`, 'cookie express-session'],
  [
    `${session} const cookie = { secure: true }; const options = { cookie }; session(options);`,
    'cookie express-session',
  ],
  ["require('cookie-session')({ secure: true });", 'cookie cookie-session'],
])('is a use of the scheme: %s', (text, use) => {
  expect(usesIn(text)).toEqual([use]);
});

it.each([
  "function f(req, res) { if (req.secure) res.redirect('https://x'); }",
  "function f(req, res) { if (!req.secure) res.redirect('/login'); }",
  'function f(req, res) { if (!req.secure) res.status(403).end(); }',
  "function f(req, res) { if (!req.secure && behindIis) res.redirect('https://x'); }",
  "function f(lock, res) { if (!lock.secure) res.redirect('https://x'); }",
  "if (process.env.HTTPS) { app.use((req, res) => { if (!req.secure) res.redirect('https://x'); }); }",
  "(req, res) => { if (req.headers['x-forwarded-proto'] === 'http') res.redirect('https://x'); }",
  "(req, res) => { if (req.get('X-Other') !== 'https') res.redirect('https://x'); }",
  "(req, res) => { if (req.protocol !== 'http') res.redirect('https://x'); }",
  "(req, res, next) => { if (req.secure) next(); res.redirect('https://x'); }",
  "(req, res, next) => (req.secure ? res.redirect('https://x') : next());",
  "(req, res) => req.secure && res.redirect('https://x');",
  "(req, res) => isLocal && !req.secure && res.redirect('https://x');",
  `${session} session({ cookie: { secure: 'auto' } });`,
  `${session} session({ cookie: { secure: process.env.NODE_ENV === 'production' } });`,
  "res.cookie('a', 'b', { secure: true });",
])('is none: %s', (text) => {
  expect(usesIn(text)).toEqual([]);
});
