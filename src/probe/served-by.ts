import type { Exchange } from './traffic.js';

/** A header, and what it says of what is in front of the app. The parts of a pattern are handed on. */
const signs: readonly (readonly [header: string, pattern: RegExp, says: (part: string) => string])[] = [
  // HTTP.SYS answers by itself where no site is bound, or the queue of the pool is full (iis.md 4.2).
  ['server', /^(Microsoft-HTTPAPI\/\S+)/i, (name) => `${name} (HTTP.SYS itself, without a site of IIS)`],
  ['server', /^(?!Microsoft-HTTPAPI)(.+)$/i, (name) => name],
  ['x-powered-by', /^(.+)$/, (name) => name],
  ['iisnode-debug', /(?:iisnode_ver=([\w.]+))?/, (version) => `iisnode ${version}`.trim()],
  ['set-cookie', /\biisnode\.session\.cookie=/, () => 'sticky sessions of iisnode (cookie)'],
  ['set-cookie', /\bARRAffinity=/i, () => 'affinity of ARR or Azure App Service (cookie ARRAffinity)'],
  ['x-azure-ref', /^/, () => 'Azure Front Door'],
  ['x-ms-request-id', /^/, () => 'a service of Azure'],
  ['cf-ray', /^/, () => 'Cloudflare'],
  ['via', /^(.+)$/, (name) => `a proxy (Via: ${name})`],
  ['x-cache', /^(.+)$/, (state) => `a cache (X-Cache: ${state})`],
];

const longest = 80;

/** What answers for the app, by the headers of the answers: a server, a proxy, a module. Each once, in the order of the list. */
export function servedBy(exchanges: readonly Exchange[]): readonly string[] {
  const found = new Set<string>();
  for (const [header, pattern, says] of signs) {
    for (const { headers } of exchanges) {
      for (const value of [headers[header] ?? []].flat()) {
        const match = pattern.exec(value);
        if (match !== null) found.add(says(match[1] ?? '').slice(0, longest));
      }
    }
  }
  return [...found].slice(0, 12);
}
