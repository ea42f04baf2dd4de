import { type Appcmd, isReading } from '../appcmd/index.js';
import { applyEdits, attribute, parseXml, removeElementEdit, setAttributeEdit, type XmlElement } from '../xml/index.js';
import { onlyReads } from './only-reads.js';
import type { DeployContext } from './step.js';
import { same } from './steps/run-appcmd.js';

/**
 * The server for the dry run of a removal: what reads is asked of the real one, what writes is answered with success and not run. The
 * list of applications is as it would be after the commands so far, because the steps ask who still uses a pool.
 */
export function rehearsing(context: DeployContext): DeployContext {
  const { records, target } = context;
  const { host, certificates } = target;
  return {
    ...context,
    appcmd: rehearsingAppcmd(context.appcmd),
    run: (command, args, options) =>
      onlyReads(command, args) ? context.run(command, args, options) : Promise.resolve({ exitCode: 0, stdout: '' }),
    ...(records && {
      records: {
        all: () => records.all(),
        find: (...place) => records.find(...place),
        save: async () => undefined,
        remove: async () => undefined,
      },
    }),
    target: {
      ...target,
      ...(host && { host: { ...host, stop: (site: string) => host.running(site) } }),
      ...(certificates && { certificates: { ...certificates, remove: async () => undefined } }),
    } as DeployContext['target'],
  };
}

function rehearsingAppcmd(appcmd: Appcmd): Appcmd {
  const written: (readonly string[])[] = [];
  return {
    format: (args) => appcmd.format(args),
    async run(args) {
      if (!isReading(args)) {
        written.push(args);
        return { exitCode: 0, stdout: '' };
      }
      const result = await appcmd.run(args);
      const isAppList = args[1] === 'app' && args.includes('/xml') && result.stdout.trim() !== '';
      return isAppList && written.length > 0 ? { ...result, stdout: afterCommands(result.stdout, written) } : result;
    },
  };
}

/** appcmd's list of applications, after these commands. */
function afterCommands(list: string, commands: readonly (readonly string[])[]): string {
  const doc = parseXml(list);
  const edits = (doc.root?.children ?? []).flatMap((app) => {
    const own = commands.filter((command) => concerns(command, app));
    if (own.some(([verb]) => verb === 'delete')) return removeElementEdit(doc, app);
    const pool = own.flatMap((command) => command.flatMap(poolIn)).at(-1);
    return pool === undefined ? [] : setAttributeEdit(doc, app, 'APPPOOL.NAME', pool);
  });
  return applyEdits(doc, edits).text;
}

/** Which one an application inherits is not known here: it is none of a deployment. */
function poolIn(word: string): readonly string[] {
  if (word === '/-applicationPool') return [''];
  const setting = '/applicationPool:';
  return word.startsWith(setting) ? [word.slice(setting.length)] : [];
}

/** A command for the application, or one that deletes its site. */
const concerns = ([verb, object, name]: readonly string[], app: XmlElement): boolean =>
  (object === 'app' && same(name, attribute(app, 'APP.NAME'))) ||
  (verb === 'delete' && object === 'site' && same(name, attribute(app, 'SITE.NAME')));
