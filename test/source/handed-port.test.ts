import { describe, expect, it } from 'vitest';
import { portsOf } from '../support/ports-of.js';

const server = `const server = require('node:http').createServer();\n`;

describe('a port that one script hands to a function of another', () => {
  it.each([
    ['module.exports', 'module.exports = (port) => server.listen(port);', `require('./chat')(3000);`],
    ['an export', 'exports.start = (port) => server.listen(port);', `require('./chat').start(3000);`],
    [
      'a name',
      'function start(port) { server.listen(port); }\nmodule.exports = { start };',
      `const { start } = require('./chat');\nstart(3000);`,
    ],
    [
      'options',
      'module.exports = (options) => server.listen(options.port || 80);',
      `const chat = require('./chat');\nchat({ port: 3000 });`,
    ],
    [
      'an option',
      'module.exports = ({ port }) => server.listen(port);',
      `const chat = require('./chat');\nchat({ port: 3000 });`,
    ],
    [
      'a class',
      'class Chat { constructor(port) { this.port = port; }\nstart() { server.listen(this.port); } }\nmodule.exports = Chat;',
      `const Chat = require('./chat');\nnew Chat(3000).start();`,
    ],
    [
      'a method',
      'exports.Chat = class { start(port) { server.listen(port); } };',
      `const { Chat } = require('./chat');\nconst chat = new Chat();\nchat.start(3000);`,
    ],
  ])('%s', (_what, chat, entry) => {
    expect(portsOf({ 'chat.js': server + chat, 'server.js': entry })).toEqual(['chat.js 3000']);
    const numeric = entry.replace('3000', 'parseInt(process.env.PORT, 10) || 3000');
    expect(portsOf({ 'chat.js': server + chat, 'server.js': numeric })).toEqual(['chat.js unknown coerced']);
    const plain = entry.replace('3000', 'process.env.PORT || 3000');
    expect(portsOf({ 'chat.js': server + chat, 'server.js': plain })).toEqual(['chat.js unknown']);
  });

  it('in TypeScript', () => {
    const chat = `import http from 'node:http';\nexport default class Chat {\n  constructor(private readonly port: number) {}\n  start(port: number): void { http.createServer().listen(port); }\n}`;
    const main = `import Chat from './chat';\nconst chat = new Chat(1);\nchat.start(Number(process.env.PORT) || 3000);`;
    expect(portsOf({ 'src/chat.ts': chat, 'src/main.ts': main }, 'src/main.ts')).toEqual([
      'src/chat.ts unknown coerced',
    ]);
  });

  it.each([
    [
      'two scripts give one',
      { 'other.js': `require('./chat')(4000);`, 'server.js': `require('./other');\nrequire('./chat')(3000);` },
    ],
    [
      'it is given where not every environment comes',
      { 'server.js': `if (process.env.LOCAL) require('./chat')(3000);` },
    ],
    ['another function gets it', { 'server.js': `require('./chat').other(3000);` }],
    ['another package gets it', { 'server.js': `require('./chat');\nrequire('chat')(3000);` }],
    ['it is in a list', { 'server.js': `require('./chat')(...[3000]);` }],
    ['nobody calls it', { 'server.js': `require('./chat');` }],
  ])('is not read where %s', (_what, files) => {
    const chat = `${server}module.exports = (port) => server.listen(port);`;
    expect(portsOf({ 'chat.js': chat, ...files })).toEqual(['chat.js unknown']);
  });

  const start = 'function start(port) { server.listen(port); }\n';
  it.each([
    ['its script calls it, too', `${start}exports.start = start;\nstart(4000);`, ''],
    ['its script calls what it exports', 'exports.start = (port) => server.listen(port);\nexports.start(4000);', ''],
    ['it has two names', `${start}exports.start = start;\nexports.run = start;`, ''],
    ['another function has its name', `{ ${start} }\nfunction start() {}\nexports.start = start;`, ''],
    ['it is handed on', `${start}exports.start = start;`, `setTimeout(require('./chat').start, 1, 4000);`],
    ['it is called by call()', `${start}exports.start = start;`, `require('./chat').start.call(null, 4000);`],
    ['its module is handed on', `${start}exports.start = start;`, `other(require('./chat'));`],
    ['its module is exported again', `${start}exports.start = start;`, `module.exports = require('./chat');`],
    ['import() loads it', `${start}exports.start = start;`, `import('./chat').then(({ start }) => start(4000));`],
    ['it is given a number that it changes', 'exports.start = (o) => { o.port = x; server.listen(o.port); };', ''],
    ['it is given options that it merges', 'exports.start = (o) => { _.merge(o, x); server.listen(o.port); };', ''],
  ])('is not read where %s', (_what, chat, other) => {
    const given = chat.includes('(o)') ? '{ port: 3000 }' : '3000';
    const entry = `require('./other');\nrequire('./chat').start(${given});`;
    expect(portsOf({ 'chat.js': server + chat, 'other.js': other, 'server.js': entry })).toEqual(['chat.js unknown']);
  });

  it('is not read where the options change before', () => {
    const chat = `${server}exports.start = (o) => server.listen(o.port);`;
    const entry = `const o = { port: 3000 };\nif (x) o.port = x;\nrequire('./chat').start(o);`;
    expect(portsOf({ 'chat.js': chat, 'server.js': entry })).toEqual(['chat.js unknown']);
  });

  it.each([
    [
      'there is a class below',
      'class { constructor(port) { server.listen(port); } }',
      'class B extends Chat {}\nnew B(4000);',
    ],
    ['the class calls it', 'class { start(port) { server.listen(port); } go() { this.start(4000); } }', ''],
    ['the method is private', 'class { #start(port) { server.listen(port); } }', 'new Chat()[x](3000);'],
    ['the object is handed on', 'class { start(port) { server.listen(port); } }', 'other(chat);'],
  ])('is not read of a class where %s', (_what, made, others) => {
    const entry = `const Chat = require('./chat');\nconst chat = new Chat(3000);\nchat.start?.(3000);\n${others}`;
    const files = { 'chat.js': `${server}module.exports = ${made};`, 'server.js': entry.replace('?.', '') };
    expect(portsOf(files)).toEqual(['chat.js unknown']);
  });
});
