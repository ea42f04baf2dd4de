import http from 'node:http';
import https from 'node:https';
import type { SshAddress } from '../../ssh/index.js';
import { Reporter } from '../reporter.js';
import type { DeployEvent } from '../types.js';

const patience = 5_000;

/**
 * The app's URL as others type it, and whether it answers from here: the server itself has checked it, but a firewall may be between.
 * @param url From the server, where a site without a host name is `localhost`.
 */
export async function askFromHere(
  url: string,
  { host }: SshAddress,
  computer: string,
  report: (event: DeployEvent) => void,
  dryRun: boolean,
): Promise<string> {
  const seen = new URL(url);
  if (seen.hostname === 'localhost') seen.hostname = host.includes(':') ? `[${host}]` : host;
  if (dryRun) return seen.href;
  const said = await statusOf(seen);
  const note =
    typeof said === 'number'
      ? `from this machine ${seen.href} answers with ${said}`
      : `${seen.href} does not answer this machine (${said}); on ${computer} itself it does: DNS or a firewall may be the reason`;
  new Reporter(report).note({ id: 'from-here', title: 'Ask from this machine' }, 'doing', note);
  return seen.href;
}

/** The status, or why there is none. */
function statusOf(url: URL): Promise<number | string> {
  return new Promise((resolve) => {
    const { get } = url.protocol === 'https:' ? https : http;
    // The certificate is the browser's matter: the server has looked at it.
    const request = get(url, { timeout: patience, rejectUnauthorized: false, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${patience / 1000} s`)));
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}
