import type { ConfigModel, SiteModel } from '../../config/index.js';
import { UserError } from '../../errors.js';
import { nearestName } from '../../nearest-name.js';
import { type ListenPoint, listenPoint, samePoint } from '../../pipeline/sections/index.js';
import type { HostAddress, HostEvent, HostOptions, SiteNotBound } from '../types.js';
import type { ListenerHooks } from './connection.js';
import { Listener } from './http-sys.js';

/**
 * The ports of a host: those in the bindings of started sites, or one port for all that the caller names. A site of which one port
 * cannot be opened is stopped, and the others start, as on IIS (event 1004 of W3SVC: "The site has been disabled").
 */
export class Endpoints {
  readonly #hooks: ListenerHooks;
  readonly #options: Pick<HostOptions, 'listen' | 'isUnused'>;
  readonly #onEvent: (event: HostEvent) => void;
  readonly #stopped = new Set<string>();
  /** Started sites without their ports, by key. */
  #notBound = new Map<string, SiteNotBound>();
  #listeners: Listener[] = [];
  #sites: readonly SiteModel[] = [];
  #closed = false;

  constructor(
    hooks: ListenerHooks,
    options: Pick<HostOptions, 'listen' | 'isUnused'>,
    onEvent: (event: HostEvent) => void,
  ) {
    this.#hooks = hooks;
    this.#options = options;
    this.#onEvent = onEvent;
  }

  get addresses(): readonly HostAddress[] {
    const { listen } = this.#options;
    const sites = listen === undefined ? this.#bound() : this.#sites;
    return this.#listeners.flatMap(({ point }) => addressesOf(point, listen, sites));
  }

  get notBound(): readonly SiteNotBound[] {
    return [...this.#notBound.values()];
  }

  /**
   * Opens the ports.
   * @throws UserError PORT_TAKEN, PORT_DENIED, ADDRESS_UNKNOWN when none could be opened; SITE_NOT_FOUND.
   */
  async open(model: ConfigModel): Promise<void> {
    const { listen } = this.#options;
    for (const site of model.sites) if (!site.serverAutoStart) this.#stopped.add(key('site', site.name));
    if (listen === undefined) {
      const failures = await this.#bind(model);
      if (this.#listeners.length === 0 && failures[0] !== undefined) throw failures[0];
      return;
    }
    this.#sites = model.sites;
    if (listen.siteName !== undefined) requireSite(model, listen.siteName);
    const { protocol = 'http', host: address, port } = listen;
    this.#listeners.push(await Listener.open({ protocol, address, port }, this.#hooks));
  }

  /** A closing host has stopped all its pools. */
  isStopped(kind: 'site' | 'apppool', name: string): boolean {
    if (this.#closed && kind === 'apppool') return true;
    return this.#stopped.has(key(kind, name)) || (kind === 'site' && this.#notBound.has(key(kind, name)));
  }

  async setState(kind: 'site' | 'apppool', name: string, started: boolean, model: ConfigModel): Promise<void> {
    if (started) this.#stopped.delete(key(kind, name));
    else this.#stopped.add(key(kind, name));
    if (kind === 'site') await this.reconcile(model);
  }

  /** Closes ports that no started site uses any more and opens new ones; what cannot be opened is reported as an event. */
  async reconcile(model: ConfigModel): Promise<void> {
    if (this.#options.listen !== undefined) this.#sites = model.sites;
    else if (!this.#closed) await this.#bind(model);
  }

  /** The result: why ports could not be opened. */
  async #bind({ sites }: ConfigModel): Promise<readonly UserError[]> {
    this.#sites = sites;
    this.#notBound = new Map();
    for (const site of sites) if (this.#options.isUnused?.(site)) this.#setNotBound(site, unused);
    const wanted = this.#wanted();
    await this.#closeExcept((point) => wanted.some((other) => isSame(point, other)));
    const failures: UserError[] = [];
    for (const point of wanted) {
      if (this.#closed || this.#listeners.some((listener) => isSame(listener.point, point))) continue;
      try {
        const listener = await Listener.open(point, this.#hooks);
        if (this.#closed) await listener.close(0);
        else this.#listeners.push(listener);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        failures.push(error);
        for (const site of this.#bound().filter((each) => isOn(each, point))) this.#stopSite(site, error);
      }
    }
    if (failures.length > 0) await this.#closeExcept((point) => this.#bound().some((site) => isOn(site, point)));
    return failures;
  }

  #stopSite(site: SiteModel, { code, what, why }: UserError): void {
    this.#setNotBound(site, { code, why: `${what}. ${why}` });
    this.#onEvent({ level: 'error', code, message: `The site "${site.name}" is not started: ${what}. ${why}` });
  }

  #setNotBound({ name: siteName }: SiteModel, reason: Omit<SiteNotBound, 'siteName'>): void {
    this.#notBound.set(key('site', siteName), { siteName, ...reason });
  }

  /** The sites that have their ports, or will get them. */
  #bound(): readonly SiteModel[] {
    return this.#sites.filter(({ name }) => !this.isStopped('site', name));
  }

  async #closeExcept(stays: (point: ListenPoint) => boolean): Promise<void> {
    const surplus = this.#listeners.filter(({ point }) => !stays(point));
    this.#listeners = this.#listeners.filter((listener) => !surplus.includes(listener));
    await Promise.all(surplus.map((listener) => listener.close(0)));
  }

  async close(grace: number, now?: AbortSignal): Promise<void> {
    this.#closed = true;
    const listeners = this.#listeners;
    this.#listeners = [];
    await Promise.all(listeners.map((listener) => listener.close(grace, now)));
  }

  #wanted(): readonly ListenPoint[] {
    const points: ListenPoint[] = [];
    for (const site of this.#bound()) {
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

const unused = { code: 'SITE_UNUSED', why: 'It is empty: nothing would answer at its binding.' } as const;

const isOn = ({ bindings }: SiteModel, point: ListenPoint): boolean =>
  bindings.some((binding) => {
    const own = listenPoint(binding);
    return own !== undefined && isSame(own, point);
  });

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
  const names = model.sites.map((site) => site.name);
  const meant = nearestName(name, names) ?? names[0];
  throw new UserError('SITE_NOT_FOUND', {
    what: `There is no site "${name}"`,
    why: `applicationHost.config has ${names.map((each) => `"${each}"`).join(', ') || 'no site'}.`,
    next: 'choose one of these with --site',
    ...(meant !== undefined && { again: { with: ['--site', meant] } }),
  });
}
