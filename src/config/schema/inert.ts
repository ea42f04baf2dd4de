import type { AllowDefinition, OverrideMode, Product, SectionSchema } from './types.js';

/** Declared in applicationHost.config, without meaning for a node site: accepted, and not checked. */
const inert = (
  path: string,
  overrideModeDefault: OverrideMode,
  allowDefinition: AllowDefinition = 'Everywhere',
  product: Product = 'iis',
): SectionSchema => ({ path, overrideModeDefault, allowDefinition, product });

export const inertSections: readonly SectionSchema[] = [
  inert('system.webServer/asp', 'Deny'),
  inert('system.webServer/security/authentication/iisClientCertificateMappingAuthentication', 'Deny'),
  inert('system.webServer/webdav/globalSettings', 'Deny', 'Everywhere', 'webdav'),
  inert('system.webServer/webdav/authoring', 'Deny', 'Everywhere', 'webdav'),
  inert('system.webServer/webdav/authoringRules', 'Deny', 'Everywhere', 'webdav'),
];
