import { ConfigError } from '../../config/index.js';
import { type ConfigSnapshot, stages } from '../../pipeline/index.js';
import { configErrorEvent } from '../errors/config-error.js';
import type { HostServices } from '../request/context.js';

/** Reads the configuration of every application as its first request would, and reports its errors. */
export function checkApplications(snapshot: ConfigSnapshot, emitOnce: HostServices['emitOnce']): void {
  for (const site of snapshot.model.sites) {
    for (const { path } of site.applications) {
      try {
        const config = snapshot.at(site, path);
        for (const { check } of stages) check?.(config);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        const { key, event } = configErrorEvent(error, path === '/' ? '/' : `${path}/`);
        emitOnce(key, event);
      }
    }
  }
}
