import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Argument,
  commandLine,
  joinedArgument,
  literalArguments,
  quoteForBatch,
  quoteForCmd,
  quoteForPowerShell,
} from '../src/quoting.js';

/** Splits a command line as the C runtime of Windows does ("Parsing C++ command-line arguments"). */
function splitAsWindows(line: string): string[] {
  const args: string[] = [];
  let current: string | undefined;
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    let slashes = 0;
    while (line[at] === '\\') {
      slashes++;
      at++;
    }
    const character = line[at];
    if (character === '"') {
      current = (current ?? '') + '\\'.repeat(Math.floor(slashes / 2));
      if (slashes % 2 === 1) current += '"';
      else quoted = !quoted;
      continue;
    }
    if (slashes > 0) current = (current ?? '') + '\\'.repeat(slashes);
    if (character === undefined) break;
    if (character === ' ' && !quoted) {
      if (current !== undefined) args.push(current);
      current = undefined;
    } else current = (current ?? '') + character;
  }
  if (current !== undefined) args.push(current);
  return args;
}

/** What cmd.exe leaves of a line: `^` outside quotes takes the meaning of the next character; of the others none may have one there. */
function afterCmd(line: string): string {
  let left = '';
  let quoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? '';
    if (!quoted && character === '^') {
      at++;
      left += line[at] ?? '';
      continue;
    }
    if (character === '"') quoted = !quoted;
    else if (!quoted && /[&|<>()]/.test(character)) throw new Error(`${character} has a meaning in ${line}`);
    left += character;
  }
  return left;
}

describe('command lines that a user can type', () => {
  it.each([
    ['/managedRuntimeVersion:', '/managedRuntimeVersion:'],
    ['/site.name:Default Web Site', '/site.name:"Default Web Site"'],
    ['Default Web Site/dante', '"Default Web Site/dante"'],
    ["/[path='/'].applicationPool:My Pool", `"/[path='/'].applicationPool:My Pool"`],
    [
      "/+bindings.[protocol='http',bindingInformation='*:80:']",
      `"/+bindings.[protocol='http',bindingInformation='*:80:']"`,
    ],
    ['/physicalPath:C:\\apps\\dante', '/physicalPath:C:\\apps\\dante'],
    ['/physicalPath:C:\\my apps\\', '/physicalPath:"C:\\my apps\\\\"'],
    ['a&b', '"a&b"'],
    ['', '""'],
  ])('writes %s as %s', (argument, typed) => {
    expect(quoteForCmd(argument)).toBe(typed);
  });

  it('gives Windows exactly the given arguments', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: fc.constantFrom(...' "\\/:ab%&|<^\'[]=,*'.split('')), maxLength: 12 })),
        (args) => {
          expect(splitAsWindows(afterCmd(commandLine('appcmd.exe', args))).slice(1)).toEqual(args);
        },
      ),
    );
  });

  it('doubles % in a batch file, where cmd.exe expands it even inside quotes', () => {
    expect(quoteForBatch('/image:%programfiles%\\iisnode\\iisnode.dll')).toBe(
      '/image:"%%programfiles%%\\iisnode\\iisnode.dll"',
    );
  });

  it('uses single quotes in PowerShell, where [ , * and @ have a meaning', () => {
    expect(quoteForPowerShell("/[path='/'].applicationPool:P")).toBe("'/[path=''/''].applicationPool:P'");
    expect(quoteForPowerShell('dante')).toBe('dante');
    // PowerShell ends a string at each of these.
    expect(quoteForPowerShell('‘a’ ‚b‛')).toBe("'‘‘a’’ ‚‚b‛‛'");
  });

  const app = { placeholder: 'APP' };
  it.each<[Argument, string, string]>([
    [[app], '"%APP%"', "('' + $app + '')"],
    [['/physicalPath:', app], '/physicalPath:"%APP%"', "('/physicalPath:' + $app + '')"],
    [[app, '\\100% "mine"\\'], '"%APP%\\100%% "\\^""mine"\\^""\\\\"', `('' + $app + '\\100% \\"mine\\"\\')`],
    [['a', "b's", app, app, 'c'], `"ab's%APP%%APP%c"`, "('ab''s' + $app + '' + $app + 'c')"],
  ])('writes the placeholder of %j as the variable of the shell', (argument, inBatch, inPowerShell) => {
    expect(quoteForBatch(argument)).toBe(inBatch);
    expect(quoteForPowerShell(argument)).toBe(inPowerShell);
  });

  it('gives Windows the value of a placeholder, with its blanks', () => {
    const text = fc.string({ unit: fc.constantFrom(...' "\\/:ab%&|<^\'[]=,*'.split('')), maxLength: 8 });
    const value = 'C:\\my apps\\x';
    fc.assert(
      fc.property(fc.array(fc.oneof(text, fc.constant(app)), { minLength: 1, maxLength: 5 }), (parts) => {
        // cmd.exe inserts the value, and replaces two % by one.
        const line = quoteForBatch(parts).replace(/%%|%APP%/g, (found) => (found === '%%' ? '%' : value));
        const whole = parts.map((part) => (typeof part === 'string' ? part : value)).join('');
        expect(splitAsWindows(afterCmd(`appcmd.exe ${line}`)).slice(1)).toEqual([whole]);
      }),
    );
  });

  it('is made of a name and a value, and runs no unknown command', () => {
    expect(joinedArgument('/path:', 'C:\\x')).toBe('/path:C:\\x');
    expect(joinedArgument('/path:', [app, '\\x'])).toEqual(['/path:', app, '\\x']);
    expect(literalArguments(['a', 'b'])).toEqual(['a', 'b']);
    expect(() => literalArguments(['a', [app]])).toThrow(/placeholder.*APP/);
  });

  it('never lets a line break end the command', () => {
    expect(quoteForCmd('a\r\nformat c:')).not.toMatch(/[\r\n]/);
  });
});
