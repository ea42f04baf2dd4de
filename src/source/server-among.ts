import type { AroundScripts, StartCommand } from './start-command.js';

/** Does what is started make a server listen? */
export const listens = ({ script }: StartCommand, around: AroundScripts): boolean => around.listens?.(script) === true;

interface Candidate {
  readonly run: StartCommand;
  readonly name?: string;
  readonly isJob?: boolean;
  /** By its name it is the one that answers requests. */
  readonly isServer?: boolean | undefined;
}

/** Of what runs at the same time the one that listens, or has a port; else the first that runs on and on. */
export function serverAmong(all: readonly Candidate[], around: AroundScripts): StartCommand | undefined {
  if (all.length < 2) return all[0]?.run;
  const [chosen, chosenBy] = chosenAmong(all, around);
  if (chosen === undefined) return undefined;
  const beside = all.flatMap(({ run, name }) => [
    ...(run === chosen.run ? [] : [{ name: name || run.script, start: withoutOthers(run) }]),
    ...(run.beside ?? []),
  ]);
  return { ...chosen.run, beside, chosenBy };
}

function chosenAmong(
  all: readonly Candidate[],
  around: AroundScripts,
): readonly [Candidate | undefined, StartCommand['chosenBy']] {
  const named = all.find(({ isServer }) => isServer === true);
  if (named !== undefined) return [named, 'name'];
  const [listening, another] = all.filter(({ run }) => listens(run, around));
  if (listening !== undefined) return [listening, another === undefined ? 'listens' : 'listens first'];
  const [withPort, other] = all.filter(({ run }) => run.env.PORT !== undefined);
  if (withPort !== undefined && other === undefined) return [withPort, 'port'];
  return [all.find(({ isJob }) => isJob !== true) ?? all[0], 'order'];
}

const withoutOthers = ({ beside: _beside, chosenBy: _chosenBy, ...run }: StartCommand): StartCommand => run;
