import { UserError } from '../../errors.js';
import { printable } from '../../printable.js';
import type { AzureAccess } from './access.js';
import { AzureClient, jsonOf, refusedAccess, retryAfter, saidBy } from './client.js';
import { type Answered, NoAnswer } from './http.js';
import type { Patience } from './patience.js';

/** What the Azure Resource Manager knows of an app, or of one of its slots. */
export interface ManagedSite {
  readonly isLinux: boolean;
  readonly isStopped: boolean;
  readonly site: URL | undefined;
  readonly scm: URL | undefined;
  readonly clientAffinity: boolean | undefined;
  readonly webSockets: boolean | undefined;
  readonly alwaysOn: boolean | undefined;
  readonly is32Bit: boolean | undefined;
  /** The slot to which a deployment is swapped by itself. */
  readonly autoSwap: string | undefined;
}

const version = 'api-version=2022-03-01';
const pauseOfSwap = 5_000;

/** The Azure Resource Manager: a swap is asked of it alone; Kudu and its credentials cannot do it. */
export class Manager {
  readonly client: AzureClient;
  readonly #path: string;
  readonly #token: NonNullable<AzureAccess['manager']>['token'];
  readonly #patience: Patience;

  constructor({ origin, token, path }: NonNullable<AzureAccess['manager']>, patience: Patience) {
    this.client = new AzureClient(origin, [token], patience);
    this.#path = path;
    this.#token = token;
    this.#patience = patience;
  }

  /** @throws UserError AZURE_MANAGER, AZURE_UNAUTHORIZED. */
  async site(slot: string | undefined): Promise<ManagedSite> {
    const at = `${this.#path}${slot === undefined ? '' : `/slots/${slot}`}`;
    const [site, web] = [await this.#read(`${at}?${version}`), await this.#read(`${at}/config/web?${version}`)];
    const { kind, properties } = fieldsOf(site);
    const [about, settings] = [fieldsOf(properties), fieldsOf(fieldsOf(web).properties)];
    const hosts = Array.isArray(about.hostNameSslStates) ? about.hostNameSslStates.map(fieldsOf) : [];
    const isOn = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);
    return {
      isLinux: typeof kind === 'string' && /\blinux\b/i.test(kind),
      isStopped: about.state === 'Stopped',
      site: originOf(about.defaultHostName),
      scm: originOf(hosts.find(({ hostType }) => hostType === 'Repository')?.name),
      clientAffinity: isOn(about.clientAffinityEnabled),
      webSockets: isOn(settings.webSocketsEnabled),
      alwaysOn: isOn(settings.alwaysOn),
      is32Bit: isOn(settings.use32BitWorkerProcess),
      autoSwap:
        typeof settings.autoSwapSlotName === 'string' && settings.autoSwapSlotName !== ''
          ? printable(settings.autoSwapSlotName)
          : undefined,
    };
  }

  /** The request that swaps a slot with production, as it is shown. */
  swapLine(slot: string): string {
    return `POST ${this.client.urlOf(this.#swapPath(slot))} {"targetSlot":"production"}`;
  }

  #swapPath(slot: string): string {
    return `${this.#path}/slots/${slot}/slotsswap?${version}`;
  }

  /**
   * Swaps a slot with production, and waits for the end.
   * @throws UserError AZURE_SWAP_FAILED: App Service says that it did not swap; SwapUnknown: its answer got lost; TimeLimit; the
   *   signal's reason.
   */
  async swap(slot: string): Promise<void> {
    const body = Buffer.from(JSON.stringify({ targetSlot: 'production', preserveVnet: true }));
    const sent = {
      headers: { 'content-type': 'application/json' },
      body: { length: body.length, parts: () => once(body) },
    };
    let answer: Answered;
    try {
      answer = await this.client.send('POST', this.#swapPath(slot), sent);
      while (answer.status === 202) {
        const { location } = answer.headers;
        if (location === undefined) throw new SwapUnknown('its answer does not name where to ask');
        await this.#patience.wait(retryAfter(answer) ?? pauseOfSwap);
        answer = await this.client.get(this.client.pathOf(location));
      }
    } catch (error) {
      throw error instanceof NoAnswer ? new SwapUnknown(error.message) : error;
    }
    if (answer.status === 200 || answer.status === 204) return;
    if (answer.status >= 500) throw new SwapUnknown(saidBy(answer));
    throw refusedAccess(this.client.host, answer, [this.#token]) ?? swapRefused(slot, answer);
  }

  async #read(target: string): Promise<unknown> {
    const answer = await this.client.get(target).catch((error: unknown) => {
      throw error instanceof NoAnswer ? notRead(this.client.host, printable(error.message)) : error;
    });
    if (answer.status === 200) return jsonOf(answer);
    throw refusedAccess(this.client.host, answer, [this.#token]) ?? notRead(this.client.host, saidBy(answer));
  }
}

/** Whether the swap came is not known. */
export class SwapUnknown extends Error {}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

/** A host of this machine answers http. */
function originOf(host: unknown): URL | undefined {
  if (typeof host !== 'string') return undefined;
  const isThisMachine = /^(localhost|127\.[\d.]+)(:\d+)?$/.test(host);
  const url = `${isThisMachine ? 'http' : 'https'}://${host}`;
  return URL.canParse(url) ? new URL(url) : undefined;
}

const notRead = (host: string, why: string): UserError =>
  new UserError('AZURE_MANAGER', {
    what: `${host} does not say what the app is`,
    why,
    next: 'az webapp list --query "[].{name:name,group:resourceGroup}" -o table     (shows the group of each app, for AZURE_RESOURCE_GROUP; AZURE_SUBSCRIPTION_ID is the other part, or remove both)',
    exit: 'refused',
  });

const swapRefused = (slot: string, answer: Answered): UserError =>
  new UserError('AZURE_SWAP_FAILED', {
    what: `App Service did not swap the slot ${slot} with production`,
    why: saidBy(answer),
    next: 'fix it and deploy again',
    again: { same: true, note: 'when that is fixed' },
    exit: 'refused',
  });
