import { addApp, addVdir, appName, deleteApp, deleteVdir, setApp, setVdirPath } from '../../appcmd/index.js';
import { type Argument, joinedArgument } from '../../quoting.js';
import type { DeployPlan } from '../plan.js';
import {
  type ChangeItem,
  type Condition,
  contentOf,
  known,
  type LookItem,
  lookFor,
  type PartOfScript,
  runAppcmd,
  type ScriptPlace,
  unknown,
} from './script-part.js';

const isThere = known('BEFORE_APP');
/** Its folder is another one. */
const isElsewhere: readonly Condition[] = [known('BEFORE_FOLDER'), unknown('BEFORE_FOLDER_OURS')];

/** The application, its folder and its pool as they are now. */
function lookAtApplication({ siteName: site, vdirPath }: DeployPlan, folder: Argument): LookItem[] {
  const name = appName(site, vdirPath);
  const app = ['list', 'app', `/site.name:${site}`, `/path:${vdirPath}`];
  const vdir = ['list', 'vdir', `/app.name:${name}`, '/path:/'];
  const at = (path: Argument): Argument[] => [...vdir, joinedArgument('/physicalPath:', path), '/text:vdir.name'];
  return [
    lookFor('BEFORE_APP', [...app, '/text:app.name']),
    {
      ...lookFor('BEFORE_FOLDER', [...vdir, '/text:physicalPath'], [isThere]),
      first: { into: 'BEFORE_FOLDER', isFolder: true },
    },
    lookFor('BEFORE_FOLDER_OURS', at(folder), [known('BEFORE_FOLDER')]),
    {
      kind: 'look',
      program: 'appcmd',
      args: [...vdir, '/text:physicalPath'],
      mentions: [{ into: 'BEFORE_FOLDER_CERTAIN', texts: ['%'] }],
      when: isElsewhere,
    },
    // A letter that the code page of the console lacks is shown as another one: appcmd must know the folder that it has shown.
    {
      ...lookFor('BEFORE_FOLDER_CERTAIN', at([contentOf('BEFORE_FOLDER')]), [
        ...isElsewhere,
        unknown('BEFORE_FOLDER_CERTAIN'),
      ]),
    },
    {
      kind: 'refuse',
      text: `The folder of ${name} cannot be read for certain, because its name has letters that the code page of this console lacks: it could not be restored later.`,
      when: [...isElsewhere, unknown('BEFORE_FOLDER_CERTAIN')],
    },
    lookFor('BEFORE_APP_POOL', [...app, '/text:applicationPool'], [isThere]),
    lookFor('BEFORE_PRELOAD', [...app, '/text:preloadEnabled'], [isThere]),
    {
      kind: 'look',
      program: 'appcmd',
      args: [...app, '/xml', '/config'],
      mentions: [
        { into: 'BEFORE_APP_POOL_OWN', texts: [' applicationPool='] },
        { into: 'BEFORE_PRELOAD_OWN', texts: [' preloadEnabled='] },
      ],
      when: [isThere],
    },
  ];
}

/** A setting of an application that was there gets its former value; one that was not set is removed. */
function restoreSetting(plan: DeployPlan, setting: 'applicationPool' | 'preloadEnabled'): ChangeItem[] {
  const [before, wanted] =
    setting === 'applicationPool'
      ? (['BEFORE_APP_POOL', plan.poolName] as const)
      : (['BEFORE_PRELOAD', 'true'] as const);
  const set = ['set', 'app', appName(plan.siteName, plan.vdirPath)];
  const former: Argument = [`/${setting}:`, contentOf(before)];
  const own: Condition = known(`${before}_OWN`);
  const wasOther: Condition[] = [isThere, { variable: before, isNot: wanted }];
  return [
    runAppcmd([...set, former], [...wasOther, own]),
    {
      ...runAppcmd([...set, `/-${setting}`], [...wasOther, unknown(`${before}_OWN`)]),
      orElse: { args: [...set, former] },
    },
  ];
}

/** Removes the application, or gives one that was there its former folder and pool. */
function restoreApplication(plan: DeployPlan): ChangeItem[] {
  const { siteName: site, vdirPath, newSite } = plan;
  const name = appName(site, vdirPath);
  const find = ['list', 'app', `/site.name:${site}`, `/path:${vdirPath}`, '/text:app.name'];
  const vdir = ['list', 'vdir', `/app.name:${name}`, '/path:/', '/text:vdir.name'];
  const hadNoFolder = [isThere, unknown('BEFORE_FOLDER')];
  return [
    lookFor('NOW_APP', find),
    // The root of a new site is removed with the site.
    ...(newSite === undefined ? [runAppcmd(deleteApp(site, vdirPath), [unknown('BEFORE_APP'), known('NOW_APP')])] : []),
    lookFor('NOW_FOLDER', vdir, [known('NOW_APP'), ...hadNoFolder]),
    runAppcmd(deleteVdir(site, vdirPath, '/'), [known('NOW_APP'), ...hadNoFolder, known('NOW_FOLDER')]),
    runAppcmd(setVdirPath(site, vdirPath, '/', [contentOf('BEFORE_FOLDER')]), [known('NOW_APP'), ...isElsewhere]),
    ...restoreSetting(plan, 'applicationPool'),
  ];
}

function applicationChanges(plan: DeployPlan, folder: Argument): ChangeItem[] {
  const { siteName: site, vdirPath, poolName: pool, newSite } = plan;
  const add =
    newSite === undefined
      ? addApp({ site, path: vdirPath, physicalPath: folder, pool })
      : setApp(site, vdirPath, { applicationPool: pool });
  return [
    runAppcmd(add, [unknown('BEFORE_APP')]),
    runAppcmd(addVdir({ site, app: vdirPath, path: '/', physicalPath: folder }), [isThere, unknown('BEFORE_FOLDER')]),
    runAppcmd(setVdirPath(site, vdirPath, '/', folder), [isThere, ...isElsewhere]),
    runAppcmd(setApp(site, vdirPath, { applicationPool: pool }), [
      isThere,
      { variable: 'BEFORE_APP_POOL', isNot: pool },
    ]),
  ];
}

/** The application: created, or moved to the app's folder and pool. */
export const applicationPart: PartOfScript = (plan, place: ScriptPlace) => {
  const folder = place.folder(plan.directory);
  return {
    why: 'The application, with its folder and its pool.',
    look: lookAtApplication(plan, folder),
    change: applicationChanges(plan, folder),
    undo: restoreApplication(plan),
    remove: restoreApplication(plan),
  };
};

/** The setting of the application that starts node with the pool. */
export const preloadPart: PartOfScript = (plan) => ({
  why: 'Node starts with the pool, before the first visitor comes (where the feature Application Initialization is installed).',
  look: [], // with the application
  change: [
    runAppcmd(setApp(plan.siteName, plan.vdirPath, { preloadEnabled: true }), [
      { variable: 'BEFORE_PRELOAD', isNot: 'true' },
    ]),
  ],
  undo: restoreSetting(plan, 'preloadEnabled'),
  remove: restoreSetting(plan, 'preloadEnabled'),
});
