import { hasIisnodeHandler } from '../../facts/realtime.js';
import { defineRule } from '../define-rule.js';
import { setIisnodeAttribute, settingText } from '../iisnode-edits.js';

const name = 'interceptor';

/** A full path with a blank, without quotes, and nothing else; %programfiles% stands for such a path. */
const isCut = (value: string): boolean =>
  /^([a-z]:\\|%[\w()]+%\\)[^"]*\.[cm]?js$/i.test(value) && /\s|^%programfiles/i.test(value);

/** node takes the first part of the path for the script (symptoms.md, ground fact 7). */
export const interceptorNotQuoted = defineRule<string>({
  code: 'INTERCEPTOR_NOT_QUOTED',
  severity: 'error',
  explains: [{ finding: 'APP_CRASHED', saying: /Cannot find module/ }],
  title: 'The path of the interceptor has blanks and no quotes',
  why: 'node takes the text up to the blank for the script: it ends with "Cannot find module \'C:\\Program\'", and every request is answered with 500.1002.',
  help: `iisnode puts the interceptor between node.exe and the entry point and quotes only the entry point. A path with a blank needs quotes of its
own, which are &quot; in an attribute: interceptor="&quot;%programfiles%\\iisnode\\interceptor.js&quot;". That is the default: leave the
attribute out unless the interceptor is elsewhere. --fix adds the quotes.`,
  check(facts) {
    const { iisnode } = facts;
    if (iisnode === undefined || iisnode.sources[name] === 'default' || !hasIisnodeHandler(facts)) return [];
    const value = iisnode.values[name].trim();
    if (!isCut(value)) return [];
    const at = facts.query.iisnodePlace(name);
    return [
      {
        message: `${name} is ${value}, without quotes: node gets only the part before the blank.`,
        fix: settingText(facts, name, `&quot;${value}&quot;`),
        data: value,
        ...(at && { at }),
      },
    ];
  },
  fix: (facts, { data }) => (data === undefined ? [] : setIisnodeAttribute(facts, name, `"${data}"`)),
});
