import { iisnodeSock } from '../../../../typed-command.js';
import type { LiveCauses } from './live-cause.js';
import { arrInFront, proxyInFront } from './signs.js';

/** The answer to a poll comes late, or not to its end. */
export const pollHeld: LiveCauses = {
  causes: [
    {
      says: 'a proxy in front keeps the answer until it has enough of it',
      fix: 'proxy_buffering off (nginx), responseBufferLimit="0" (ARR), no caching or rewriting of content for the path of the sockets',
      speaks: (failure) => proxyInFront(failure) ?? arrInFront(failure),
    },
    {
      says: 'the requests of a session go to different processes: the POST is answered by one, the poll waits at another',
      fix: 'nodeProcessCountPerApplication="1", or nodeProcessStickySessions="true" with an adapter',
      rules: ['POLLING_WITHOUT_STICKY_SESSIONS', 'CLUSTER_FORKS', 'PLATFORM_POLLING_SPREAD', 'CLUSTER_SPREADS_POLLS'],
    },
    {
      says: 'IIS keeps answers for compression, or iisnode does not flush them',
      fix: '<urlCompression doDynamicCompression="false" /> for the path of the sockets, flushResponse="true" in <iisnode>',
      rules: ['STREAM_NOT_FLUSHED', 'STREAM_COMPRESSED'],
      speaks: ({ facts }) =>
        facts.probe.sockets?.poll?.encoding
          ? `the answer is encoded (${facts.probe.sockets.poll.encoding})`
          : undefined,
    },
    {
      says: 'a program on the way reads every answer to its end: an antivirus program, a filter of the network',
      fix: 'except the address of the app there, or use https',
    },
  ],
  apart: `Ask the server itself, past the proxy (${iisnodeSock} doctor http://SERVER/ on the machine): if the poll is answered there, it is the proxy.`,
};
