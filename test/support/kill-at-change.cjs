// Preloaded (node --require) by tests: ends this process with SIGKILL before the first change that outlives it and fits KILL_AT, a
// pattern: a file that is replaced, removed, appended to or touched, and a message to the host.
'use strict';
const fs = require('node:fs');
const { Socket } = require('node:net');
const { syncBuiltinESMExports } = require('node:module');

const { KILL_AT } = process.env;
delete process.env.KILL_AT; // not for the processes that this one starts
if (KILL_AT !== undefined) {
  const pattern = new RegExp(KILL_AT);
  const before = (what, name) => {
    if (!/\.(lock|tmp)$/.test(name) && pattern.test(`${what} ${name}`)) process.kill(process.pid, 'SIGKILL');
  };
  const watch = (object, name, target) => {
    const inner = object[name];
    object[name] = function (...args) {
      const path = String(args[target]);
      if (name === 'rename' || fs.existsSync(path)) before(name, path);
      return inner.apply(this, args);
    };
  };
  for (const name of ['rmSync', 'appendFileSync']) watch(fs, name, 0);
  for (const name of ['rm', 'rmdir', 'utimes']) watch(fs.promises, name, 0);
  watch(fs.promises, 'rename', 1);
  const { write } = Socket.prototype;
  Socket.prototype.write = function (data, ...rest) {
    const [, command] = /^\{"command":"(?!status)(\w+)"/.exec(String(data)) ?? [];
    if (command !== undefined) before('message', command);
    return write.call(this, data, ...rest);
  };
  syncBuiltinESMExports();
}
