import type { Family } from '../known-text.js';
import { iisnodeIssue } from './sources.js';

/** Lines that apps print, in the logs of iisnode; those of a folder of logs are counted in src/doctor/seen/logs.ts. */
export const log: Family = {
  name: 'log',
  rule: 'SEEN_LOG',
  texts: [
    {
      id: 'listens-on-a-port',
      example: 'Server listening on port 3000',
      severity: 'warning',
      says: 'The app says that it listens on a TCP port, and iisnode waits at a pipe',
      text: [/\b(?:listening|listen|running|started|ready)\b[^\n]{0,60}(?:\bport:? |:)(?!443\b)\d{2,5}\b/i],
      but: /\bE(?:ADDRINUSE|ACCES)\b|\bError\b|\\pipe\\|\brequest|\bdatabase|mongo|redis|sql|^\s{0,9}at .{1,500}:\d{1,9}\)?$/i,
      means: 'Under iisnode process.env.PORT is the name of a pipe; a server on a number is not found.',
      causes: [
        {
          says: 'the app listens on a fixed port',
          fix: 'server.listen(process.env.PORT || 3000)',
          rules: ['FIXED_PORT', 'GATEWAY_PORT', 'WRONG_SERVER_LISTENS'],
        },
        { says: 'PORT is made a number', fix: 'pass it unchanged', rules: ['PORT_NUMERIC', 'PIPE_AS_PORT_OPTION'] },
        { says: 'the line is of a console, where PORT is not set', fix: 'nothing to do' },
      ],
      apart: 'Is the line in a log of iisnode? Then the page answers 500.1001 after 25 s.',
      sources: [iisnodeIssue(335), iisnodeIssue(417), iisnodeIssue(510)],
    },
    {
      id: 'restarts-often',
      severity: 'warning',
      says: 'iisnode starts the app again and again',
      means: 'Each start has its own process id in the names of the log files. All sockets are dropped each time.',
      causes: [
        {
          says: 'the app crashes: its last lines in stderr say why',
          fix: 'correct the error that the log has',
        },
        {
          says: 'a watched file changes: the app writes into a folder of watchedFiles (*.js;iisnode.yml)',
          fix: 'watchedFiles="web.config", or write elsewhere',
        },
        { says: 'the pool is recycled: idle time-out, a memory limit', fix: 'idleTimeout 0; read the event log' },
      ],
      apart:
        'A stack at the end of each stderr file is a crash; none, and node.exe of the same second, a watched file.',
      sources: [iisnodeIssue(406), iisnodeIssue(442), 'iisnode 0.2.27, interceptor.js'],
      follows: ['node'],
    },
  ],
};
