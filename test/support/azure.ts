import { existsSync, mkdirSync, readFileSync, renameSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningHost, serveSite, startHost } from '../../src/host/index.js';
import { temporaryDirectory } from '../appcmd/temporary.js';
import { type Answer, type AzureFault, again, faultOf, json, listen, reply } from './azure-fault.js';
import { Kudu, type KuduOptions } from './kudu.js';

/** The settings of an app that the Azure Resource Manager has. */
export interface ArmSettings {
  webSocketsEnabled: boolean;
  alwaysOn: boolean;
  use32BitWorkerProcess: boolean;
  autoSwapSlotName?: string;
  clientAffinityEnabled: boolean;
  linux?: boolean;
}

export interface AzureOptions extends Partial<Omit<KuduOptions, 'home'>> {
  /** The app is served by the embedded IIS; else its index.html is, by a plain server. */
  readonly iis?: boolean;
}

const ids = { subscription: '11111111-2222-3333-4444-555555555555', group: 'rg' };
const base = `/subscriptions/${ids.subscription}/resourceGroups/${ids.group}/providers/Microsoft.Web/sites/app`;

/** An app of App Service with a slot `staging`, and the Azure Resource Manager, on loopback. It ends with the test. */
export class Azure {
  readonly user = '$app';
  readonly password = 'Geh&eim+1/2=';
  readonly token = 'eyJ0eXAi.token.sig';
  readonly production: Kudu;
  readonly staging: Kudu;
  readonly faults: AzureFault[] = [];
  readonly requests: string[] = [];
  settings: ArmSettings = {
    webSocketsEnabled: true,
    alwaysOn: true,
    use32BitWorkerProcess: false,
    clientAffinityEnabled: true,
  };
  /** Answers of the polling before a swap has ended. */
  swapPolls = 1;
  /** The error code with which the next swap ends. */
  swapError: string | undefined;
  armUrl = '';
  siteUrl = '';
  stagingUrl = '';
  /** The production site alone answers this. */
  brokenInProduction: number | undefined;
  readonly #arm: http.Server;
  readonly #fronts: http.Server[] = [];
  readonly #iis: boolean;
  #host: RunningHost | undefined;
  #swapping: { polls: number } | undefined;

  constructor({ iis = false, ...options }: AzureOptions = {}) {
    const common = { user: this.user, password: this.password, token: this.token, ...options };
    const home = (name: string): string => path.join(temporaryDirectory(), name);
    this.#iis = iis;
    this.production = new Kudu({ ...common, home: home('production') });
    this.staging = new Kudu({ ...common, home: home('staging') });
    this.#arm = http.createServer((request, response) => this.#manage(request, response));
    for (const kudu of [this.production, this.staging]) kudu.onRequest = () => void this.#swapState();
  }

