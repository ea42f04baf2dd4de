import { describe, expect, it } from 'vitest';
import { portsOf } from '../support/ports-of.js';

const server = `const server = require('node:http').createServer();\n`;
const listen = 'server.listen(config.port);';
const made = 'const config = { port: 3000, room: "a" };\n';
const chat = (body: string): string => `class Chat { constructor() { this.port = 3000; }
${body}
listen() { server.listen(this.port); } }\n`;

describe('a port that is set by a name that the program computes is unknown', () => {
  it.each([
    ['in a loop', `${made}for (const key in config) config[key] = process.env[key] || config[key];`],
    [
      'by a function that gets the object',
      `${made}function fill(target, env) { for (const key in target) target[key] = env[key]; }\nfill(config, process.env);`,
    ],
    [
      'by a function that hands it on',
      `${made}const fill = (it) => Object.assign(it, process.env);\nconst load = (all) => fill(all);\nload(config);`,
    ],
    [
      'by a method that gets it',
      `${made}class Loader { fill(into) { Object.assign(into, process.env); } }\nnew Loader().fill(config);`,
    ],
    [
      'by the object itself',
      'const config = { port: 3000, load(env) { Object.assign(this, env); } };\nconfig.load(process.env);',
    ],
    [
      'by a function that is its method',
      `function load() { this.port = process.env.PORT; }\nconst config = { port: 3000, load };\nconfig.load();`,
    ],
    ['in a pattern', `${made}({ PORT: config.port } = process.env);`],
    ['by an alias', `${made}const all = config;\nall.port = process.env.PORT;`],
    ['by a function of another module', `${made}require('./fill')(config);`],
    ['by a package', `const fill = require('fill-from-env');\n${made}fill(config, process.env);`],
  ])('%s', (_what, code) => {
    expect(portsOf({ 'server.js': `${server}${code}\n${listen}` })).toEqual(['server.js unknown']);
  });

  it.each([
    ['a log', `${made}console.log(config);\nlogger.info('settings', config);`],
    ['another object', `${made}const other = {};\nfor (const key in config) other[key] = config[key];`],
    ['a function that reads it', `${made}function show(it) { return it.room; }\nshow(config);`],
    ['a function that sets another one', `${made}function add(to, from) { to[from.room] = 1; }\nadd(rooms, config);`],
    ['the same key of another one', `${made}const other = {};\nother.port = process.env.PORT;`],
    ['another one of the same name', `${made}function fill(config) { config.port = process.env.PORT; }\nfill(other);`],
    ['an object with such a method', `${made}const other = { load(env) { Object.assign(this, env); } };`],
  ])('not for %s', (_what, code) => {
    expect(portsOf({ 'server.js': `${server}${code}\n${listen}` })).toEqual(['server.js 3000']);
  });
});

describe('a field that is set from elsewhere is unknown', () => {
  it.each([
    ['by a name', chat('set(all) { for (const key in all) this[key] = all[key]; }'), 'new Chat().listen();'],
    ['by all names', chat('set(all) { Object.assign(this, all); return this; }'), 'new Chat().listen();'],
    ['by a function', `function fill(it) { Object.assign(it, env); }\n${chat('set() { fill(this); }')}`, ''],
    ['in an object', chat(''), 'const chat = new Chat();\nchat.port = process.env.PORT || chat.port;\nchat.listen();'],
    ['in all of it', chat(''), 'const chat = new Chat();\nObject.assign(chat, process.env);\nchat.listen();'],
    [
      'in a class below',
      chat(''),
      'class Room extends Chat { set(all) { Object.assign(this, all); } }\nnew Room().listen();',
    ],
  ])('%s', (_what, first, last) => {
    expect(portsOf({ 'server.js': `${server}${first}\n${last}` })).toEqual(['server.js unknown']);
  });

  it('not where it is another class, or another object', () => {
    const other = 'class Other { set(all) { Object.assign(this, all); } }\nconst other = new Other();\nother.port = 1;';
    expect(portsOf({ 'server.js': `${server}${chat('')}\n${other}` })).toEqual(['server.js 3000']);
    const own = 'add(key) { this.rooms[key] = 1; }';
    expect(portsOf({ 'server.js': `${server}${chat(own)}` })).toEqual(['server.js 3000']);
  });
});

