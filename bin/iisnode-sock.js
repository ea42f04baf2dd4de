#!/usr/bin/env node
// The launcher. Old syntax on purpose, so that an old Node reaches the sentence below instead of a SyntaxError;
// CommonJS on purpose: `--help` then does not pay for starting the ESM loader (npm run bench).
'use strict';

function start() {
  var enableCompileCache = require('node:module').enableCompileCache; // Node 22.1 and newer
  // From the first line on SIGINT ends the program with 130, and is never lost: what runs at a time says here how it ends.
  var interruption = {
    came: false,
    act: () => {
      process.exit(130);
    },
  };
  ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((name) => {
    process.on(name, () => {
      interruption.came = true;
      interruption.act();
    });
  });
  if (enableCompileCache) enableCompileCache();
  var cli = require('../dist/cli.cjs');
  process.on('uncaughtException', cli.endWithBug); // a rejection that nothing handles, too
  cli.main(process.argv, interruption);
}

function refuse() {
  process.stderr.write(
    'error NODE_TOO_OLD  iisnode-sock needs Node 20 or newer\n' +
      '  This is Node ' +
      process.versions.node +
      '.\n' +
      '  next: install a current Node from https://nodejs.org and run the command again\n',
  );
  process.exitCode = 2;
}

if (Number(process.versions.node.split('.')[0]) >= 20) start();
else refuse();
