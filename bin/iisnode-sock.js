#!/usr/bin/env node
// The launcher. Old syntax on purpose, so that an old Node reaches the sentence below instead of a SyntaxError;
// CommonJS on purpose: `--help` then does not pay for starting the ESM loader (npm run bench).
'use strict';
var major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  process.stderr.write(
    'error NODE_TOO_OLD  iisnode-sock needs Node 20 or newer\n' +
      '  This is Node ' +
      process.versions.node +
      '.\n' +
      '  next: install a current Node from https://nodejs.org and run the command again\n',
  );
  process.exitCode = 2;
} else {
  var compileCache = require('node:module').enableCompileCache;
  if (compileCache) compileCache(); // Node 22.1 and newer
  require('../dist/cli.cjs').main();
}
