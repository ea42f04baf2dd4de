import { describe, expect, it } from 'vitest';
import { planCapacity } from '../../src/capacity/index.js';
import { usageError } from '../../src/commands/usage-error.js';
import { chooseTarget } from '../../src/deploy/targets/choose-target.js';
import { UserError } from '../../src/errors.js';
import { checkOptions } from '../../src/scaffold/options.js';

const init = (options: object) => () => checkOptions({ directory: 'app', ...options });
const to = (name: string) => () => chooseTarget({ to: name, environment: {} }, new AbortController().signal);

function thrown(act: () => unknown): UserError {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('a value that is nearly one of the known ones', () => {
  it.each<[string, () => unknown, string, string]>([
    ['--template dnte', init({ template: 'dnte' }), 'dante', '--template dante'],
    ['--adapter reddis', init({ adapter: 'reddis' }), 'redis', '--adapter redis'],
    ['--module httpplatfrom', init({ module: 'httpplatfrom' }), 'httpplatform', '--module httpplatform'],
    ['--loader alway', init({ loader: 'alway' }), 'always', '--loader always'],
    ['--ci gihtub', init({ ci: 'gihtub' }), 'github', '--ci github'],
    ['--transports poling', init({ transports: ['poling'] }), 'polling', '--transports websocket'],
    [
      'capacity --transports web-socket',
      () => planCapacity({ viewers: 1, transports: ['web-socket'] }),
      'websocket',
      '',
    ],
    ['--to embeded', to('embeded'), 'embedded', '--to embedded'],
    ['--to iss', to('iss'), 'iis', '--to iis'],
    ['--to iisexpres', to('iisexpres'), 'iisexpress', '--to iisexpress'],
  ])('%s: says which', (_what, act, meant, next) => {
    const error = thrown(act);
    expect(error.why).toMatch(new RegExp(`^Did you mean ${meant}\\? \\S`));
    expect(error.next).toContain(next);
    expect(error.exitCode).toBe(2);
  });

  it('a choice of commander, too', () => {
    const message = (typed: string) =>
      `error: option '--format <format>' argument '${typed}' is invalid. Allowed choices are text, json, sarif.`;
    const error = (typed: string, ...words: readonly string[]) =>
      usageError({ code: 'commander.invalidArgument', message: message(typed) }, 'doctor', ['doctor', ...words]);
    const mistyped = error('jsn', '.', '--strict', '--format', 'jsn');
    expect(mistyped.why).toBe('Did you mean json? Allowed choices are text, json, sarif.');
    expect(mistyped.next).toBe('npx iisnode-sock doctor . --strict --format json');
    expect(error('jsn', '--format=jsn').next).toBe('npx iisnode-sock doctor "--format=json"');
    const unlike = error('yaml', '--format', 'yaml');
    expect(unlike.why).toBe('Allowed choices are text, json, sarif.');
    expect(unlike.next).toBe('npx iisnode-sock doctor --help');
  });

  it.each<[string, () => unknown]>([
    ['a template', init({ template: 'virgil' })],
    ['a module', init({ module: 'fastcgi' })],
    ['a target', to('moon')],
  ])('%s that is like none gets the list alone', (_what, act) => {
    expect(thrown(act).why).not.toContain('Did you mean');
  });
});
