import { attribute, type XmlElement } from '../xml/index.js';
import type { ErrorSink } from './error-sink.js';
import { refuseUnknown } from './meta-attributes.js';
import { sectionSchema, sectionSchemas } from './schema/index.js';
import type { AllowDefinition, OverrideMode, SectionSchema } from './schema/types.js';
import { readRights } from './section-rights.js';
import { unconfirmed } from './unconfirmed.js';

/** A `<section>` of some `<configSections>`. */
export interface Declaration {
  readonly path: string;
  /** Undefined: declared, but no schema file describes it. */
  readonly schema: SectionSchema | undefined;
  readonly overrideModeDefault: OverrideMode;
  readonly allowDefinition: AllowDefinition;
  readonly allowLocation: boolean;
  /** The file that declares it; undefined: machine.config. */
  readonly file: string | undefined;
}

/** A section group; the outermost one is `<configuration>`. */
export interface Group {
  readonly path: string;
  readonly groups: Map<string, Group>;
  readonly sections: Map<string, Declaration>;
}

const emptyGroup = (path: string): Group => ({ path, groups: new Map(), sections: new Map() });

const copyOf = (group: Group): Group => ({
  path: group.path,
  groups: new Map([...group.groups].map(([name, child]) => [name, copyOf(child)])),
  sections: new Map(group.sections),
});

const join = (group: Group, name: string): string => (group.path === '' ? name : `${group.path}/${name}`);

function groupIn(parent: Group, name: string): Group {
  const known = parent.groups.get(name);
  if (known !== undefined) return known;
  const made = emptyGroup(join(parent, name));
  parent.groups.set(name, made);
  return made;
}

function treeOf(schemas: readonly SectionSchema[]): Group {
  const root = emptyGroup('');
  for (const schema of schemas) {
    const names = schema.path.split('/');
    const last = names.pop() ?? '';
    const group = names.reduce(groupIn, root);
    const { path, overrideModeDefault, allowDefinition } = schema;
    group.sections.set(last, {
      path,
      schema,
      overrideModeDefault,
      allowDefinition,
      allowLocation: true,
      file: undefined,
    });
  }
  return root;
}

/** What .NET Framework 4's machine.config declares. */
export const machineDeclarations: Group = treeOf(sectionSchemas.filter(({ product }) => product === 'machine'));

/** All sections that have a schema, as declared: for checking a file without its server. */
export const allDeclarations: Group = treeOf(sectionSchemas);

/** The declarations of `parent` and those of a file's `<configSections>`. */
export function declare(parent: Group, configSections: XmlElement, sink: ErrorSink): Group {
  const root = copyOf(parent);
  declareIn(root, parent, configSections, sink);
  return root;
}

function declareIn(group: Group, inherited: Group | undefined, element: XmlElement, sink: ErrorSink): void {
  for (const child of element.children) {
    const name = attribute(child, 'name');
    if (!['section', 'sectionGroup', 'clear', 'remove'].includes(child.name)) {
      sink.add('unknown-element', `Unrecognized element '${child.name}'`, child);
    } else if (child.name === 'clear' || child.name === 'remove') {
      // System.Configuration has both; they do not remove what an installer declared.
    } else if (name === undefined || name === '') {
      sink.add('missing-attribute', "Missing required attribute 'name'", child);
    } else if (child.name === 'sectionGroup') {
      refuseUnknown(child, ['name', 'type'], sink);
      declareIn(groupIn(group, name), inherited?.groups.get(name), child, sink);
    } else {
      declareSection(group, inherited, name, child, sink);
    }
  }
}

function declareSection(
  group: Group,
  inherited: Group | undefined,
  name: string,
  element: XmlElement,
  sink: ErrorSink,
): void {
  const path = join(group, name);
  const before = group.sections.get(name);
  if (before !== undefined) {
    const tolerated = before.file === undefined && unconfirmed.mayBeDeclaredAgain.includes(path.split('/')[0] ?? '');
    if (tolerated && inherited?.sections.has(name)) return;
    sink.add('duplicate-section', `There is a duplicate '${path}' section defined`, element, path);
    return;
  }
  group.sections.set(name, { path, schema: sectionSchema(path), ...readRights(element, sink), file: sink.file });
}

/** The declaration of `system.webServer/handlers`; undefined when it is not declared. */
export function declarationOf(root: Group, path: string): Declaration | undefined {
  const names = path.split('/');
  const last = names.pop() ?? '';
  let group: Group | undefined = root;
  for (const name of names) group = group?.groups.get(name);
  return group?.sections.get(last);
}
