import { iisnodeSock } from '../../../typed-command.js';
import type { Family } from '../known-text.js';

/** What only a recording of a browser shows; src/doctor/seen/har finds it. */
export const capture: Family = {
  name: 'capture',
  rule: 'SEEN_CAPTURE',
  texts: [
    {
      id: 'page-failed',
      says: 'The page itself did not arrive',
      means: 'What fails with the page comes before everything that it loads.',
      causes: [
        { says: 'IIS or the app fails: see the status', fix: 'give the text of the page to --seen' },
        {
          says: 'no rule sends the page to node (404, 403)',
          fix: 'a rule for every URL that is not a file',
          rules: ['PAGE_NOT_SERVED', 'ROUTES_NOT_REWRITTEN', 'LIVE_PAGE_FAILS', 'PAGE_FAILED'],
        },
      ],
      apart: 'The status: 404 a rule, 500 and more the app or iisnode.',
      sources: ['http://www.softwareishard.com/blog/har-12-spec/'],
      follows: ['iisnode', 'iis', 'configuration', 'node', 'browser'],
    },
    {
      id: 'asset-failed',
      severity: 'warning',
      says: 'A file that the page loads did not arrive',
      means: 'The page is shown without it; a missing script often means a page that does nothing.',
      causes: [
        {
          says: 'the address begins with / and the app is in a virtual directory',
          fix: 'a relative address',
          rules: ['ROOT_ABSOLUTE_URL', 'LIVE_FILE_MISSING', 'PAGE_FILE_MISSING'],
        },
        { says: 'the folder is not built or not deployed', fix: 'build it', rules: ['SERVED_FOLDER_NOT_BUILT'] },
        { says: 'a rule sends the URL elsewhere', fix: `${iisnodeSock} trace URL`, rules: ['ROUTES_NOT_REWRITTEN'] },
      ],
      apart: 'Does the address have the path of the app in front?',
      sources: ['http://www.softwareishard.com/blog/har-12-spec/'],
    },
    {
      id: 'no-upgrade',
      severity: 'warning',
      says: 'The client stays on polling: no WebSocket was tried',
      means: 'socket.io tries the upgrade after the first poll, unless the options forbid it.',
      causes: [
        {
          says: "transports: ['polling'] or upgrade: false in the client or the server",
          fix: 'leave transports out',
          rules: ['TRANSPORTS_UNKNOWN'],
        },
        { says: 'the recording ended before the upgrade, or the session was lost', fix: 'record for half a minute' },
      ],
      apart: '"upgrades" in the body of the handshake: [] is the server.',
      sources: ['https://socket.io/docs/v4/how-it-works/'],
      follows: ['session-id-unknown', 'browser', 'iisnode'],
    },
    {
      id: 'several-sessions',
      severity: 'warning',
      says: 'The client began several sessions: the connection does not hold',
      means: 'Each handshake without sid is a new session. One per page is normal.',
      causes: [
        {
          says: 'several processes share the polls',
          fix: 'one process, or sticky sessions',
          rules: ['POLLING_WITHOUT_STICKY_SESSIONS', 'CLUSTER_SPREADS_POLLS', 'LIVE_SESSION_LOST', 'SESSION_LOST'],
        },
        { says: 'the process was restarted meanwhile', fix: 'read the log for new process ids' },
        { says: 'the page calls io() more than once', fix: 'one socket for the page' },
      ],
      apart: 'What ended each session: a 400, a 5xx, or no request at all.',
      sources: ['https://socket.io/docs/v4/how-it-works/'],
      follows: ['session-id-unknown', 'browser', 'iisnode', 'protocol-version', 'transport-unknown'],
    },
    {
      id: 'answer-withheld',
      severity: 'warning',
      says: 'Streamed answers arrive late and in one piece',
      means: 'The answer of a stream waited in a buffer before its first byte came.',
      causes: [
        {
          says: 'iisnode does not flush',
          fix: 'flushResponse="true" and responseBufferLimit="0"',
          rules: ['STREAM_NOT_FLUSHED'],
        },
        {
          says: 'compression keeps a block until it is full',
          fix: 'doDynamicCompression="false"',
          rules: ['STREAM_COMPRESSED'],
        },
        { says: 'a proxy in front buffers', fix: 'switch its buffering off' },
      ],
      apart: 'Content-Encoding: gzip on the stream is compression.',
      sources: [
        'https://github.com/tjanczuk/iisnode/issues/503',
        'https://github.com/aspnet/AspNetCoreModule/issues/16',
      ],
    },
    {
      id: 'slow-start',
      severity: 'warning',
      says: 'The first answer took about 25 s',
      means:
        'iisnode tries the pipe 100 times, every 250 ms: that long it waits for an app that does not listen there.',
      causes: [
        {
          says: 'the app does not listen on process.env.PORT',
          fix: 'server.listen(process.env.PORT)',
          rules: ['FIXED_PORT', 'PORT_NUMERIC', 'GATEWAY_PORT'],
        },
        { says: 'the app takes long to start', fix: 'listen before the slow work' },
      ],
      apart: 'Does the second request come at once? Then it is the start.',
      sources: ['iisnode 0.2.27, cprotocolbridge.cpp CreateNamedPipeConnection'],
      follows: ['500-1001'],
    },
  ],
};
