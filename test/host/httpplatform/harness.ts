import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {
  createPlatformModule,
  type PlatformFailure,
  type PlatformModule,
} from '../../../src/host/httpplatform/index.js';
import type { HostEvent } from '../../../src/host/index.js';
import type { HttpPlatformSettings } from '../../../src/pipeline/sections/index.js';

export interface PlatformSite {
  readonly folder: string;
  readonly port: number;
  readonly module: PlatformModule;
  readonly events: HostEvent[];
  /** Failures the module left to IIS, in order. */
  readonly failures: PlatformFailure[];
  /** The text of the answer, or `502.3` and the like. */
  get(target?: string): Promise<string>;
  /** The next (or a past) event with that code. */
  event(code: string): Promise<HostEvent>;
  close(): Promise<void>;
}

/** Starts `server.js` of a folder with these files with the node that runs this, and gives the port as PORT. */
export const platformDefaults: HttpPlatformSettings = {
  processPath: 'node',
  arguments: 'server.js',
  startupTimeLimit: 60,
  startupRetryCount: 10,
  rapidFailsPerMinute: 10,
  requestTimeout: 0,
  stdoutLogEnabled: false,
  stdoutLogFile: '.\\stdout',
  processesPerApplication: 1,
  forwardWindowsAuthToken: false,
  recycleOnFileChange: [],
  variables: [['PORT', '%HTTP_PLATFORM_PORT%']],
  version: 1,
  origin: undefined,
};

/** HttpPlatformHandler behind a real HTTP server that gives it every request. */
export async function platformSite(
  files: Readonly<Record<string, string>>,
  settings: Partial<HttpPlatformSettings> = {},
): Promise<PlatformSite> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'platform '));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  const events: HostEvent[] = [];
  const failures: PlatformFailure[] = [];
  const waiting = new Set<(event: HostEvent) => void>();
  const module = createPlatformModule({
    environment: { ...process.env, PORT: '3000' },
    onEvent: (event) => {
      events.push(event);
      for (const tell of waiting) tell(event);
    },
  });
  const server = http.createServer((incoming, response) => {
    const request = {
      incoming,
      headers: Object.entries(incoming.headers).map(([name, value]) => [name, String(value)] as const),
      url: incoming.url ?? '/',
      settings: { ...platformDefaults, ...settings },
      folder,
      applicationPath: '/dante',
      configPath: 'MACHINE/WEBROOT/APPHOST/Default Web Site/dante',
      encrypted: false,
      webSocket: false,
      addedHeaders: [],
    };
    void module.request(request, response).then((failure) => {
      if (failure === undefined) return;
      failures.push(failure);
      response.end(`${failure.status}.${failure.subStatus}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    folder,
    port,
    module,
    events,
    failures,
    get: async (target = '/') => (await fetch(`http://127.0.0.1:${port}${target}`)).text(),
    event: (code) =>
      new Promise((resolve) => {
        const tell = (event: HostEvent): void => {
          if (event.code === code) resolve(event);
        };
        for (const event of events) tell(event);
        waiting.add(tell);
      }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await module.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