describe('a port of another module that is set by a computed name is unknown', () => {
  const use = `const config = require('./config');\n`;
  it.each([
    ['there', `${made}for (const key in config) config[key] = process.env[key];\nmodule.exports = config;`, use],
    ['there, of its exports', 'exports.port = 3000;\nfor (const key of names) exports[key] = process.env[key];', use],
    [
      'there, of all that it exports',
      'module.exports = { port: 3000 };\nObject.assign(module.exports, process.env);',
      use,
    ],
    [
      'there, by the object',
      'module.exports = { port: 3000, load(env) { Object.assign(this, env); } };',
      `${use}config.load(process.env);`,
    ],
    ['where it is used', 'module.exports = { port: 3000 };', `${use}Object.assign(config, process.env);`],
    ['by what it is handed to', 'module.exports = { port: 3000 };', `${use}require('./fill')(config);`],
    ['by a third module', 'module.exports = { port: 3000 };', `require('./fill');\n${use}`],
    [
      'by its name in a third module',
      'exports.config = { port: 3000 };',
      `require('./set');\nconst { config } = require('./config');\n`,
    ],
  ])('%s', (_what, config, code) => {
    const files = {
      'config.js': config,
      'server.js': `${server}${code}${listen}`,
      'fill.js': `const all = require('./config');\nfor (const key in all) all[key] = process.env[key];`,
      'set.js': `const { config } = require('./config');\nconfig.port = process.env.PORT;`,
    };
    expect(portsOf(files)[0]).toEqual('server.js unknown');
  });

  it('not where a third module only reads it', () => {
    const files = {
      'config.js': 'module.exports = { port: 3000 };',
      'server.js': `require('./read');\n${server}${use}${listen}`,
      'read.js': `const config = require('./config');\nconst all = {};\nfor (const key in config) all[key] = config[key];`,
    };
    expect(portsOf(files)[0]).toEqual('server.js 3000');
  });
});

describe('a port that is handed on is unknown', () => {
  const start = 'module.exports = (options) => server.listen(options.port);';
  const made = (code: string): string => `const config = { port: 3000 };\n${code}\nrequire('./chat')(config);`;
  it.each([
    ['where its object is changed', start, made('config.port = process.env.PORT || config.port;')],
    ['where its object is filled', start, made('for (const key in config) config[key] = process.env[key];')],
    [
      'where the class has other calls',
      'exports.Chat = class { start(port) { server.listen(port); } all() { this.start(process.env.PORT); } };',
      `const { Chat } = require('./chat');\nnew Chat().start(3000);`,
    ],
    [
      'where the object is changed that gets it',
      'module.exports = class { constructor(port) { this.port = port; } start() { server.listen(this.port); } };',
      `const Chat = require('./chat');\nconst chat = new Chat(3000);\nchat.port = process.env.PORT;\nchat.start();`,
    ],
    [
      'where the function is called in its own script, too',
      'function start(port) { server.listen(port); }\nif (process.env.PORT) start(process.env.PORT);\nmodule.exports = start;',
      `require('./chat')(3000);`,
    ],
  ])('%s', (_what, chat, entry) => {
    expect(portsOf({ 'chat.js': server + chat, 'server.js': entry })).toEqual(['chat.js unknown']);
  });

  it('known where nothing changes it', () => {
    expect(portsOf({ 'chat.js': server + start, 'server.js': made('') })).toEqual(['chat.js 3000']);
  });

  it.each([
    ['this', 'all() { this.start(process.env.PORT); }', ''],
    ['an item', '', 'const all = [new Chat()];\nfor (const each of all) each.start(process.env.PORT);\n'],
  ])('a method of the script with another call by %s', (_what, method, code) => {
    const made = `class Chat { start(port) { server.listen(port); }\n${method} }\n`;
    expect(portsOf({ 'server.js': `${server}${made}${code}new Chat().start(3000);` })).toEqual(['server.js unknown']);
  });
});
