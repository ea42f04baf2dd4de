import http from 'node:http';
import https from 'node:https';

/** One answer, body as text up to the limit. */
export interface ProbeAnswer {
  /** After redirects. */
  readonly url: URL;
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
  /** Of the whole body. */
  readonly bytes: number;
}

export interface FetchOptions {
  /** ms for the whole exchange. */
  readonly timeout: number;
  readonly signal: AbortSignal | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** GET unless said otherwise. */
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
}

const bodyLimit = 1_000_000;

/**
 * Asks as a browser does: redirects are followed (five at most), the certificate is not judged (a test machine's own).
 * @throws what the socket throws, or an Error after `timeout`.
 */
export async function fetchPage(start: URL, options: FetchOptions): Promise<ProbeAnswer> {
  let url = start;
  for (let redirects = 0; ; redirects++) {
    const answer = await fetchOnce(url, options);
    const location = answer.headers.location;
    if (answer.status < 300 || answer.status > 399 || location === undefined) return answer;
    if (redirects === 5) throw new Error(`more than five redirects, the last one to ${location}`);
    url = new URL(location, url);
  }
}

function fetchOnce(url: URL, options: FetchOptions): Promise<ProbeAnswer> {
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      agent: false,
      method: options.method ?? 'GET',
      headers: { 'user-agent': 'iisnode-sock', accept: '*/*', connection: 'close', ...options.headers },
      rejectUnauthorized: false,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const timer = setTimeout(() => sent.destroy(new Error(`no answer within ${options.timeout} ms`)), options.timeout);
    sent.on('close', () => clearTimeout(timer));
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        if (bytes < bodyLimit) chunks.push(chunk);
        bytes += chunk.length;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          url,
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString('utf8'),
          bytes,
        }),
      );
    });
    sent.end(options.body);
  });
}
