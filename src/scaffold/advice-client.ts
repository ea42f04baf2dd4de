import { clientTarget, type SocketClient } from '../source/index.js';
import { quoted, socketPath } from './advice-place.js';
import type { AppSources } from './app-sources.js';
import type { Advice } from './types.js';

/** Whom the clients ask, and where the pages get socket.io's client script. */
export function adviseClients({ clients, scriptTags }: AppSources, vdirPath: string): Advice[] {
  return [
    ...clients.flatMap((client) => aboutClient(client, vdirPath)),
    ...scriptTags.flatMap((tag) => aboutScript(tag, vdirPath)),
  ];
}

function aboutClient(client: SocketClient, vdirPath: string): Advice[] {
  const { url, options, at } = client;
  const target = clientTarget(client);
  if (target === 'elsewhere') return [];
  const base = quoted('client-path', at);
  const wanted = socketPath(vdirPath);
  const suggestion = vdirPath === '/' ? 'io()' : `io({ path: '${wanted}' })`;
  if (target === 'port' || target === 'local') {
    const address = url?.value.kind === 'literal' ? String(url.value.value) : url?.text;
    const message = `the client connects to ${address}, which is not there under IIS: leave the address out`;
    return [{ ...base, change: true, message, suggestion }];
  }
  const { path } = options;
  if (path !== undefined && path.value.kind !== 'literal') {
    const derived = /location|baseURI|import\.meta/.test(path.text);
    const message = derived
      ? "the client takes socket.io's path from the page's URL"
      : `see that the client's path is ${wanted} when the page is served from ${vdirPath}`;
    return [{ ...base, change: false, message }];
  }
  if (path === undefined && !options.known) {
    const message = `see that the client's path is ${wanted} when the page is served from ${vdirPath}`;
    return [{ ...base, change: true, message, suggestion: `path: '${wanted}'` }];
  }
  const asks = path?.value.kind === 'literal' ? String(path.value.value) : '/socket.io';
  if (asks.replace(/\/$/, '') === wanted) return [{ ...base, change: false, message: `the client asks ${wanted}` }];
  const message = `the client asks ${asks}, but under IIS socket.io is at ${wanted}`;
  return [{ ...base, change: true, message, suggestion: `path: '${wanted}'` }];
}

function aboutScript(tag: AppSources['scriptTags'][number], vdirPath: string): Advice[] {
  const isClientScript = /(^|\/)socket\.io\/socket\.io(\.esm|\.msgpack)?(\.min)?\.js$/.test(tag.src);
  if (!isClientScript || /^(https?:)?\/\//.test(tag.src)) return [];
  const wanted = `${socketPath(vdirPath)}/socket.io.js`;
  const fits = !tag.src.startsWith('/') || tag.src.startsWith(`${socketPath(vdirPath)}/`);
  const base = quoted('client-script', tag.at);
  if (fits) return [{ ...base, change: false, message: 'the page loads the client script from the right place' }];
  const message = `the page loads ${tag.src}, but under IIS the client script is at ${wanted}`;
  return [{ ...base, change: true, message, suggestion: `src="${wanted}"` }];
}
