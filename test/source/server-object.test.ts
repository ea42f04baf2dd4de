import { describe, expect, it } from 'vitest';
import { contextOf } from '../../src/source/context.js';
import { parseScript } from '../../src/source/script.js';
import { isServer } from '../../src/source/server-object.js';

/** Is the first argument of `check(..)` in this code a socket.io server? */
function isServerIn(code: string): boolean | undefined {
  const context = contextOf(parseScript({ file: '/app/server.js', text: code }));
  const call = context?.tree.nodes.find(
    (node) => node.type === 'CallExpression' && node.callee.type === 'Identifier' && node.callee.name === 'check',
  );
  const [given] = call?.type === 'CallExpression' ? call.arguments : [];
  return context && given && isServer(context, given);
}

const fromPackage = "const { Server } = require('socket.io');\n";

describe('a socket.io server', () => {
  it.each([
    `${fromPackage}const io = new Server(); check(io);`,
    `${fromPackage}const chat = new Server(http); check(chat);`,
    "const io = require('socket.io')(http); check(io);",
    "import { Server } from 'socket.io';\nconst sockets = new Server(); check(sockets);",
    "const io = require('./io'); check(io);",
    "const io = require('./io')(http); check(io);",
    'check(io);',
    'check(this.io);',
    "check(app.get('io'));",
  ])('%s', (code) => {
    expect(isServerIn(code)).toBe(true);
  });

  it.each([
    "const io = require('@actions/io'); check(io);",
    "const { Server } = require('ws');\nconst io = new Server(); check(io);",
    'const io = {}; check(io);',
    `${fromPackage}check(server);`,
  ])('not %s', (code) => {
    expect(isServerIn(code)).toBe(false);
  });
});
