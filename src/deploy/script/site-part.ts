import { addSite, appName, deleteSite } from '../../appcmd/index.js';
import { joinedArgument } from '../../quoting.js';
import { bindingText } from '../new-site.js';
import { known, lookFor, type PartOfScript, runAppcmd, unknown } from './script-part.js';

/** The app's own site, if one is requested. One that is there keeps its bindings. */
export const sitePart: PartOfScript = ({ siteName: name, newSite, directory }, place) => {
  if (newSite === undefined) return undefined;
  const folder = place.folder(directory);
  const bindings = newSite.bindings.map(bindingText).join(',');
  const root = appName(name, '/');
  const atFolder = ['list', 'vdir', `/app.name:${root}`, '/path:/', joinedArgument('/physicalPath:', folder)];
  const find = lookFor('NOW_SITE', ['list', 'site', `/site.name:${name}`, '/text:name']);
  return {
    why: 'The site of the app.',
    look: [
      lookFor('BEFORE_SITE', ['list', 'site', `/site.name:${name}`, '/text:name']),
      lookFor('BEFORE_SITE_OURS', [...atFolder, '/text:vdir.name'], [known('BEFORE_SITE')]),
      {
        kind: 'refuse',
        text: `There is a site ${name} already, with another folder. Deploy to it with --site, or give the new one another name.`,
        when: [known('BEFORE_SITE'), unknown('BEFORE_SITE_OURS')],
      },
    ],
    change: [runAppcmd(addSite({ name, bindings, physicalPath: folder }), [unknown('BEFORE_SITE')])],
    undo: [find, runAppcmd(deleteSite(name), [unknown('BEFORE_SITE'), known('NOW_SITE')])],
    remove: [
      find,
      {
        ...lookFor('NOW_SITE_OTHERS', ['list', 'app', `/site.name:${name}`, '/text:app.name'], [known('NOW_SITE')]),
        first: { into: 'NOW_SITE_OTHERS', except: root },
      },
      {
        kind: 'say',
        text: `The site ${name} stays: it has other applications.`,
        when: [known('NOW_SITE_OTHERS')],
      },
      runAppcmd(deleteSite(name), [unknown('BEFORE_SITE'), known('NOW_SITE'), unknown('NOW_SITE_OTHERS')]),
    ],
  };
};
