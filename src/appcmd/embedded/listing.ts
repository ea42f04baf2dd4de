import type { ElementSchema } from '../../config/index.js';
import { attribute, escapeAttribute, type XmlElement } from '../../xml/index.js';
import type { CommandLine, Parameter } from './command-line.js';
import { type HostObject, sameName } from './objects.js';
import { byName } from './properties.js';
import { parsePropertyPath } from './property-path.js';
import { unknownAttribute } from './refusal.js';

/** The objects that match every `/name:value` of the command line. */
export function filterObjects(objects: readonly HostObject[], filters: readonly Parameter[]): HostObject[] {
  return objects.filter((object) =>
    filters.every(({ name, value }) => sameName(propertyOf(object, name), value ?? '')),
  );
}

/** A property by its name in the object line, the XML form or the configuration. @throws Refusal for an unknown name. */
function propertyOf(object: HostObject, name: string): string {
  const wanted = name.toLowerCase();
  const shown = [...object.line, ...object.xml, ...shortNames(object)].find(([key]) => key.toLowerCase() === wanted);
  return shown?.[1] ?? configValue(object, name);
}

/** `id` and `name` are shown as SITE.ID and SITE.NAME; filters accept both names. */
const shortNames = (object: HostObject): readonly (readonly [string, string])[] => [
  ['name', object.name],
  [`${object.kind}.NAME`, object.name],
];

/** `processModel.identityType`: the object's value, else the default in the file, else the schema's. */
function configValue(object: HostObject, name: string): string {
  let elements: readonly XmlElement[] = [object.element, ...object.defaults];
  let schema: ElementSchema = object.schema;
  const { steps } = parsePropertyPath(name);
  for (const [index, step] of steps.entries()) {
    if (step.kind !== 'name') throw unknownAttribute(name);
    const known = byName(schema.attributes, step.name);
    if (index === steps.length - 1 && known !== undefined) {
      const set = elements.map((element) => attribute(element, known.name)).find((value) => value !== undefined);
      return set ?? known.default ?? '';
    }
    const child = byName(schema.elements, step.name);
    if (child === undefined) throw unknownAttribute(name);
    schema = child;
    elements = elements.flatMap((element) => element.children.filter(({ name: own }) => own === child.name));
  }
  throw unknownAttribute(name);
}

/** The output of `list`, in the format of the command line; '' without results. */
export function renderObjects(objects: readonly HostObject[], line: CommandLine): string {
  if (line.format === 'xml') return envelope(objects.map((object) => objectXml(object, line.config)));
  const property = line.textProperty;
  if (property === '*') return objects.map(objectTree).join('');
  if (property !== undefined && property !== '') {
    return objects.map((object) => `${propertyOf(object, property)}\n`).join('');
  }
  return objects.map((object) => `${textLine(object)}\n`).join('');
}

const textLine = ({ kind, name, line }: HostObject): string =>
  `${kind} "${name}" (${line.map(([key, value]) => `${key}:${value}`).join(',')})`;

/** The XML frame of every `/xml` answer. */
export function envelope(children: readonly string[]): string {
  const inner = children.map((child) => `${indent(child, 4)}\n`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<appcmd>\n${inner}</appcmd>\n`;
}

const written = (pairs: readonly (readonly [string, string])[]): string =>
  pairs.map(([name, value]) => ` ${name}="${escapeAttribute(value, '"')}"`).join('');

function objectXml(object: HostObject, config: CommandLine['config']): string {
  const head = `<${object.kind}${written(object.xml)}`;
  if (config === 'none') return `${head} />`;
  const child = renderElement(object.element.name, object.element, object.schema, config === 'all');
  return `${head}>\n${indent(child, 4)}\n</${object.kind}>`;
}

/**
 * An element as appcmd shows it.
 * @param element undefined: only defaults are shown.
 * @param all `/config:*`: with the schema's defaults.
 */
export function renderElement(
  name: string,
  element: XmlElement | undefined,
  schema: ElementSchema | undefined,
  all: boolean,
): string {
  const own = (element?.attributes ?? []).map(({ name, value }): [string, string] => [name, value]);
  const defaults = all
    ? [...(schema?.attributes.values() ?? [])].filter((known) => !own.some(([key]) => key === known.name))
    : [];
  const attributes = [...own, ...defaults.map((known): [string, string] => [known.name, known.default ?? ''])];
  const children = (element?.children ?? []).map((child) =>
    renderElement(child.name, child, childSchema(schema, child.name), all),
  );
  if (all) {
    for (const child of schema?.elements.values() ?? []) {
      if (element?.children.some((present) => present.name === child.name) === true) continue;
      children.push(renderElement(child.name, undefined, child, all));
    }
  }
  const head = `<${name}${written(attributes)}`;
  if (children.length === 0) return `${head} />`;
  return `${head}>\n${children.map((child) => `${indent(child, 2)}\n`).join('')}</${name}>`;
}

function childSchema(schema: ElementSchema | undefined, name: string): ElementSchema | undefined {
  return schema?.elements.get(name) ?? (schema?.collection?.add === name ? schema.collection.entry : undefined);
}

/** `/text:*`: summary properties as `name: value`, then the configuration as a tree of `name:"value"`. */
function objectTree(object: HostObject): string {
  const label = object.kind;
  const lines: string[] = [label];
  if (!object.xml.some(([key]) => key === `${label}.NAME`)) lines.push(`  ${label}.NAME: ${object.name}`);
  for (const [key, value] of object.xml) lines.push(`  ${key}: ${value}`);
  treeLines(object.element.name, object.element, object.schema, 2, lines);
  return `${lines.join('\n')}\n`;
}

function treeLines(
  name: string,
  element: XmlElement | undefined,
  schema: ElementSchema | undefined,
  depth: number,
  lines: string[],
): void {
  const pad = ' '.repeat(depth);
  lines.push(`${pad}[${name}]`);
  const own = element?.attributes ?? [];
  for (const { name: key, value } of own) lines.push(`${pad}  ${key}:"${value}"`);
  for (const known of schema?.attributes.values() ?? []) {
    if (!own.some(({ name: key }) => key === known.name)) lines.push(`${pad}  ${known.name}:"${known.default ?? ''}"`);
  }
  for (const child of element?.children ?? []) {
    treeLines(child.name, child, childSchema(schema, child.name), depth + 2, lines);
  }
  for (const child of schema?.elements.values() ?? []) {
    if (element?.children.some((present) => present.name === child.name) === true) continue;
    treeLines(child.name, undefined, child, depth + 2, lines);
  }
}

const indent = (text: string, by: number): string => text.replace(/^(?=.)/gm, ' '.repeat(by));
