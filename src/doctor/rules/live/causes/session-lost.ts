import { oneMachine, stickyProcesses } from '../../../seen/ruled-out.js';
import type { Failure, LiveCauses } from './live-cause.js';
import { onAzure } from './signs.js';

const cookies = ({ facts }: Failure): readonly string[] => facts.probe.sockets?.session?.stickyCookies ?? [];
const cookieOfIisnode = (failure: Failure): string | undefined =>
  cookies(failure).includes('iisnode.session.cookie')
    ? "iisnode's cookie keeps the client at its process (iisnode.session.cookie was set)"
    : undefined;
const cookieOfArr = (failure: Failure): string | undefined => {
  const name = cookies(failure).find((each) => /^ARRAffinity/i.test(each));
  return name && `the cookie ${name} keeps the client at its machine`;
};
/** Those of several that were lost: a restart loses all from one moment on, processes that take turns lose a part. */
const isPart = ({ step: { seen } }: Failure): string | undefined => {
  const [, lost, all] = /(\d+) of (\d+) answered 400/.exec(seen) ?? [];
  return lost === undefined || lost === all ? undefined : `${lost} of ${all} requests were lost: they are spread`;
};

/** A session is not known to the process that gets its requests. */
export const sessionLost: LiveCauses = {
  causes: [
    {
      says: 'several node processes share the requests, and nothing keeps a client at its process',
      fix: 'nodeProcessCountPerApplication="1", or nodeProcessStickySessions="true" with an adapter, or transports: [\'websocket\'] on both ends',
      rules: [
        'POLLING_WITHOUT_STICKY_SESSIONS',
        'SESSION_LOST',
        'CLUSTER_FORKS',
        'PLATFORM_POLLING_SPREAD',
        'CLUSTER_SPREADS_POLLS',
      ],
      unless: stickyProcesses,
      speaks: isPart,
      refuted: cookieOfIisnode,
    },
    {
      says: 'several machines or instances share the requests without affinity',
      fix: 'switch ARR affinity on (Azure: Configuration, General settings, Session affinity), or the websocket transport alone',
      unless: oneMachine,
      speaks: (failure) =>
        failure.facts.probe.sockets?.session?.affinityOff
          ? 'the app sends Arr-Disable-Session-Affinity: true'
          : (cookieOfIisnode(failure) ?? onAzure(failure)),
      refuted: cookieOfArr,
    },
    {
      says: 'the process is restarted while clients are connected: a crash, a recycle, or a watched file that the app writes',
      fix: 'read the log for new process ids; watchedFiles="web.config", idleTimeout 0 of the pool',
      rules: ['WATCHED_FILE_WRITTEN', 'POOL_RECYCLES'],
    },
    {
      says: 'a proxy or a firewall in front removes cookies, by which clients stay with their process',
      fix: 'let Cookie and Set-Cookie pass',
    },
  ],
  apart:
    'On every second request, and clients reconnect forever: several processes or machines. Once, and clients recover: a restart.',
};
