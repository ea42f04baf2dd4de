import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

function fixFor(key: string): string | undefined {
  // Its three bytes in the Western code page.
  if (key.startsWith('\u00ef\u00bb\u00bf')) return 'Save the file without a byte-order mark.';
  if (key.includes('\t')) return 'Remove the tab: iisnode takes it for a part of the key.';
  if (key.toLowerCase() === 'debuggerportrange') return 'Did you mean debugPortRange?';
  if (key.toLowerCase() === 'configoverrides') return 'Set it in <iisnode>: the file cannot name itself.';
  return undefined;
}

/** The override file is not what iisnode reads, which is less than YAML. */
export const iisnodeYmlInvalid = defineRule({
  code: 'IISNODE_YML_INVALID',
  severity: 'error',
  title: 'iisnode cannot read iisnode.yml',
  why: 'Every request fails until it is fixed: with a page that says so on the server itself, with 500.1000 for any other client.',
  help: `iisnode.yml is no YAML: iisnode reads lines of the form key: value, and nothing else. A line without a colon (---, a list item,
a line of tabs), a blank inside the key, a # before the colon or a byte-order mark before a comment stops it; the tab is no blank,
quotes belong to the value, and # ends a line even within quotes. A key is the name of an attribute of <iisnode>, except for
configOverrides, which has none, and debuggerPortRange, which is called debugPortRange here; keys it does not know are passed over
without a word, and a number that does not start with a digit (infinite) is 0.`,
  check(facts) {
    const { iisnodeYml } = facts;
    if (iisnodeYml === undefined || !hasIisnodeHandler(facts)) return [];
    const { refusal, ignored, noNumbers } = iisnodeYml;
    if (refusal !== undefined) return [refusal];
    const zeros = noNumbers.map(({ key, value, at }) => ({
      severity: 'warning' as const,
      message: `iisnode.yml sets ${key} to ${JSON.stringify(value)}, which is no number: iisnode takes 0.`,
      why: 'iisnode reads the digits a value starts with, and takes 0 where there are none, without a word.',
      fix: 'Write the number in digits.',
      at,
    }));
    const unknown = ignored.map(({ key, at }) => {
      const fix = fixFor(key);
      return {
        severity: 'warning' as const,
        message: `iisnode.yml sets ${JSON.stringify(key)}, which is no setting of iisnode.`,
        why: 'iisnode passes over keys it does not know: the line has no effect.',
        ...(fix !== undefined && { fix }),
        at,
      };
    });
    return [...zeros, ...unknown];
  },
});
