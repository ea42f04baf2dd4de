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
    const surplus = this.#listeners.filter(({ point }) => !wanted.some((other) => samePoint(point, other)));
    this.#listeners = this.#listeners.filter((listener) => !surplus.includes(listener));
    await Promise.all(surplus.map((listener) => listener.close(0)));
    for (const point of wanted) {
      if (this.#closed || this.#listeners.some((listener) => samePoint(listener.point, point))) continue;
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
    if (this.#listen !== undefined) return [{ address: this.#listen.host, port: this.#listen.port }];
    const points: ListenPoint[] = [];
    for (const site of this.#sites) {
      if (this.isStopped('site', site.name)) continue;
      for (const binding of site.bindings) {
        const point = listenPoint(binding);
        if (binding.protocol !== 'http') this.#notEmulated(site, binding.protocol);
        else if (!points.some((other) => samePoint(point, other))) points.push(point);
      }
    }
    return points;
  }

  #notEmulated(site: SiteModel, protocol: string): void {
    this.#onEvent({
      level: 'warning',
      code: 'BINDING_NOT_EMULATED',
      message: `Site "${site.name}" has a binding for ${protocol}; the embedded IIS listens for http only.`,
    });
  }
}

const key = (kind: string, name: string): string => `${kind} ${name.toLowerCase()}`;

function addressesOf(
  point: ListenPoint,
  listen: HostOptions['listen'],
  sites: readonly SiteModel[],
): readonly HostAddress[] {
  const host = point.address.includes(':') ? `[${point.address}]` : point.address;
  const named = listen?.siteName?.toLowerCase();
  const bound = sites.filter((site) =>
    listen !== undefined
      ? named === undefined || site.name.toLowerCase() === named
      : site.bindings.some((binding) => binding.protocol === 'http' && samePoint(listenPoint(binding), point)),
  );
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '[::]' ? '[::1]' : host;
  return bound.map((site) => ({
    siteName: site.name,
    host: point.address,
    port: point.port,
    origin: `http://${reachable}:${point.port}`,
  }));
}

function requireSite(model: ConfigModel, name: string): void {
  if (model.sites.some((site) => site.name.toLowerCase() === name.toLowerCase())) return;
  throw new UserError('SITE_NOT_FOUND', {
    what: `There is no site "${name}"`,
    why: `applicationHost.config has ${model.sites.map((site) => `"${site.name}"`).join(', ') || 'no site'}.`,
    next: 'choose one of these with --site',
  });
}
