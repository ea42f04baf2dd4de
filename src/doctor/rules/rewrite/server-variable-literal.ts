import { type RewriteRule, serverVariableNames } from '../../../rewrite/index.js';
import { attribute, findElements, setAttributeEdit } from '../../../xml/index.js';
import { placeOfRule, runningRules } from '../../facts/rewrite-rules.js';
import { defineRule } from '../define-rule.js';
import { editWebConfig } from '../web-config-edits.js';

interface FixData {
  readonly rule: RewriteRule;
  readonly name: string;
  readonly value: string;
}

/** The name of a variable as it is written in the references; URL and HTTPS are words as well. */
const isVariable = (value: string): boolean =>
  value.includes('_') && (serverVariableNames.includes(value) || /^HTTP_[A-Z][A-Z_]+$/.test(value));

/** A variable's name where its value was meant. */
export const serverVariableLiteral = defineRule<FixData>({
  code: 'SERVER_VARIABLE_LITERAL',
  severity: 'warning',
  title: 'A rule sets a server variable to the name of another one',
  why: 'The header or variable gets the name as its text, and not the value: Accept-Encoding becomes "HTTP_ACCEPT_ENCODING".',
  help: `The value of <set> is text, and only what is in braces is replaced. value="HTTP_ACCEPT_ENCODING" is that word;
value="{HTTP_ACCEPT_ENCODING}" is the value of the request's Accept-Encoding header. --fix adds the braces.`,
  check(facts) {
    return runningRules(facts).flatMap((rule) =>
      rule.serverVariables
        .filter(({ value }) => isVariable(value))
        .map(({ name, value }) => ({
          message: `Rule "${rule.name}" sets ${name} to the word ${value}.`,
          fix: `value="{${value}}"`,
          ...placeOfRule(facts, rule),
          data: { rule, name, value },
        })),
    );
  },
  fix(facts, { data }) {
    const element = facts.query.ownElement(data?.rule.origin);
    const set =
      element &&
      findElements(element, 'serverVariables/set').find(
        (each) => attribute(each, 'name') === data?.name && attribute(each, 'value') === data?.value,
      );
    return set && data ? editWebConfig(facts, (doc) => setAttributeEdit(doc, set, 'value', `{${data.value}}`)) : [];
  },
});
