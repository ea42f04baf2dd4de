import type { ConfigModel, SiteModel } from '../../config/index.js';
import { UserError } from '../../errors.js';
import { type ListenPoint, listenPoint, samePoint } from '../../pipeline/sections/index.js';
import type { HostAddress, HostEvent, HostOptions } from '../types.js';
import type { ListenerHooks } from './connection.js';
import { Listener } from './http-sys.js';

/** The ports of a host: those in the bindings of started sites, or one port for all that the caller names. */
export class Endpoints {
  readonly #hooks: ListenerHooks;
  readonly #listen: HostOptions['listen'];
  readonly #onEvent: (event: HostEvent) => void;
  readonly #stopped = new Set<string>();
  #listeners: Listener[] = [];
  #sites: readonly SiteModel[] = [];
  #closed = false;

  constructor(hooks: ListenerHooks, listen: HostOptions['listen'], onEvent: (event: HostEvent) => void) {
    this.#hooks = hooks;
    this.#listen = listen;
    this.#onEvent = onEvent;
  }

  get addresses(): readonly HostAddress[] {
    return this.#listeners.flatMap((listener) => addressesOf(listener.point, this.#listen, this.#sites));
  }

  /** Opens all ports, or none: when one fails, the others are closed again. */
  async open(model: ConfigModel): Promise<void> {
    this.#sites = model.sites;
    for (const site of model.sites) if (!site.serverAutoStart) this.#stopped.add(key('site', site.name));
    if (this.#listen?.siteName !== undefined) requireSite(model, this.#listen.siteName);
    try {
      for (const point of this.#wanted()) this.#listeners.push(await Listener.open(point, this.#hooks));
    } catch (error) {
      await this.close(0);
      throw error;
    }
  }

  /** A closing host has stopped all its pools. */
  isStopped(kind: 'site' | 'apppool', name: string): boolean {
    return (this.#closed && kind === 'apppool') || this.#stopped.has(key(kind, name));
  }

  async setState(kind: 'site' | 'apppool', name: string, started: boolean, model: ConfigModel): Promise<void> {
    if (started) this.#stopped.delete(key(kind, name));
    else this.#stopped.add(key(kind, name));
    if (kind === 'site') await this.reconcile(model);
  }

  /** Closes ports that no started site uses any more and opens new ones; a port in use is reported as an event, the host continues. */
  async reconcile(model: ConfigModel): Promise<void> {
    this.#sites = model.sites;
    if (this.#listen !== undefined || this.#closed) return;
    const wanted = this.#wanted();
    const surplus = this.#listeners.filter(({ point }) => !wanted.some((other) => isSame(point, other)));
    this.#listeners = this.#listeners.filter((listener) => !surplus.includes(listener));
    await Promise.all(surplus.map((listener) => listener.close(0)));
    for (const point of wanted) {
      if (this.#closed || this.#listeners.some((listener) => isSame(listener.point, point))) continue;
      try {
        const listener = await Listener.open(point, this.#hooks);
        if (this.#closed) await listener.close(0);
        else this.#listeners.push(listener);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        this.#onEvent({ level: 'error', code: error.code, message: `${error.what}. ${error.why}` });
      }
    }
  }

  async close(grace: number): Promise<void> {
    this.#closed = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    await Promise.all(listeners.map((listener) => listener.close(grace)));
  }

  #wanted(): readonly ListenPoint[] {
    if (this.#listen !== undefined) {
      const { protocol = 'http', host: address, port } = this.#listen;
      return [{ protocol, address, port }];
    }
    const points: ListenPoint[] = [];
    for (const site of this.#sites) {
      if (this.isStopped('site', site.name)) continue;
      for (const binding of site.bindings) {
        const point = listenPoint(binding);
        const other = point && points.find((each) => samePoint(point, each));
        if (point === undefined) this.#notEmulated(site, binding.protocol);
        else if (other === undefined) points.push(point);
        else if (other.protocol !== point.protocol) this.#twoProtocols(site, point, other);
      }
    }
    return points;
  }

  #notEmulated(site: SiteModel, protocol: string): void {
    this.#onEvent({
      level: 'warning',
      code: 'BINDING_NOT_EMULATED',
      message: `Site "${site.name}" has a binding for ${protocol}; the embedded IIS listens for http and https only.`,
    });
  }

  #twoProtocols(site: SiteModel, { protocol, port }: ListenPoint, other: ListenPoint): void {
    this.#onEvent({
      level: 'warning',
      code: 'PORT_OF_OTHER_PROTOCOL',
      message: `Site "${site.name}" has a binding for ${protocol} at port ${port}, where another binding is for ${other.protocol}: this one is not served.`,
    });
  }
}

const isSame = (a: ListenPoint, b: ListenPoint): boolean => a.protocol === b.protocol && samePoint(a, b);

const key = (kind: string, name: string): string => `${kind} ${name.toLowerCase()}`;

function addressesOf(
  point: ListenPoint,
  listen: HostOptions['listen'],
  sites: readonly SiteModel[],
): readonly HostAddress[] {
  const named = listen?.siteName?.toLowerCase();
  const address = reachable(point.address);
  const ip = address.includes(':') ? `[${address}]` : address;
  return sites.flatMap((site) => {
    const hosts = site.bindings.flatMap((binding) => {
      const own = listenPoint(binding);
      return own?.protocol === point.protocol && samePoint(own, point) ? [binding.host] : [];
    });
    const isBound = listen === undefined ? hosts.length > 0 : named === undefined || site.name.toLowerCase() === named;
    if (!isBound) return [];
    const name = listen !== undefined || hosts.includes('') ? ip : (hosts.find((host) => !host.includes('*')) ?? ip);
    const { protocol, port } = point;
    return [{ siteName: site.name, host: point.address, port, origin: `${protocol}://${name}:${port}` }];
  });
}

/** An address to connect to: every address of the machine is also the one for itself. */
export const reachable = (address: string): string =>
  address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;

function requireSite(model: ConfigModel, name: string): void {
  if (model.sites.some((site) => site.name.toLowerCase() === name.toLowerCase())) return;
  throw new UserError('SITE_NOT_FOUND', {
    what: `There is no site "${name}"`,
    why: `applicationHost.config has ${model.sites.map((site) => `"${site.name}"`).join(', ') || 'no site'}.`,
    next: 'choose one of these with --site',
  });
}
