import type { XmlElement } from '../xml/index.js';
import type { ErrorSink } from './error-sink.js';
import { boolOf, oneOf, refuseUnknown } from './meta-attributes.js';
import type { AllowDefinition, OverrideMode } from './schema/types.js';

/** Where a section may be set, from its declaration. */
export interface SectionRights {
  readonly overrideModeDefault: OverrideMode;
  readonly allowDefinition: AllowDefinition;
  readonly allowLocation: boolean;
}

const modes: readonly OverrideMode[] = ['Allow', 'Deny'];
const definitions: readonly (AllowDefinition | 'MachineToWebRoot')[] = [
  'MachineOnly',
  'MachineToRootWeb',
  'MachineToWebRoot',
  'MachineToApplication',
  'AppHostOnly',
  'Everywhere',
];
const known = ['name', 'type', 'overrideModeDefault', 'allowDefinition', 'allowLocation'];
/** Further attributes of .NET; IIS ignores them. */
const ofDotNet = ['allowExeDefinition', 'requirePermission', 'restartOnExternalChanges'];

/** Reads the attributes of a `<section>`; errors go to the sink, and the defaults are used. */
export function readRights(element: XmlElement, sink: ErrorSink): SectionRights {
  refuseUnknown(element, [...known, ...ofDotNet], sink);
  const definition = oneOf(element, 'allowDefinition', definitions, sink) ?? 'Everywhere';
  return {
    overrideModeDefault: oneOf(element, 'overrideModeDefault', modes, sink) ?? 'Allow',
    allowDefinition: definition === 'MachineToWebRoot' ? 'MachineToRootWeb' : definition,
    allowLocation: boolOf(element, 'allowLocation', sink) ?? true,
  };
}
