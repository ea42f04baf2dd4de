import { hasIisnodeHandler } from '../facts/realtime.js';
import { defineRule } from './define-rule.js';

function fixFor(key: string): string | undefined {
  // Its three bytes in the Western code page.
  if (key.startsWith('\u00ef\u00bb\u00bf')) return 'Save the file without a byte-order mark.';
  if (key.includes('\t')) return 'Remove the tab: iisnode reads it as a part of the key.';
  if (key.toLowerCase() === 'debuggerportrange') return 'Did you mean debugPortRange?';
  if (key.toLowerCase() === 'configoverrides') return 'Set it in <iisnode>: iisnode.yml cannot set its own name.';
  return undefined;
}

/** iisnode.yml has lines that iisnode cannot read: its format is simpler than YAML. */
export const iisnodeYmlInvalid = defineRule({
  code: 'IISNODE_YML_INVALID',
  severity: 'error',
  explains: ['CONFIG_REFUSED'],
  leadsTo: ['FEW_CONCURRENT_REQUESTS'],
  title: 'iisnode cannot read iisnode.yml',
  why: 'Every request fails until it is fixed: clients on the server itself get a page that explains it, all others get 500.1000.',
  help: `iisnode.yml is not YAML: iisnode reads only lines of the form key: value. It fails on a line without a colon (---, a list item,
a line of tabs), a space inside the key, a # before the colon, or a byte-order mark before a comment. A tab is not a space,
quotes belong to the value, and # ends a line even within quotes. A key is the name of an attribute of <iisnode>, except for
configOverrides, which cannot be set here, and debuggerPortRange, which is called debugPortRange here. Unknown keys are ignored
silently, and a number that does not start with a digit (infinite) is 0.`,
  check(facts) {
    const { iisnodeYml } = facts;
    if (iisnodeYml === undefined || !hasIisnodeHandler(facts)) return [];
    const { refusal, ignored, noNumbers } = iisnodeYml;
    if (refusal !== undefined) return [refusal];
    const zeros = noNumbers.map(({ key, value, at }) => ({
      // With 0 here every request is refused.
      severity: /^maxConcurrentRequestsPerProcess$/i.test(key) ? ('error' as const) : ('warning' as const),
      message: `iisnode.yml sets ${key} to ${JSON.stringify(value)}, which is not a number: iisnode uses 0.`,
      why: 'iisnode reads the digits at the start of the value, and silently uses 0 where there are none.',
      fix: 'Write the number in digits.',
      at,
    }));
    const unknown = ignored.map(({ key, at }) => {
      const fix = fixFor(key);
      return {
        severity: 'warning' as const,
        message: `iisnode.yml sets ${JSON.stringify(key)}, which is not a setting of iisnode.`,
        why: 'iisnode ignores unknown keys: the line has no effect.',
        ...(fix !== undefined && { fix }),
        at,
      };
    });
    return [...zeros, ...unknown];
  },
});
