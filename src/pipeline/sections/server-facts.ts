import type { ApplicationModel, ConfigModel, EffectiveElement, SiteModel } from '../../config/index.js';

/** Settings of sites and pools in applicationHost.config that requests need: read once per model. */
const segments = new WeakMap<SiteModel, number>();
const timeouts = new WeakMap<SiteModel, number>();
const serverTimeouts = new WeakMap<ConfigModel, number>();
const conditions = new WeakMap<ApplicationModel, ReadonlySet<string>>();

/** The site's `limits/@maxUrlSegments`, siteDefaults included; 32 by default (IIS_schema.xml). */
export function maxUrlSegmentsOf(model: ConfigModel, site: SiteModel): number {
  let limit = segments.get(site);
  if (limit === undefined) {
    limit = limitsOf(model, site)?.number('maxUrlSegments') ?? 32;
    segments.set(site, limit);
  }
  return limit;
}

/** The site's `limits/@connectionTimeout`, siteDefaults included, in ms; two minutes by default (IIS_schema.xml). */
export function connectionTimeoutOf(model: ConfigModel, site: SiteModel): number {
  let time = timeouts.get(site);
  if (time === undefined) {
    time = timeOf(() => limitsOf(model, site));
    timeouts.set(site, time);
  }
  return time;
}

/** `webLimits/@connectionTimeout` in ms: for connections without a request yet, whose site is unknown. */
export function serverConnectionTimeoutOf(model: ConfigModel): number {
  let time = serverTimeouts.get(model);
  if (time === undefined) {
    const section = 'system.applicationHost/webLimits';
    time = timeOf(() => (model.isDeclared(section) ? model.server(section) : undefined));
    serverTimeouts.set(model, time);
  }
  return time;
}

const limitsOf = (model: ConfigModel, site: SiteModel): EffectiveElement | undefined =>
  model
    .server('system.applicationHost/sites')
    .items.find((item) => item.string('name') === site.name)
    ?.child('limits');

/**
 * 0 means the default, as in HTTP.SYS (HTTP_TIMEOUT_LIMIT_INFO). So does an invalid value: requests get 500.19 for it, which
 * needs a connection.
 */
function timeOf(element: () => EffectiveElement | undefined): number {
  try {
    return element()?.number('connectionTimeout') || 120_000;
  } catch {
    return 120_000;
  }
}

/**
 * The preConditions of handlers that are met in an application's pool: its pipeline mode and its bitness (iis-docs, handlers).
 * Never runtimeVersion* and managedHandler: the embedded IIS runs no managed code.
 */
export function conditionsOf(model: ConfigModel, application: ApplicationModel): ReadonlySet<string> {
  let known = conditions.get(application);
  if (known === undefined) {
    const named = application.pool.toLowerCase();
    const pools = model.isDeclared('system.applicationHost/applicationPools')
      ? model.server('system.applicationHost/applicationPools').items
      : [];
    const pool = pools.find((item) => item.string('name').toLowerCase() === named);
    const isClassic = pool?.string('managedPipelineMode') === 'Classic';
    const is32Bit = pool?.boolean('enable32BitAppOnWin64') === true;
    known = new Set([isClassic ? 'classicMode' : 'integratedMode', is32Bit ? 'bitness32' : 'bitness64']);
    conditions.set(application, known);
  }
  return known;
}
