import type { Appcmd } from '../../../appcmd/index.js';

/**
 * appcmd.exe of IIS Express on one applicationhost.config. There is no WAS: pools and sites have no state, and nothing starts, stops or
 * recycles them but a start of iisexpress.exe (iis.md 2.3, 6).
 * @param real IIS Express's appcmd.exe.
 * @param restart Ends the running processes of IIS Express and starts them again.
 */
export function expressAppcmd(real: Appcmd, file: string, restart: () => Promise<void>): Appcmd {
  return {
    format: (args) =>
      isRecycle(args.map(String)) ? '(start IIS Express again)' : real.format([...args, `/apphostconfig:${file}`]),
    async run(args) {
      if (isRecycle(args)) await restart();
      if (isAboutState(args)) return { exitCode: 0, stdout: '' };
      return real.run([...args, `/apphostconfig:${file}`]);
    },
  };
}

const isRecycle = ([verb, object]: readonly string[]): boolean =>
  verb?.toLowerCase() === 'recycle' && object?.toLowerCase() === 'apppool';

const isAboutState = (args: readonly string[]): boolean =>
  ['start', 'stop', 'recycle'].includes(args[0]?.toLowerCase() ?? '') ||
  (args[0]?.toLowerCase() === 'list' && args.some((one) => one.toLowerCase() === '/text:state'));
