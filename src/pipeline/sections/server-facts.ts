import type { ApplicationModel, ConfigModel, SiteModel } from '../../config/index.js';

/** What applicationHost.config says about sites and pools, and a request asks for: looked up once for each model. */
const segments = new WeakMap<SiteModel, number>();
const conditions = new WeakMap<ApplicationModel, ReadonlySet<string>>();

/** The site's `limits/@maxUrlSegments`, siteDefaults included; 32 where nobody sets it (IIS_schema.xml). */
export function maxUrlSegmentsOf(model: ConfigModel, site: SiteModel): number {
  let limit = segments.get(site);
  if (limit === undefined) {
    const element = model
      .server('system.applicationHost/sites')
      .items.find((item) => item.string('name') === site.name);
    limit = element?.child('limits').number('maxUrlSegments') ?? 32;
    segments.set(site, limit);
  }
  return limit;
}

/**
 * The preConditions of handlers that hold in an application's pool: its pipeline mode and its bitness (iis-docs, handlers).
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
