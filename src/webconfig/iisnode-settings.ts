import type { EffectiveElement, Origin } from '../config/index.js';
import {
  expandedInWebConfig,
  expandedInYml,
  type IisnodeAttribute,
  iisnodeAttributes,
  iisnodeDefaults,
  ymlKeys,
} from './iisnode-attributes.js';
import { IisnodeConfigError } from './iisnode-error.js';
import { environmentValue, expandVariables, variables, ymlValue } from './iisnode-values.js';
import { parseIisnodeYml } from './iisnode-yml.js';
import type { IisnodeSettings, ResolvedIisnodeSettings, SettingSource } from './types.js';

/** The inputs of iisnode's settings besides the configuration system. */
export interface IisnodeSettingsOptions {
  /** The content of the file in `configOverrides`; undefined when there is none. */
  readonly yml?: string | Uint8Array | undefined;
  /** The worker process's environment: `IISNODE_<attribute>` overrides, `%VAR%` expands. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Number of processors: the meaning of 0 in counts. */
  readonly cpus: number;
}

type Value = IisnodeSettings[IisnodeAttribute];
type Values = Record<IisnodeAttribute, Value>;

/** The settings while they are collected, layer by layer. */
interface Layers {
  readonly values: Values;
  readonly sources: Record<IisnodeAttribute, SettingSource>;
  readonly origins: Partial<Record<IisnodeAttribute, Origin>>;
  readonly environment: IisnodeSettingsOptions['environment'];
}

/**
 * iisnode's settings as iisnode itself resolves them: schema default, web.config hierarchy, `IISNODE_*` environment,
 * iisnode.yml, computed defaults (iisnode 0.2.27, cmoduleconfiguration.cpp GetConfig).
 *
 * @param element The effective section `system.webServer/iisnode`.
 * @throws IisnodeConfigError 1031 (section, environment; a ConfigError is its cause) or 1032 (iisnode.yml).
 */
export function readIisnodeSettings(
  element: EffectiveElement,
  options: IisnodeSettingsOptions,
): ResolvedIisnodeSettings {
  const layers: Layers = {
    values: { ...iisnodeDefaults },
    sources: Object.fromEntries(iisnodeAttributes.map((name) => [name, 'default'])) as Layers['sources'],
    origins: {},
    environment: options.environment,
  };
  for (const name of iisnodeAttributes) fromWebConfig(layers, element, name);
  const variableOf = variables(options.environment);
  for (const name of iisnodeAttributes) fromEnvironment(layers, name, variableOf(`IISNODE_${name}`));
  if (options.yml !== undefined) fromYml(layers, options.yml);
  compute(layers, options.cpus);
  // Each layer keeps the type of the default it replaces.
  return { values: layers.values as unknown as IisnodeSettings, sources: layers.sources, origins: layers.origins };
}

function fromWebConfig(layers: Layers, element: EffectiveElement, name: IisnodeAttribute): void {
  try {
    const value = sameType(name, element.get(name));
    if (value !== undefined) layers.values[name] = expanded(layers, name, value, expandedInWebConfig);
    if (!element.isSet(name)) return;
    layers.sources[name] = 'web.config';
    const origin = element.origin(name);
    if (origin) layers.origins[name] = origin;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new IisnodeConfigError(1031, `iisnode cannot read its setting ${name}: ${why}`, {
      attribute: name,
      cause: error,
    });
  }
}

function sameType(name: IisnodeAttribute, value: unknown): Value | undefined {
  if (typeof value !== typeof iisnodeDefaults[name]) return undefined;
  // `infinite` in a web.config is the largest uint.
  if (name === 'maxConcurrentRequestsPerProcess' && value === 0xffffffff) return Number.POSITIVE_INFINITY;
  return value as Value;
}

function fromEnvironment(layers: Layers, name: IisnodeAttribute, text: string | undefined): void {
  if (text === undefined || text === '') return;
  layers.values[name] = environmentValue(name, text);
  layers.sources[name] = 'environment';
  delete layers.origins[name];
}

function fromYml(layers: Layers, yml: string | Uint8Array): void {
  for (const { key, value, line } of parseIisnodeYml(yml)) {
    const name = ymlKeys.get(key.toLowerCase());
    if (name === undefined) continue; // iisnode ignores an unknown key
    layers.values[name] = expanded(layers, name, ymlValue(name, value, line), expandedInYml);
    layers.sources[name] = 'iisnode.yml';
    delete layers.origins[name];
  }
}

/** 0 means the number of processors (ApplyDefaults). */
function compute(layers: Layers, cpus: number): void {
  const counts = { asyncCompletionThreadCount: 4, nodeProcessCountPerApplication: 1 } as const;
  for (const name of ['asyncCompletionThreadCount', 'nodeProcessCountPerApplication'] as const) {
    if (layers.values[name] !== 0) continue;
    layers.values[name] = cpus > 0 ? cpus : counts[name];
    layers.sources[name] = 'computed';
  }
}

function expanded(layers: Layers, name: IisnodeAttribute, value: Value, where: ReadonlySet<IisnodeAttribute>): Value {
  return typeof value === 'string' && where.has(name) ? expandVariables(value, layers.environment) : value;
}
