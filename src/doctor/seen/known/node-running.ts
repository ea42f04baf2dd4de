import type { KnownText } from '../known-text.js';
import { azureIssue, iisnodeIssue } from './sources.js';

const errors = 'https://nodejs.org/api/errors.html';

/** Listening, files, memory, other servers. */
export const running: readonly KnownText[] = [
  {
    id: 'pipe-in-use',
    example: 'Error: listen EADDRINUSE: address already in use \\\\.\\pipe\\4b8a27d0-c235-4d2b-8a30-3ddb16861462',
    says: 'Two servers listen on the same pipe',
    text: [/\bEADDRINUSE\b[^\n]{0,60}\\pipe\\/i],
    means: 'process.env.PORT is one pipe for one server; a second listen on it fails.',
    causes: [
      {
        says: 'the app calls listen twice, on two servers or through a package that listens itself',
        fix: 'one http server that listens once; give it to socket.io',
        rules: ['WRONG_SERVER_LISTENS', 'GATEWAY_PORT'],
      },
      { says: 'cluster or a process manager starts several processes', fix: 'remove it', rules: ['CLUSTER_FORKS'] },
    ],
    apart: 'The stack names the second listen.',
    sources: [errors, iisnodeIssue(391)],
  },
  {
    id: 'port-in-use',
    example: 'Error: listen EADDRINUSE: address already in use :::3000',
    says: 'The app listens on a TCP port that is in use',
    text: [/\bEADDRINUSE\b/],
    means: 'Under iisnode the app has to listen on the pipe in process.env.PORT; a fixed port collides.',
    causes: [
      {
        says: 'the app listens on a fixed port, and IIS or another process of the app has it',
        fix: 'server.listen(process.env.PORT || 3000), and socket.io on the same server',
        rules: ['FIXED_PORT', 'GATEWAY_PORT', 'PORT_NUMERIC'],
      },
      {
        says: 'the old process has not ended yet, or several processes run',
        fix: 'nodeProcessCountPerApplication="1", and no server with a port of its own',
      },
    ],
    apart: 'netstat -ano | findstr :PORT names the process that has the port.',
    sources: [errors, iisnodeIssue(510), iisnodeIssue(335)],
    follows: ['pipe-in-use'],
  },
  {
    id: 'pipe-access-denied',
    example: 'Error: listen EACCES: permission denied \\\\.\\pipe\\4b8a27d0-c235-4d2b-8a30-3ddb16861462',
    says: 'The app must not open its pipe',
    text: [/\bEACCES\b[^\n]{0,60}\\pipe\\/i],
    means: 'A pipe of that name belongs to another process or user.',
    causes: [
      {
        says: 'the app listens twice on the pipe, or a child process does',
        fix: 'listen once',
        rules: ['CLUSTER_FORKS', 'GATEWAY_PORT'],
      },
      { says: 'PORT is set by hand to a pipe of another user', fix: 'remove PORT from appSettings' },
    ],
    apart: 'Is PORT in appSettings or in the environment of the server?',
    sources: [errors, iisnodeIssue(195)],
  },
  {
    id: 'port-access-denied',
    example: 'Error: listen EACCES: permission denied 0.0.0.0:80',
    says: 'The app listens on a TCP port that it may not use',
    text: [/\blisten EACCES\b/, /Port \d{1,5} requires elevated privileges/i],
    means: 'IIS has ports 80 and 443; under iisnode the app has to listen on the pipe in process.env.PORT.',
    causes: [
      {
        says: 'the app listens on port 80 or 443, or on a reserved range',
        fix: 'server.listen(process.env.PORT || 3000)',
        rules: ['FIXED_PORT', 'GATEWAY_PORT'],
      },
    ],
    apart: 'The message has the port.',
    sources: [errors, iisnodeIssue(417)],
    follows: ['pipe-access-denied'],
  },
  {
    id: 'port-not-a-number',
    example: 'RangeError [ERR_SOCKET_BAD_PORT]: options.port should be >= 0 and < 65536. Received type number (NaN).',
    says: 'The app makes a number of process.env.PORT, which is the name of a pipe',
    text: [
      /\bERR_SOCKET_BAD_PORT\b/,
      /port should be >= 0 and < 65536/i,
      /"?port"? (?:option|argument) (?:should|must) be (?:>=|a number)/i,
      /\b(?:port:? |localhost:|0\.0\.0\.0:|\*:)NaN\b/i,
      /requires a valid port/i,
    ],
    means: 'parseInt of \\\\.\\pipe\\GUID is NaN: the app throws, or listens on another port.',
    causes: [
      {
        says: 'parseInt, Number, + or a schema with a number is applied to PORT',
        fix: 'pass process.env.PORT to listen unchanged',
        rules: ['PORT_NUMERIC', 'PIPE_AS_PORT_OPTION', 'GATEWAY_PORT'],
      },
      {
        says: 'PORT is given as the option { port }, which takes numbers only',
        fix: 'server.listen(process.env.PORT), or { path: process.env.PORT }',
        rules: ['PIPE_AS_PORT_OPTION'],
      },
    ],
    apart: 'The stack names the call.',
    sources: [errors, iisnodeIssue(46), iisnodeIssue(501), 'https://github.com/ottomated/CrewLink-server/issues/30'],
  },
  {
    id: 'parent-folder-unreadable',
    example: "Error: EPERM: operation not permitted, lstat 'C:\\Users\\name'",
    says: 'node must not look at a folder above the app',
    text: [/\b(?:EPERM|EACCES)\b[^\n]{0,60}\b(?:lstat|realpath|scandir)\b/],
    means: 'node resolves the real path of the entry point and touches every folder above it.',
    causes: [
      {
        says: 'the app is below C:\\Users or on a share, and the pool identity must not list those folders',
        fix: 'move the app to C:\\inetpub, or grant "list folder" on each folder above',
      },
    ],
    apart: 'The path in the message is the folder.',
    sources: [iisnodeIssue(649), iisnodeIssue(469), iisnodeIssue(541)],
  },
  {
    id: 'write-denied',
    example: "Error: EACCES: permission denied, mkdir 'C:\\site\\iisnode'",
    says: 'The app must not write a file or a folder',
    text: [/\b(?:EPERM|EACCES|EROFS)\b[^\n]{0,60}\b(?:open|mkdir|unlink|rename|write|rmdir|copyfile)\b/],
    means: 'The pool identity may read the folder of the app, not write it.',
    causes: [
      {
        says: 'the app or a package writes into its own folder: uploads, a database, generated files',
        fix: 'grant "modify" on that folder only',
      },
      {
        says: 'the log folder of iisnode cannot be written',
        fix: 'icacls FOLDER\\iisnode /grant "IIS AppPool\\NAME:(OI)(CI)M", or loggingEnabled="false"',
        when: /\b(?:open|mkdir)\b[^\n]{1,260}[\\/]iisnode(?:[\\/]|'|$)/im,
      },
      {
        says: 'on Azure the app runs from a package, which is read-only',
        fix: 'write below %HOME%\\data, and loggingEnabled="false"',
        when: /\bEROFS\b/,
      },
    ],
    apart: 'The path in the message.',
    sources: [iisnodeIssue(500), errors],
    follows: ['parent-folder-unreadable', 'port-access-denied', 'pipe-access-denied'],
  },
  {
    id: 'file-not-there',
    example: "Error: ENOENT: no such file or directory, open 'C:\\site\\config.json'",
    says: 'The app does not find a file or a folder that it reads',
    text: [/\bENOENT\b[^\n]{0,60}\b(?:open|stat|lstat|scandir|access|copyfile|mkdir|rename)\b/],
    means: 'Relative names are found from the working directory, which under iisnode is the folder of the entry point.',
    causes: [
      { says: 'the file was not deployed (.env, an ignored folder, a build)', fix: 'copy it, or build on the server' },
      {
        says: 'the name is relative to another folder than the one of the entry point',
        fix: 'path.join(__dirname, ...) in place of a relative name',
      },
    ],
    apart: 'The path in the message: is it the folder that you expect?',
    sources: [errors],
    follows: ['entry-not-found', 'package-not-found'],
  },
  {
    id: 'cluster',
    example: 'Error: write ENOTSUP - cannot write to IPC channel.',
    says: 'cluster does not work with the pipe of iisnode',
    text: [
      /\bENOTSUP\b[^\n]{0,60}(?:IPC|write|listen|bind)/i,
      /cannot write to IPC channel/i,
      /\bspawn EBADF\b/,
      /\bEBADF\b[^\n]{0,60}(?:spawn|listen)/,
    ],
    means: 'Windows cannot share a pipe server between processes.',
    causes: [
      {
        says: 'the app or a package forks workers (cluster, throng, pm2 -i, sticky-session)',
        fix: 'remove it; nodeProcessCountPerApplication starts more processes',
        rules: ['CLUSTER_FORKS'],
      },
    ],
    apart: 'cluster in the stack.',
    sources: [iisnodeIssue(391), iisnodeIssue(419), 'https://github.com/ember-fastboot/fastboot-app-server/issues/88'],
  },
  {
    id: 'out-of-memory',
    example: 'FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory',
    says: 'node ran out of memory',
    text: [/JavaScript heap out of memory/i, /FATAL ERROR: [^\n]{0,80}Allocation failed/],
    means: 'The process ends, all its sockets are dropped, and the next request starts a new one.',
    causes: [
      {
        says: 'the app keeps more and more: sockets, listeners, rooms',
        fix: 'find it with node --heapsnapshot-near-heap-limit=2',
      },
      { says: '32-bit node', fix: 'install x64 node' },
    ],
    apart: 'Does the memory grow with time, or with clients?',
    sources: ['https://nodejs.org/api/cli.html'],
  },
  {
    id: 'service-refused',
    example: 'Error: connect ECONNREFUSED 127.0.0.1:6379',
    says: 'A server that the app needs (database, Redis) does not answer',
    text: [
      /\bECONNREFUSED\b[^\n]{0,80}/,
      /\bMongo(?:Network|ServerSelection)Error\b/,
      /\b(?:WRONGPASS|NOAUTH)\b/,
      /getaddrinfo (?:ENOTFOUND|EAI_AGAIN)\b/,
    ],
    but: /https?:\/\/[^\s]{0,200}socket\.io/,
    means: 'The app connects from the server, where localhost and names may be other ones than at your desk.',
    causes: [
      {
        says: 'the server is not there: the address is the one of the development machine',
        fix: 'set the address for this server (appSettings)',
        rules: ['CONNECTION_STRING_IS_EXAMPLE'],
      },
      { says: 'a firewall, or a password', fix: 'try it from the server: Test-NetConnection HOST -Port PORT' },
    ],
    apart: 'The message has address and port: 6379 Redis, 27017 MongoDB, 1433 SQL Server, 3306 MySQL, 5432 PostgreSQL.',
    sources: [errors],
    follows: ['development-address'],
  },
  {
    id: 'buffer-deprecated',
    example: '(node:4120) [DEP0005] DeprecationWarning: Buffer() is deprecated due to security and usability issues.',
    severity: 'info',
    says: 'A deprecation warning about Buffer() from interceptor.js is harmless',
    text: [/\[DEP0005\] DeprecationWarning/, /Buffer\(\) is deprecated due to security/],
    means: 'The interceptor of iisnode uses an old function. It is not the reason of a failure: read on in the log.',
    causes: [
      {
        says: 'every iisnode has it with node 10 and later',
        fix: 'nothing to do, or --no-deprecation in nodeProcessCommandLine',
      },
    ],
    apart: 'interceptor.js in the trace of --trace-deprecation.',
    sources: [azureIssue(60), azureIssue(107), iisnodeIssue(668)],
    follows: ['node', 'iisnode'],
  },
  {
    id: 'unhandled-rejection',
    example:
      '[UnhandledPromiseRejection: This error originated either by throwing inside of an async function without a catch block]',
    says: 'A promise was rejected and not handled: node ended',
    text: [/\bERR_UNHANDLED_REJECTION\b/, /\bUnhandledPromiseRejection/],
    means: 'Since node 15 this ends the process.',
    causes: [
      {
        says: 'an async function fails without catch: a database, a file',
        fix: 'catch it; the message has the reason',
      },
    ],
    apart: 'The reason in the message.',
    sources: [errors],
    follows: ['node'],
  },
  {
    id: 'uncaught-exception',
    example: 'Application has thrown an uncaught exception and is terminated:',
    says: 'The app threw an exception, and node ended',
    text: [
      /Application has thrown an uncaught exception and is terminated/i,
      /^(?:Type|Reference|Range|Syntax)?Error: [^\n]{1,300}\n\s{1,8}at (?![^\n]{0,300}https?:)[^\n]{1,300}(?:[\\/]|node:)/m,
    ],
    means: 'The lines below it are the stack: the first line of a file of the app is the place.',
    causes: [
      {
        says: 'an error in the code of the app, or in the use of a package',
        fix: 'correct the line that the stack names',
      },
    ],
    apart: 'The message in the line after it.',
    sources: ['iisnode 0.2.27, interceptor.js', iisnodeIssue(260)],
    follows: ['node'],
  },
];
