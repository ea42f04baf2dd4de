import { applicationHostSections } from './application-host.js';
import { contentSections } from './content.js';
import { iisnodeSections } from './iisnode.js';
import { inertSections } from './inert.js';
import { loggingSections } from './logging.js';
import { machineSections } from './machine.js';
import { pipelineSections } from './pipeline.js';
import { requestRoutingSections } from './request-routing.js';
import { rewriteSections } from './rewrite.js';
import { securitySections } from './security.js';
import type { SectionSchema } from './types.js';

/** Every section the model knows, with its content and its state as IIS 10 and the named product declare it. */
export const sectionSchemas: readonly SectionSchema[] = [
  ...machineSections,
  ...applicationHostSections,
  ...pipelineSections,
  ...contentSections,
  ...securitySections,
  ...loggingSections,
  ...rewriteSections,
  ...requestRoutingSections,
  ...iisnodeSections,
  ...inertSections,
];

const byPath = new Map(sectionSchemas.map((schema) => [schema.path, schema]));

/** The schema of a section path; undefined when no schema file describes it. Names are case-sensitive. */
export function sectionSchema(path: string): SectionSchema | undefined {
  return byPath.get(path);
}