  async start(): Promise<this> {
    await Promise.all([this.production.start(), this.staging.start()]);
    this.armUrl = await listen(this.#arm);
    this.stagingUrl = await this.#front(this.staging, () => undefined);
    this.siteUrl = this.#iis ? await this.#serve() : await this.#front(this.production, () => this.brokenInProduction);
    onTestFinished(() => this.close());
    return this;
  }

  async close(): Promise<void> {
    await this.#host?.close();
    for (const server of [this.#arm, ...this.#fronts]) {
      server.close();
      server.closeAllConnections();
    }
    this.production.close();
    this.staging.close();
  }

  /** The variables of the environment with a publish profile. */
  get withProfile(): Record<string, string> {
    return { AZURE_WEBAPP_PUBLISH_PROFILE: this.production.profile(this.siteUrl) };
  }

  /** Those with a token, which the Azure Resource Manager takes as well. */
  get withToken(): Record<string, string> {
    return {
      AZURE_ACCESS_TOKEN: this.token,
      AZURE_SUBSCRIPTION_ID: ids.subscription,
      AZURE_RESOURCE_GROUP: ids.group,
      AZURE_MANAGEMENT_URL: this.armUrl,
    };
  }

  /** The embedded IIS with wwwroot as its site. */
  async #serve(): Promise<string> {
    this.#host = await startHost({
      loadConfig: serveSite({ directory: this.production.content.wwwroot, vdirPath: '/' }),
      listen: { port: 0, host: '127.0.0.1', siteName: 'Default Web Site' },
    });
    return this.#host.addresses[0]?.origin ?? '';
  }

  /** A site that only has a page. */
  async #front(kudu: Kudu, broken: () => number | undefined): Promise<string> {
    const server = http.createServer((request, response) => {
      const status = broken();
      const name = request.url === '/' ? 'index.html' : (request.url ?? '').slice(1);
      const file = path.join(kudu.content.wwwroot, name);
      const headers = { 'Content-Type': 'text/html' };
      if (status !== undefined) reply(response, { status, body: 'broken' });
      else if (existsSync(file)) reply(response, { status: 200, body: readFileSync(file), headers });
      else reply(response, { status: 404, body: 'not there' });
    });
    this.#fronts.push(server);
    return listen(server);
  }

  #manage(request: http.IncomingMessage, response: http.ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', this.armUrl);
    const { method = '' } = request;
    this.requests.push(`${method} ${pathname.replace(base, '')}`);
    const fault = faultOf(this.faults, method, pathname.replace(base, ''));
    request.resume();
    const isAllowed = request.headers.authorization === `Bearer ${this.token}`;
    const act = (): Answer =>
      isAllowed ? this.#act(method, pathname) : error(401, 'InvalidAuthenticationToken', 'The token is invalid.');
    const answer = fault?.before === undefined ? act() : { status: fault.before };
    reply(response, fault?.after === undefined ? answer : { status: fault.after });
  }

  #act(method: string, pathname: string): Answer {
    const [, slot, rest = ''] = /^(\/slots\/staging)?(\/[^?]*)?$/.exec(pathname.replace(base, '')) ?? [];
    if (pathname === '/operationresults/swap') return this.#swapState();
    if (!pathname.startsWith(base)) return error(404, 'ResourceNotFound', 'The Resource was not found.');
    if (method === 'POST' && rest === '/slotsswap' && slot !== undefined) return this.#swap();
    if (rest === '/config/web') return json(200, { properties: this.settings });
    if (rest === '') return json(200, this.#site(slot === undefined));
    return error(404, 'NotFound', `${pathname} is not there`);
  }

  #site(isProduction: boolean) {
    const [site, scm] = isProduction ? [this.siteUrl, this.production.url] : [this.stagingUrl, this.staging.url];
    return {
      kind: this.settings.linux === true ? 'app,linux' : 'app',
      properties: {
        state: 'Running',
        defaultHostName: new URL(site).host,
        clientAffinityEnabled: this.settings.clientAffinityEnabled,
        hostNameSslStates: [
          { name: new URL(site).host, hostType: 'Standard' },
          { name: new URL(scm).host, hostType: 'Repository' },
        ],
      },
    };
  }

  #swap(): Answer {
    if (this.#swapping !== undefined) return error(409, 'Conflict', 'A swap is in progress.');
    this.#swapping = { polls: this.swapPolls };
    return { status: 202, headers: again(`${this.armUrl}/operationresults/swap?api-version=2023-12-01`) };
  }

  #swapState(): Answer {
    const swapping = this.#swapping;
    if (swapping === undefined) return json(200, {});
    if (swapping.polls > 0) {
      swapping.polls -= 1;
      return { status: 202, headers: again(`${this.armUrl}/operationresults/swap?api-version=2023-12-01`) };
    }
    this.#swapping = undefined;
    const code = this.swapError;
    this.swapError = undefined;
    if (code !== undefined) {
      return error(409, code, 'Cannot swap: the slot did not respond to http ping.');
    }
    this.#exchange();
    return json(200, {});
  }

  /** Each site keeps its folder; what is in them is exchanged. */
  #exchange(): void {
    const [one, other] = [this.production.content, this.staging.content];
    const between = path.join(path.dirname(one.wwwroot), 'between');
    renameSync(one.wwwroot, between);
    renameSync(other.wwwroot, one.wwwroot);
    mkdirSync(path.dirname(other.wwwroot), { recursive: true });
    renameSync(between, other.wwwroot);
    this.production.content = { wwwroot: one.wwwroot, deployments: other.deployments };
    this.staging.content = { wwwroot: other.wwwroot, deployments: one.deployments };
  }
}

const error = (status: number, code: string, message: string): Answer => json(status, { error: { code, message } });
