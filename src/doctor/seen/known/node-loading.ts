import { iisnodeSock } from '../../../typed-command.js';
import type { KnownText } from '../known-text.js';
import { azureIssue, iisnodeIssue } from './sources.js';

const errors = 'https://nodejs.org/api/errors.html';

/** Loading the app: packages, modules, syntax, add-ons. */
export const loading: readonly KnownText[] = [
  {
    id: 'native-addon-version',
    example:
      "Error: The module 'bcrypt_lib.node' was compiled against a different Node.js version using NODE_MODULE_VERSION 108.",
    says: 'A native add-on was built for another version of node',
    text: [/was compiled against a different Node\.js version/i, /NODE_MODULE_VERSION \d{1,4}/],
    means: 'node_modules came from another machine, or node was updated: the .node file does not fit.',
    causes: [
      {
        says: 'node_modules were copied from another machine or another version of node',
        fix: 'npm rebuild (or delete node_modules and run npm ci) on the server, with the node that iisnode starts',
      },
      {
        says: 'iisnode starts another node than the one of your console',
        fix: 'give the full path in nodeProcessCommandLine',
      },
    ],
    apart: 'The message has both numbers; node -p process.versions.modules prints the one of a node.',
    sources: [errors, azureIssue(5)],
  },
  {
    id: 'native-addon-broken',
    example:
      "Error: \\\\?\\C:\\site\\node_modules\\sqlite3\\build\\node_sqlite3.node is not a valid Win32 application. code: 'ERR_DLOPEN_FAILED'",
    says: 'A native add-on cannot be loaded',
    text: [
      /\bERR_DLOPEN_FAILED\b/,
      /\.node\b[^\n]{0,80}is not a valid Win32 application/i,
      /is not a valid Win32 application[^\n]{0,160}\.node\b/i,
      /The specified module could not be found[^\n]{0,160}\.node\b/i,
    ],
    means: 'The .node file is for another system or bitness, or a DLL that it needs is missing.',
    causes: [
      {
        says: 'node_modules were installed on Linux, macOS, or with the other bitness',
        fix: 'npm ci on the server, with the node that iisnode starts',
      },
      {
        says: 'the Visual C++ runtime is missing',
        fix: 'install the Visual C++ redistributable (x64)',
        when: /The specified module could not be found/i,
      },
    ],
    apart: '"not a valid Win32 application" is system or bitness, "module could not be found" a missing DLL.',
    sources: [errors, iisnodeIssue(585)],
    follows: ['native-addon-version'],
  },
  {
    id: 'entry-not-found',
    example: "Error: Cannot find module 'C:\\site\\dist\\server.js'",
    says: 'node does not find the entry point, or a file of the app',
    text: [
      /Cannot find module '(?:[A-Za-z]:[\\/]|\/|\.{1,2}[\\/])[^'\n]{1,260}'/,
      /\bERR_MODULE_NOT_FOUND\b[^\n]{0,40}: Cannot find module '(?:[A-Za-z]:|\/)/,
    ],
    means: 'A file that the app or iisnode names is not on the server under that name.',
    causes: [
      {
        says: 'the build has not run, or its output was not copied',
        fix: 'npm run build, and deploy the result',
        rules: ['ENTRY_NOT_BUILT', 'ENTRY_FILE_MISSING'],
      },
      {
        says: 'the name in web.config or in require differs from the file',
        fix: 'correct the name',
        rules: ['ENTRY_FILE_MISSING', 'HANDLER_FOR_ENTRY_MISSING'],
      },
      {
        says: 'a native add-on was not built (build/Release in the name)',
        fix: 'npm rebuild on the server',
        when: /build[\\/]Release/,
      },
    ],
    apart:
      '"Require stack" below the message: interceptor.js alone is the entry point, otherwise the file that requires it.',
    sources: [errors, 'https://github.com/nodejs/node/issues/27102'],
  },
  {
    id: 'package-not-found',
    example: "Error: Cannot find module 'express'",
    says: 'node does not find a package',
    text: [/Cannot find module '(?![A-Za-z]:|\/|\.|node:)[^'\n]{1,214}'/, /Cannot find package '[^'\n]{1,214}'/],
    means: 'The package is not in node_modules of the app, or of a folder above it.',
    causes: [
      {
        says: 'npm install has not run on the server, or node_modules were not copied',
        fix: 'npm ci in the folder of the app',
        rules: ['DEPENDENCIES_NOT_INSTALLED'],
      },
      {
        says: 'the package is missing in dependencies (it is in devDependencies, or nowhere)',
        fix: 'npm install --save PACKAGE',
        rules: ['DEPENDENCY_NOT_DECLARED'],
      },
      {
        says: 'the package is a link (npm link, pnpm, a workspace) into a folder that the pool must not read',
        fix: 'install it as files, for instance npm install --install-links',
        when: /npm link|\bsymlink|have been linked|[\\/]\.pnpm[\\/]/i,
      },
    ],
    apart: 'Is the folder node_modules/PACKAGE there, and may IIS_IUSRS read it?',
    sources: [errors, 'https://github.com/koopjs/koop-app-example/issues/13', azureIssue(102)],
  },
  {
    id: 'require-of-es-module',
    example: 'Error [ERR_REQUIRE_ESM]: require() of ES Module C:\\site\\server.js from interceptor.js not supported.',
    says: 'The entry point, or a file it requires, is an ES module, and iisnode loads it with require()',
    text: [
      /\bERR_REQUIRE_ESM\b/,
      /Must use import to load ES Module/i,
      /require\(\) of ES Module/i,
      /Cannot use import statement outside a module/i,
      /SyntaxError: Unexpected token (?:'|")?(?:import|export)\b/,
      /SyntaxError: Unexpected (?:strict mode )?reserved word[^\n]{0,20}/,
    ],
    but: /\bblob:|https?:\/\/[^\s]{1,200}\.js:\d/,
    means:
      'iisnode starts interceptor.js, which requires the app. node before 20.19 and 22.12 cannot require ES modules.',
    causes: [
      {
        says: 'package.json says "type": "module", or the file is .mjs or has import statements',
        fix: `let the loader start it: ${iisnodeSock} init; or an entry .cjs with import('./server.js')`,
        rules: ['ES_MODULE_ENTRY'],
      },
      {
        says: 'a dependency is an ES module in its new major version',
        fix: 'await import(...) it, or install the last version that is CommonJS',
        when: /node_modules[\\/][^\n]{1,200}not supported/i,
      },
      { says: 'node on the server is old', fix: 'install node 22.12 or later' },
    ],
    apart: 'The path in the message: the file of the app, or one below node_modules.',
    sources: [errors, iisnodeIssue(554), iisnodeIssue(687), azureIssue(110), azureIssue(113)],
  },
  {
    id: 'require-of-async-module',
    example: 'Error [ERR_REQUIRE_ASYNC_MODULE]: require() cannot be used on an ESM graph with top-level await.',
    says: 'An ES module with top-level await cannot be required',
    text: [/\bERR_REQUIRE_ASYNC_MODULE\b/, /require\(\) cannot be used on an ESM graph with top-level await/i],
    means: 'iisnode loads the app with require(), also in new versions of node.',
    causes: [
      {
        says: 'the entry point, or a file that it imports, has await outside a function',
        fix: `let the loader start it (${iisnodeSock} init), or put the await into an async function`,
        rules: ['ES_MODULE_ENTRY'],
      },
    ],
    apart: 'The stack names the file.',
    sources: [errors],
  },
  {
    id: 'require-not-defined',
    example: 'ReferenceError: require is not defined in ES module scope, you can use import instead',
    says: 'A file with require() is taken as an ES module',
    text: [
      /require is not defined in ES module scope/i,
      /ReferenceError: (?:module|exports|__dirname|__filename) is not defined in ES module scope/i,
    ],
    means: '"type": "module" in package.json makes every .js file of the folder an ES module.',
    causes: [
      {
        says: 'package.json says "type": "module" and the file is CommonJS',
        fix: 'rename the file to .cjs, or remove "type"',
        rules: ['ES_MODULE_ENTRY'],
      },
    ],
    apart: 'The package.json nearest to the file counts.',
    sources: [errors],
  },
  {
    id: 'node-too-old',
    example: "SyntaxError: Unexpected token '?' at Module._compile (interceptor.js)",
    says: 'The node that iisnode starts is older than the code',
    text: [
      /SyntaxError: (?:Unexpected token (?:'|")?(?:\?|\.|=>|=|>|ILLEGAL|\{|\.\.\.|\*|async|function|const|let|of)|Unexpected identifier|Block-scoped declarations)/,
      /\b(?:Unsupported engine|EBADENGINE|engine is unsupported|The engine "node" is incompatible)/i,
      /TypeError: [^\n]{0,60}(?:replaceAll|structuredClone|Object\.hasOwn|\.at) is not a function/,
      /Cannot find module 'node:[a-z_/]{2,30}'/,
      /ReferenceError: (?:fetch|structuredClone|globalThis|AbortController) is not defined/,
    ],
    with: /interceptor\.js|Module\._compile|\.js:\d{1,6}\b|at Object\.|node_modules|engine|node:|is not (?:a function|defined)/i,
    but: /https?:\/\/|\bVM\d|\bat JSON\.parse|in JSON at/,
    means: 'The syntax or a package needs a newer node than the one that runs.',
    causes: [
      {
        says: 'iisnode starts an old node: the PATH of the service, nodeProcessCommandLine, or the setting of Azure',
        fix: 'give the full path of a new node.exe; on Azure WEBSITE_NODE_DEFAULT_VERSION=~22',
      },
      {
        says: 'a package was updated and needs a newer node',
        fix: 'install node 22, or the older version of the package',
      },
      { says: 'the file itself has a syntax error', fix: 'node --check FILE', rules: ['ENTRY_SYNTAX_ERROR'] },
    ],
    apart: 'node -v with the very executable of iisnode: log process.version in the entry point.',
    sources: [
      iisnodeIssue(625),
      'https://github.com/nightscout/cgm-remote-monitor/issues/1453',
      'https://github.com/MicrosoftDocs/azure-docs/issues/13718',
    ],
    follows: ['require-of-es-module'],
  },
  {
    id: 'syntax-error',
    example: 'SyntaxError: Unexpected token ) at Module._compile (interceptor.js)',
    says: 'node cannot parse a file of the app',
    text: [
      /SyntaxError: (?:Unexpected (?:token|end of input|string|number|template)|missing \)|Invalid (?:or unexpected token|left-hand|regular)|Identifier '[^'\n]{1,80}' has already)/,
    ],
    with: /interceptor\.js|Module\._compile|wrapSafe|\bat Object\.|node_modules|node:internal/,
    but: /https?:\/\/|\bVM\d|\bat JSON\.parse|in JSON at|is not valid JSON/,
    means: 'The file has a mistake, or is written for a newer node. The lines above the message name file and line.',
    causes: [
      {
        says: 'iisnode starts an old node: the stack has module.js, which new versions do not have',
        fix: 'give the full path of a new node.exe in nodeProcessCommandLine',
        when: /\(module\.js:\d{1,5}/,
      },
      { says: 'the file has a syntax error', fix: 'node --check FILE', rules: ['ENTRY_SYNTAX_ERROR'] },
      {
        says: 'the file is TypeScript or JSX',
        fix: 'build it, and start what the build makes',
        rules: ['ENTRY_NOT_BUILT'],
      },
    ],
    apart: 'node --check FILE on your machine, then with the node of the server.',
    sources: [iisnodeIssue(638), iisnodeIssue(625)],
    follows: ['require-of-es-module', 'node-too-old'],
  },
  {
    id: 'bad-node-option',
    example: 'node.exe: bad option: --pending-pipe-instances=5000',
    says: 'node refuses a switch of nodeProcessCommandLine',
    text: [
      /node(?:\.exe)?: bad option: /i,
      /(?:^|: )bad option: -/im,
      /\bis not allowed in NODE_OPTIONS\b/i,
      /\[DEP0062\]|`node --debug` and `node --debug-brk` are invalid/,
    ],
    means: 'node exits with code 9: every request ends in 500.1002.',
    causes: [
      {
        says: '--pending-pipe-instances, --debug or another switch that this node does not have',
        fix: 'remove it from nodeProcessCommandLine',
        rules: ['PIPE_INSTANCES_AS_ARGUMENT'],
      },
    ],
    apart: 'The message names the switch.',
    sources: ['https://nodejs.org/api/cli.html', iisnodeIssue(487)],
  },
  {
    id: 'removed-socket-api',
    example: 'TypeError: io.configure is not a function',
    says: 'The code calls functions of an older socket.io',
    text: [
      /\bio\.(?:set|configure|enable|disable|on|of|use|emit)\b[^\n]{0,20}is not a function/,
      /(?:Object|#<Server>|#<Object>|undefined) has no method '(?:configure|set|listen)'/,
      /require\(\.\.\.\)\.listen is not a function/,
      /\b(?:io|socketio|socketIO)\.listen is not a function/i,
      /(?:require\(\.\.\.\)|\bsocket(?:io|IO|_io|Io)|\bio) is not a function/,
    ],
    means: 'configure was removed in 1.0, set in 3.0; since 3.0 the module exports { Server }.',
    causes: [
      {
        says: 'the code is of another major version of socket.io than the installed one',
        fix: "const { Server } = require('socket.io'); const io = new Server(server, { path, cors })",
        rules: ['REMOVED_SOCKET_API'],
      },
    ],
    apart: 'npm ls socket.io prints the installed version.',
    sources: [
      'https://socket.io/docs/v4/migrating-from-2-x-to-3-0/',
      'https://github.com/socketio/socket.io/issues/1517',
      iisnodeIssue(591),
    ],
  },
  {
    id: 'old-socket-io',
    example: "TypeError: Cannot read property 'prototype' of undefined at node_modules\\socket.io\\lib\\store.js:35:42",
    says: 'The installed socket.io is too old for this node',
    text: [/node_modules[\\/]socket\.io[\\/]lib[\\/](?:store|manager|static|parser)\.js/i],
    means: 'socket.io 0.9 uses parts of node that were removed long ago: the app ends at its start.',
    causes: [
      {
        says: 'package.json asks for socket.io 0.9',
        fix: 'npm install socket.io@4, and change io.set and resource to options',
        rules: ['REMOVED_SOCKET_API'],
      },
    ],
    apart: 'lib/store.js and lib/manager.js exist in 0.9 only.',
    sources: ['https://github.com/tjanczuk/dante/issues/7', 'https://socket.io/docs/v4/migrating-from-0-9/'],
  },
  {
    id: 'express-5-path',
    example: 'TypeError: Missing parameter name at 1: https://git.new/pathToRegexpError',
    says: 'A route has a path that Express 5 does not accept',
    text: [/Missing parameter name at \d{1,4}/i, /path-to-regexp[^\n]{0,120}(?:Missing|Unexpected)/i, /\bPathError\b/],
    means: "Express 5 needs a name for each wildcard: '*' alone is an error at start.",
    causes: [
      {
        says: "app.get('*') or a route with ? or () in its path",
        fix: "app.get('/{*path}', ...), or stay with Express 4",
      },
    ],
    apart: 'The stack names the line of the route.',
    sources: ['https://expressjs.com/en/guide/migrating-5.html'],
  },
  {
    id: 'openssl-error',
    example: 'Error: error:0308010C:digital envelope routines::unsupported',
    says: 'A package uses an old algorithm of OpenSSL',
    text: [/\bERR_OSSL_EVP_UNSUPPORTED\b/, /digital envelope routines::unsupported/i],
    means: 'node 17 and later come with OpenSSL 3; webpack 4 and older packages use MD4.',
    causes: [
      {
        says: 'a bundler of an old version runs, usually in the build',
        fix: 'update webpack to 5, or build with node 16',
      },
    ],
    apart: 'The stack names the package.',
    sources: [errors],
  },
];
