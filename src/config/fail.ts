import type { XmlAttribute, XmlElement } from '../xml/index.js';
import type { Block } from './block.js';
import { ConfigError, type ConfigErrorKind, type ConfigErrorPlace } from './error.js';

/** Where a section is being read. */
export interface Failing {
  readonly block: Block;
}

/** The error at an element, or at one of its attributes. */
export function failAt(
  { block }: Failing,
  kind: ConfigErrorKind,
  message: string,
  element: XmlElement,
  attribute?: XmlAttribute,
  more: Pick<ConfigErrorPlace, 'earlier'> = {},
): ConfigError {
  return new ConfigError(kind, message, {
    ...more,
    file: block.document.file,
    position: block.document.positionAt(attribute?.span.start ?? element.span.start),
    section: block.declaration.path,
  });
}
