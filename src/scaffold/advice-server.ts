import type { Listen, ServerScript, SocketServer } from '../source/index.js';
import { socketPathCode } from '../webconfig/index.js';
import { quoted, socketPath } from './advice-place.js';
import type { Advice } from './types.js';

/** Where the server answers and listens. */
export function adviseServers(scripts: readonly ServerScript[], vdirPath: string, speaksSocketIo = true): Advice[] {
  const servers = scripts.flatMap(({ sockets }) => sockets.servers);
  const listens = scripts.flatMap((script) => script.listens).filter(({ guarded }) => !guarded);
  const onPipe = listens.some(({ port, isCoerced }) => port.kind !== 'literal' && !isCoerced);
  return [
    ...servers.map((server) => aboutPath(server, vdirPath)),
    ...(servers.length === 0 && speaksSocketIo ? [missingServer(vdirPath)] : []),
    ...listens.flatMap((listen) => aboutListen(listen, onPipe)),
  ];
}

function aboutPath({ at, options }: SocketServer, vdirPath: string): Advice {
  const wanted = socketPath(vdirPath);
  const base = quoted('server-path', at);
  const suggestion = `path: ${socketPathCode()}`;
  const { path } = options;
  if (path?.value.kind === 'environment') {
    return { ...base, change: false, message: "the server takes socket.io's path from the environment" };
  }
  if (path?.value.kind === 'unknown') {
    return { ...base, change: true, message: `see that this path is ${wanted}`, suggestion };
  }
  if (path === undefined && !options.known) {
    return { ...base, change: true, message: `see that the options of the server have path ${wanted}`, suggestion };
  }
  const answers = path?.value.kind === 'literal' ? String(path.value.value) : '/socket.io';
  if (answers.replace(/\/$/, '') === wanted) {
    return { ...base, change: false, message: `the server answers at ${wanted}` };
  }
  return {
    ...base,
    change: true,
    message: `the server answers at ${answers}, but under IIS its requests come to ${wanted}`,
    suggestion,
  };
}

function aboutListen({ port, at, isCoerced }: Listen, onPipe: boolean): Advice[] {
  const base = quoted('listen', at);
  // PORT is the name of a pipe under iisnode 0.2.27 (cnodeprocess.cpp).
  if (isCoerced) {
    const message = 'PORT is the name of a pipe under iisnode: do not make a number of it';
    return [{ ...base, change: true, message, suggestion: 'listen(process.env.PORT || 3000)' }];
  }
  if (port.kind === 'environment') {
    return [{ ...base, change: false, message: 'the server listens on the pipe that iisnode names in PORT' }];
  }
  if (port.kind !== 'literal') return [];
  if (onPipe) {
    return [
      {
        ...base,
        change: true,
        message: `a second server listens on port ${port.value}, which browsers do not reach: IIS knows nothing of it`,
        suggestion: 'give socket.io the http server that listens on process.env.PORT instead of a port',
      },
    ];
  }
  return [
    {
      ...base,
      change: true,
      message: `the server listens on port ${port.value}, but iisnode waits at the pipe named in PORT`,
      suggestion: `listen(process.env.PORT || ${port.value})`,
    },
  ];
}

function missingServer(vdirPath: string): Advice {
  return {
    topic: 'server-path',
    change: true,
    message: `no socket.io server was found in this app; it must answer at ${socketPath(vdirPath)}`,
    suggestion: `new Server(server, { path: ${socketPathCode()} })`,
  };
}
