import { findCalls, type SourceCall } from './source-calls.js';
import { type AppSources, readSources } from './source-files.js';
import type { Advice } from './types.js';

/** What server and client code must do for the vdir path, with the lines found; reads the app's own sources. */
export function adviseApp(directory: string, vdirPath: string): Advice[] {
  return advise(readSources(directory), vdirPath);
}

/** The same over sources already read. */
export function advise(sources: AppSources, vdirPath: string): Advice[] {
  const calls = sources.scripts.flatMap(findCalls);
  const servers = calls.filter((call) => call.kind === 'server').map((call) => aboutServer(call, vdirPath));
  const clients = calls.filter((call) => call.kind === 'client').map((call) => aboutClient(call, vdirPath));
  const tags = sources.scriptTags.flatMap((tag) => aboutScript(tag, vdirPath));
  const listens = calls.filter((call) => call.kind === 'listen').flatMap(aboutListen);
  return [...(servers.length > 0 ? servers : [missingServer(vdirPath)]), ...clients, ...tags, ...listens];
}

const socketPath = (vdirPath: string): string => `${vdirPath.replace(/\/$/, '')}/socket.io`;
const fromEnvironment = "(process.env.virtualDirPath || '/').replace(/\\/$/, '') + '/socket.io'";

function aboutServer(call: SourceCall, vdirPath: string): Advice {
  const at = place(call, 'server-path');
  const wanted = socketPath(vdirPath);
  if (call.path !== undefined && /process\.env|virtualDirPath/i.test(call.path)) {
    return { ...at, change: false, message: "the server takes socket.io's path from the environment" };
  }
  const literal = literalText(call.path);
  if (call.path === undefined && call.optionsElsewhere) {
    return {
      ...at,
      change: true,
      message: `see that the options of the server have path ${wanted}`,
      suggestion: `path: ${fromEnvironment}`,
    };
  }
  if (literal === undefined && call.path !== undefined) {
    return { ...at, change: true, message: `see that this path is ${wanted}`, suggestion: `path: ${fromEnvironment}` };
  }
  if ((literal ?? '/socket.io').replace(/\/$/, '') === wanted) {
    return { ...at, change: false, message: `the server answers at ${wanted}` };
  }
  return {
    ...at,
    change: true,
    message: `the server answers at ${literal ?? '/socket.io'}, but under IIS its requests come to ${wanted}`,
    suggestion: `path: ${fromEnvironment}`,
  };
}

function aboutClient(call: SourceCall, vdirPath: string): Advice {
  const at = place(call, 'client-path');
  const wanted = socketPath(vdirPath);
  const literal = literalText(call.path);
  if (
    (literal ?? (call.path === undefined && !call.optionsElsewhere ? '/socket.io' : '')).replace(/\/$/, '') === wanted
  ) {
    return { ...at, change: false, message: `the client asks ${wanted}` };
  }
  const suggestion = `path: '${wanted}'`;
  if (call.optionsElsewhere || (call.path !== undefined && literal === undefined)) {
    const derived = /location|baseURI|import\.meta/.test(call.path ?? '');
    return derived
      ? { ...at, change: false, message: "the client takes socket.io's path from the page's URL" }
      : {
          ...at,
          change: call.path === undefined,
          message: `see that the client's path is ${wanted} when the page is served from ${vdirPath}`,
          suggestion,
        };
  }
  return {
    ...at,
    change: true,
    message: `the client asks ${literal ?? '/socket.io'}, but under IIS socket.io is at ${wanted}`,
    suggestion,
  };
}

function aboutScript(tag: AppSources['scriptTags'][number], vdirPath: string): Advice[] {
  if (!/(^|\/)socket\.io\/socket\.io(\.esm|\.msgpack)?(\.min)?\.js$/.test(tag.src) || /^(https?:)?\/\//.test(tag.src))
    return [];
  const wanted = `${socketPath(vdirPath)}/socket.io.js`;
  const fits = !tag.src.startsWith('/') || tag.src.startsWith(`${socketPath(vdirPath)}/`);
  const at = { topic: 'client-script', file: tag.file, line: tag.line, code: tag.code } as const;
  if (fits) return [{ ...at, change: false, message: 'the page loads the client script from the right place' }];
  return [
    {
      ...at,
      change: true,
      message: `the page loads ${tag.src}, but under IIS the client script is at ${wanted}`,
      suggestion: `src="${tag.src.replace(/^\//, '')}"`,
    },
  ];
}

function aboutListen(call: SourceCall): Advice[] {
  const at = place(call, 'listen');
  const port = call.port ?? '';
  const suggestion = 'listen(process.env.PORT || 3000)';
  // PORT is the name of a pipe under iisnode 0.2.27 (cnodeprocess.cpp).
  if (/(parseInt|Number|\+|~~)\s*\(?\s*process\.env\.PORT/.test(port)) {
    return [
      {
        ...at,
        change: true,
        message: 'PORT is the name of a pipe under iisnode: do not make a number of it',
        suggestion,
      },
    ];
  }
  if (/process\.env\.PORT|process\.env\[['"]PORT['"]\]/.test(port)) {
    return [{ ...at, change: false, message: 'the server listens on the pipe that iisnode names in PORT' }];
  }
  if (/^\d+$/.test(port)) {
    return [
      {
        ...at,
        change: true,
        message: `the server listens on port ${port}, but iisnode waits at the pipe named in PORT`,
        suggestion,
      },
    ];
  }
  return [];
}

function missingServer(vdirPath: string): Advice {
  return {
    topic: 'server-path',
    change: true,
    message: `no socket.io server was found in this app; it must answer at ${socketPath(vdirPath)}`,
    suggestion: `new Server(server, { path: ${fromEnvironment} })`,
  };
}

function place(call: SourceCall, topic: Advice['topic']): Pick<Advice, 'topic' | 'file' | 'line' | 'code'> {
  return { topic, file: call.file, line: call.line, code: call.code };
}

/** The text of a string literal without anything filled in. */
function literalText(source: string | undefined): string | undefined {
  return /^(['"`])([^'"`$\\]*)\1$/.exec(source ?? '')?.[2];
}
