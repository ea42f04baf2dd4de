import type { ServerFile } from '../../../server/index.js';
import { runsApp } from '../../../webconfig/index.js';
import type { IisFacts } from '../../facts/iis.js';
import type { FileFacts, RuleFinding } from '../../types.js';
import { defineRule } from '../define-rule.js';
import { everythingFails } from '../symptoms.js';

const products: Readonly<Record<string, string>> = {
  iisnode: 'iisnode',
  httpplatformhandler: 'HttpPlatformHandler',
  aspnetcoremodule: 'the ASP.NET Core Module',
  aspnetcoremodulev2: 'the ASP.NET Core Module',
};

/** What their installers bring: with the schema, because a DLL may be in another folder. */
const filesOf: Readonly<Record<string, readonly ServerFile[]>> = {
  iisnode: ['iisnode', 'iisnode32', 'iisnodeSchema'],
  httpplatformhandler: ['httpPlatform', 'httpPlatformSchema'],
};

const isOfInterest = (module: string): boolean => module.toLowerCase() === 'iisnode' || runsApp(module);

/** On the server itself: none of its files is there, or the one of the pool's bitness is not. */
function whyNoFile(module: string, { serverSeen: { files }, iis }: FileFacts): Omit<RuleFinding, 'at'> | undefined {
  const product = products[module.toLowerCase()] ?? module;
  const seen = (filesOf[module.toLowerCase()] ?? []).map((name) => files?.[name]);
  if (seen.length === 0 || seen.includes(undefined)) return undefined;
  const bits = seen.flatMap((file) => file?.bits ?? []);
  const installed = iis?.globalModules?.get(module.toLowerCase());
  if (installed === undefined && !seen.some((file) => file)) {
    return {
      message: `A handler uses the module ${module}, and ${product} is not on the server.`,
      fix: `Install ${product} on the server.`,
    };
  }
  const { settings, name } = iis?.pool ?? {};
  // Without a condition every pool loads it.
  if (
    installed === undefined ||
    /\bbitness/i.test(installed.preCondition) ||
    settings === undefined ||
    bits.length === 0
  )
    return undefined;
  const of = settings.is32Bit ? 32 : 64;
  if (bits.includes(of)) return undefined;
  return {
    message: `${product} is installed with a DLL of ${bits[0]} bit alone, and the pool "${name}" is one of ${of} bit.`,
    why: 'A worker process cannot load a module of the other bitness (0x800700c1): it ends, and every request of the pool is answered with 503.',
    fix:
      of === 32 ? `appcmd set apppool "${name}" /enable32BitAppOnWin64:false` : `Install the x64 build of ${product}.`,
  };
}

/** Why the application's pool does not have a module; undefined where it has it, or where that is unknown. */
function whyNot(module: string, { file, modules, globalModules, pool }: IisFacts): Omit<RuleFinding, 'at'> | undefined {
  const product = products[module.toLowerCase()] ?? module;
  const installed = globalModules?.get(module.toLowerCase());
  if (globalModules !== undefined && installed === undefined) {
    return {
      message: `A handler uses the module ${module}, which is not among the global modules of ${file}.`,
      fix: `Install ${product} on the server.`,
    };
  }
  const bitness = /\bbitness(32|64)\b/i.exec(installed?.preCondition ?? '')?.[1];
  const of = pool.settings && (pool.settings.is32Bit ? '32' : '64');
  if (bitness !== undefined && of !== undefined && bitness !== of) {
    return {
      message: `${module} is installed for pools of ${bitness} bit, and the pool "${pool.name}" is one of ${of} bit.`,
      fix:
        bitness === '64'
          ? `appcmd set apppool "${pool.name}" /enable32BitAppOnWin64:false`
          : `Install the x64 build of ${product}, with an x64 node.exe.`,
    };
  }
  if (modules === undefined || modules.has(module.toLowerCase())) return undefined;
  return {
    message: `A handler uses the module ${module}, which is not among the modules of the application.`,
    fix: `appcmd add module /name:${module}`,
  };
}

/** The module of a handler is not there (iis.md 5, symptoms.md S20). */
export const moduleNotInstalled = defineRule({
  code: 'MODULE_NOT_INSTALLED',
  severity: 'error',
  explains: everythingFails,
  title: 'The module that runs the app is not on the server',
  why: 'IIS answers every request of that handler with 500.21 ("has a bad module"), and node is never started.',
  help: `A handler names a module, which has to be installed on the server and enabled for the application: iisnode, HttpPlatformHandler or the
ASP.NET Core Module. Their installers add them to system.webServer/globalModules and system.webServer/modules of applicationHost.config; a
preCondition there (bitness32, bitness64) leaves a module out of pools of the other bitness (enable32BitAppOnWin64). The doctor sees that
with --apphost FILE, and on the server itself.`,
  check(facts: FileFacts) {
    const { iis, site, query } = facts;
    if (site?.handlers === undefined) return [];
    const seen = new Set<string>();
    return site.handlers.mappings.flatMap(({ modules, origin }) =>
      modules.filter(isOfInterest).flatMap((module) => {
        const isFirst = !seen.has(module.toLowerCase());
        const why = isFirst ? ((iis && whyNot(module, iis)) ?? whyNoFile(module, facts)) : undefined;
        seen.add(module.toLowerCase());
        const at = origin && query.placeOf(origin);
        return why ? [{ ...why, ...(at && { at }) }] : [];
      }),
    );
  },
});
