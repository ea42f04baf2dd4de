import { listConfig, parseAppcmdXml } from '../../appcmd/index.js';
import { elementsEverywhere } from '../../webconfig/index.js';
import { isDeclared } from '../steps/section-state.js';
import type { Obstacle, Preflight, PreflightCheck } from './check.js';

/** What is installed on a server besides IIS, and that an app needs. */
export interface NeededProduct {
  readonly code: string;
  readonly name: string;
  /** Names of its modules in handlers; none: only its sections tell that an app needs it. */
  readonly modules: readonly string[];
  /** Its sections begin so. */
  readonly section: string;
  readonly remedy: string;
  /** The same for IIS Express, where it differs. */
  readonly onExpress?: string;
}

/** A section that nothing declares is 500.19, 0x8007000d for the whole folder; a handler without its module is 500.21 (iis.md 3.8, 5). */
async function lookFor(product: NeededProduct, asked: Preflight): Promise<Obstacle | undefined> {
  const { code, name } = product;
  const remedy = asked.context.target.kind === 'iisexpress' ? (product.onExpress ?? product.remedy) : product.remedy;
  if (asked.plan.installs?.some((one) => one.name === name)) return undefined; // it is installed first
  const sections = asked.plan.sections.filter((section) => section.startsWith(product.section));
  for (const section of sections) {
    if (await isDeclared(asked.context, asked.plan, section)) continue;
    return {
      code,
      what: `${name} is not installed on the server`,
      why: `web.config sets ${section}, which no product on the server declares: IIS would answer every request with 500.19`,
      next: remedy,
    };
  }
  const module = modulesOf(asked).find((one) => product.modules.includes(one.toLowerCase()));
  if (module === undefined) return undefined;
  const installed = await globalModules(asked);
  if (installed === undefined || installed.has(module.toLowerCase())) return undefined;
  return {
    code,
    what: `${name} is not installed on the server`,
    why: `a handler in web.config names the module ${module}, which is not among the global modules of the server: IIS would answer with 500.21`,
    next: remedy,
  };
}

/** The modules that the app's own handlers name. */
export function modulesOf({ app }: Pick<Preflight, 'app'>): readonly string[] {
  const { document } = app.webConfig;
  if (document === undefined) return [];
  const found = elementsEverywhere(document.root, 'system.webServer/handlers/add');
  const named = found.flatMap(
    ({ attributes }) => attributes.find(({ name }) => name === 'modules')?.value.split(',') ?? [],
  );
  return [...new Set(named.map((one) => one.trim()))];
}

/** A module of the server. */
export interface GlobalModule {
  /** `bitness32`: only pools of that bitness load it; '' where there is no condition. */
  readonly preCondition: string;
  readonly image: string;
}

/** The native modules of the server by name, in lower case; undefined where appcmd does not list them. */
export async function globalModules({
  context,
}: Pick<Preflight, 'context'>): Promise<ReadonlyMap<string, GlobalModule> | undefined> {
  const result = await context.appcmd.run(listConfig('system.webServer/globalModules'));
  if (result.exitCode !== 0) return undefined;
  const entries = parseAppcmdXml(result.stdout).flatMap(({ config }) => config?.children ?? []);
  return new Map(
    entries.map(({ attributes }) => [
      (attributes.get('name') ?? '').toLowerCase(),
      { preCondition: attributes.get('preCondition') ?? '', image: attributes.get('image') ?? '' },
    ]),
  );
}

/** One check a product. */
export const needs = (id: string, product: NeededProduct): PreflightCheck => ({
  id,
  title: `${product.name} is installed, if web.config needs it`,
  look: (asked) => lookFor(product, asked),
});
