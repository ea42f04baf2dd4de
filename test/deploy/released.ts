import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Appcmd } from '../../src/appcmd/index.js';
import type { DeployEvent, DeployPlan } from '../../src/deploy/index.js';
import { deployRelease } from '../../src/deploy/releases/deploy-release.js';
import { openReleases, type ReleaseFolder } from '../../src/deploy/releases/release-folder.js';
import type { DeployContext } from '../../src/deploy/step.js';
import { type DeployWorld, deployWorld, makeApp, planFor, temporaryDirectory } from './support.js';

/** An app, a server in memory, and a folder for its releases. */
export interface ReleasedWorld extends DeployWorld {
  readonly app: string;
  readonly folder: ReleaseFolder;
  /** Writes the app's entry point. */
  edit(text: string): void;
  /** A deployment that begins `second` seconds after midnight: its context, with the record of the one before. */
  contextAt(second: number): Promise<DeployContext>;
  readonly plan: DeployPlan;
  /** Deploys a release, and gives its id and whether something was changed. */
  deploy(
    second: number,
    options?: { readonly keep?: number; readonly report?: (event: DeployEvent) => void },
  ): Promise<{
    readonly id: string;
    readonly changed: boolean;
  }>;
  /** The server, its records, and every file of the releases but the journal. */
  everything(): unknown;
  /** Remembers all of it, for any number of restores. */
  save(): () => void;
}

const midnight = Date.UTC(2026, 0, 1);

export function releasedWorld(text?: string, wrap?: (appcmd: Appcmd) => Appcmd): ReleasedWorld {
  const world = deployWorld(text, wrap);
  const app = makeApp({ server: 'one' });
  const base = path.join(temporaryDirectory(), 'apps', 'dante');
  const folder = openReleases(base);
  const plan = planFor(app);
  const contextAt = async (second: number): Promise<DeployContext> => {
    const earlier = await world.records.find('embedded', plan.siteName, plan.vdirPath);
    return { ...world.context, began: midnight + second * 1000, ...(earlier && { earlier: structuredClone(earlier) }) };
  };
  return {
    ...world,
    app,
    folder,
    plan,
    contextAt,
    edit: (content) => writeFileSync(path.join(app, 'server.js'), content),
    async deploy(second, { keep = 5, report = () => undefined } = {}) {
      const context = await contextAt(second);
      const [{ changed }, done] = await deployRelease({
        context,
        plan,
        request: { base, keep },
        dryRun: false,
        report,
      });
      return { id: done.release?.id ?? '', changed };
    },
    everything: () => ({ ...(world.snapshot() as object), files: filesBelow(base) }),
    save() {
      const [store, records] = [world.world.store.text, structuredClone(world.records.list)];
      const { up } = world.host;
      const copy = path.join(temporaryDirectory(), 'copy');
      if (existsSync(base)) cpSync(base, copy, { recursive: true, preserveTimestamps: true });
      return () => {
        world.world.store.text = store;
        world.records.list = structuredClone(records);
        world.host.up = up;
        world.world.store.isRunning = up;
        world.context.appcmd.forget?.();
        rmSync(base, { recursive: true, force: true });
        if (existsSync(copy)) cpSync(copy, base, { recursive: true, preserveTimestamps: true });
      };
    },
  };
}

/** Names and contents; an empty folder is not one. */
function filesBelow(base: string): Record<string, string> {
  if (!existsSync(base)) return {};
  const all = readdirSync(base, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && entry.name !== 'journal.jsonl',
  );
  return Object.fromEntries(
    all
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [path.relative(base, file), readFileSync(file, 'utf8')]),
  );
}
