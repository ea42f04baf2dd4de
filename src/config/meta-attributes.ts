import type { XmlElement } from '../xml/index.js';
import type { ErrorSink } from './error-sink.js';
import { unconfirmed } from './unconfirmed.js';

/** `xmlns` and `xmlns:x`: not attributes in XML, and not in IIS. */
export const isNamespace = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:');

/** Reads attributes of the configuration system's own elements, `<location>` and `<section>`; errors go to the sink. */
export function refuseUnknown(element: XmlElement, names: readonly string[], sink: ErrorSink): void {
  for (const { name, span } of element.attributes) {
    if (names.includes(name) || isNamespace(name)) continue;
    sink.add('unknown-attribute', `Unrecognized attribute '${name}'`, element, undefined, span.start);
  }
}

/** One of `names`, ignoring case; undefined when the attribute is missing or has another value. */
export function oneOf<Name extends string>(
  element: XmlElement,
  name: string,
  names: readonly Name[],
  sink: ErrorSink,
): Name | undefined {
  const written = attributeNamed(element, name);
  if (written === undefined) return undefined;
  const found = names.find((candidate) => candidate.toLowerCase() === written.value.toLowerCase());
  if (found === undefined) invalid(element, name, `Enum must be one of ${names.join(', ')}`, sink);
  return found;
}

export function boolOf(element: XmlElement, name: string, sink: ErrorSink): boolean | undefined {
  const text = attributeNamed(element, name)?.value.toLowerCase();
  if (text === 'true' || text === 'false') return text === 'true';
  if (text !== undefined) invalid(element, name, unconfirmed.boolMessage, sink);
  return undefined;
}

const attributeNamed = (element: XmlElement, name: string) =>
  element.attributes.find((attribute) => attribute.name === name);

function invalid(element: XmlElement, name: string, reason: string, sink: ErrorSink): void {
  const text = `The '${name}' attribute is invalid.  ${reason}`;
  sink.add('invalid-value', text, element, undefined, attributeNamed(element, name)?.span.start);
}
