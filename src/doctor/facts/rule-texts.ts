import type { RewriteRule } from '../../rewrite/index.js';
import { findElements, setAttributeEdit, type TextEdit, type XmlDocument, type XmlElement } from '../../xml/index.js';

/** A text of a rule in which `{...}` is expanded. */
export interface ExpandedText {
  readonly text: string;
  /** The number of conditions that are evaluated before it. */
  readonly after: number;
}

/** The expanded texts of a rule: inputs of conditions, values of server variables, the action's URL. */
export function expandedTexts({ action, conditions, serverVariables }: RewriteRule): readonly ExpandedText[] {
  const after = conditions.length;
  const url = action.type === 'Rewrite' || action.type === 'Redirect' ? [action.url] : [];
  const answer = action.type === 'CustomResponse' ? [action.reason, action.description] : [];
  return [
    ...conditions.flatMap(({ input }, index) => (input === undefined ? [] : [{ text: input, after: index }])),
    ...[...serverVariables.map(({ value }) => value), ...url, ...answer].map((text) => ({ text, after })),
  ];
}

/** The attributes of a rule's element that hold these texts. */
const textAttributes: readonly (readonly [string, string])[] = [
  ['conditions/add', 'input'],
  ['serverVariables/set', 'value'],
  ['action', 'url'],
];

/** Replaces a text in all of them. */
export function replaceInTexts(doc: XmlDocument, rule: XmlElement, old: string, text: string): readonly TextEdit[] {
  return textAttributes.flatMap(([path, name]) =>
    findElements(rule, path).flatMap((element) => {
      const value = element.attributes.find((attribute) => attribute.name === name)?.value;
      return value?.includes(old) ? setAttributeEdit(doc, element, name, value.replaceAll(old, text)) : [];
    }),
  );
}
