import path from 'node:path';
import { findTarget, lookOverSsh, type NamedTarget, type ServerOverSsh, targetNames } from '../deploy/index.js';
import { type DoctorReport, diagnose, hasApp, refuseTogether } from '../doctor/index.js';
import { UserError } from '../errors.js';
import { isSsh, readSshAddress } from '../ssh/index.js';
import { iisnodeSock } from '../typed-command.js';
import type { Command, CommandContext } from './context.js';
import { type DoctorCommandOptions, diagnoseOptions, doctor as doctorHere, printReport } from './doctor.js';
import { forEachServer } from './each-server.js';
import { placeIn, type TargetOption, targetOf } from './named-target.js';

interface DoctorAtServerOptions extends DoctorCommandOptions, TargetOption {}

/** `doctor --server ssh://..`, `doctor TARGET`, `doctor --target NAME`; without any of them as `doctorHere`. */
export const doctor: Command<DoctorAtServerOptions> = async ([what], options, context) => {
  const { server, target: _, ...rest } = options;
  const { terminal, cwd } = context;
  if (options.list || options.explain !== undefined) return doctorHere([], options, context);
  const target = namedBy(what, options, cwd);
  const folder = target === undefined ? what : path.relative(cwd, target.directory) || '.';
  const given = { ...rest, ...(target && ofTarget(target, rest)) };
  if (server === undefined || server === false || options.unfix)
    return doctorHere(folder === undefined ? [] : [folder], { ...given, ...(server === false && { server }) }, context);
  refuseTogether({ ...options, form: terminal.form });
  const servers = serversOf(server, target);
  if (servers.length > 1 && ['sarif', 'github'].includes(terminal.form)) throw oneFormat(terminal.form, servers);
  if (folder !== undefined && /^[a-z][a-z\d+.-]*:\/\//i.test(folder)) throw notForUrl(folder);
  return forEachServer(servers, context, async (to = '', own) => {
    const place = target && placeIn(target);
    const report = await examine(
      folder,
      { to, ...(place?.site !== undefined && { site: place.site }) },
      given,
      context,
    );
    return printReport(report, given, { ...context, terminal: own });
  });
};

/** The target that is meant: by --target, by the value of --server, or by the word in the place of the folder. */
function namedBy(what: string | undefined, { server, target }: DoctorAtServerOptions, cwd: string) {
  if (typeof server !== 'string' || isSsh(server)) return targetOf(what, target === undefined ? {} : { target }, cwd);
  const folder = path.resolve(cwd, what ?? '.');
  if (targetNames(folder).includes(server)) return findTarget(folder, server);
  throw new UserError('BAD_SERVER', {
    what: `--server ${server} names no server`,
    why: 'It is neither an address (ssh://user@host/Site%20Name/path) nor a target in package.json of the folder.',
    next: `a folder goes before it: ${iisnodeSock} doctor FOLDER --server ssh://...`,
  });
}

/** What the target says of the app; what the command line says comes first. */
function ofTarget(target: NamedTarget, options: DoctorCommandOptions): Pick<DoctorCommandOptions, 'path' | 'machines'> {
  const vdirPath = options.path ?? placeIn(target).path;
  const several = target.to.length > 1 ? target.to.length : undefined;
  const machines = options.machines ?? target.options.machines ?? several;
  return { ...(vdirPath !== undefined && { path: vdirPath }), ...(machines !== undefined && { machines }) };
}

/** The servers to look at, as addresses. @throws UserError SERVER_NOT_NAMED, SERVER_NOT_SSH. */
function serversOf(server: string | true, target: NamedTarget | undefined): readonly string[] {
  if (typeof server === 'string' && isSsh(server)) return [server];
  if (target === undefined)
    throw new UserError('SERVER_NOT_NAMED', {
      what: '--server names no server',
      why: 'Without a value it is for a target in package.json.',
      next: `name one: ${iisnodeSock} doctor --server ssh://user@host/Site%20Name/path, or ${iisnodeSock} doctor TARGET --server`,
    });
  const other = target.to.length === 0 ? 'IIS of this machine' : target.to.find((to) => !isSsh(to));
  if (other === undefined) return target.to;
  throw new UserError('SERVER_NOT_SSH', {
    what: `--server cannot look at the target "${target.name}"`,
    why: `It is deployed to ${other}; servers are looked at over ssh.`,
    next: `omit --server: IIS of this machine is looked at by itself, and a live app with --url`,
  });
}

interface At {
  readonly to: string;
  readonly site?: string;
}

/** Examines a folder together with a server; without a folder the app that is live there. */
async function examine(
  folder: string | undefined,
  at: At,
  options: DoctorCommandOptions,
  context: CommandContext,
): Promise<DoctorReport> {
  const { cwd, environment, signal, terminal } = context;
  const isLive = folder === undefined && !hasApp(cwd);
  const vdirPath = options.path ?? readSshAddress(at.to).path;
  if (isLive) refuseForLive(at.to, vdirPath, options);
  const asked = await diagnoseOptions(options, context);
  const named = vdirPath === undefined ? {} : { vdirPath };
  const look = {
    ...at,
    environment,
    signal,
    files: isLive,
    directory: path.resolve(cwd, folder ?? '.'),
    ...(options.path === undefined ? {} : { path: options.path }),
  };
  return lookOverSsh(look, async (server: ServerOverSsh) => {
    if (!isLive) return diagnose(folder ?? '.', { ...asked, ...named, server });
    const { directory } = server.app;
    if (server.files === undefined || directory === undefined) throw notThere(server);
    terminal.say(terminal.err.dim(`examined: the files in ${directory} on ${server.name}`));
    const { run: _, keepsFormer: _k, ...withoutRun } = asked;
    return diagnose(server.files, { ...withoutRun, ...named, server });
  });
}

/** @throws UserError SERVER_APP_NOT_NAMED, SERVER_NOT_FIXABLE. */
function refuseForLive(to: string, vdirPath: string | undefined, { fix }: DoctorCommandOptions): void {
  if (vdirPath === undefined)
    throw new UserError('SERVER_APP_NOT_NAMED', {
      what: `${to} names no application, and there is no app in this folder`,
      why: 'The path of an application on the server follows the name of its site.',
      next: `for example ${iisnodeSock} doctor --server ssh://user@host/Default%20Web%20Site/dante; what is deployed there: ${iisnodeSock} status --to ${to}`,
    });
  if (fix)
    throw new UserError('SERVER_NOT_FIXABLE', {
      what: '--fix cannot fix files of a server',
      why: 'There is no app in this folder, so that the one that is live there is examined.',
      next: `fix the app's folder here (${iisnodeSock} doctor FOLDER --fix), and deploy it`,
    });
}

function notThere({ app: { site, path: vdirPath }, name, notSeen = [] }: ServerOverSsh): UserError {
  const [reason] = notSeen;
  return new UserError('SERVER_APP_NOT_FOUND', {
    what: `there is no app to examine at ${vdirPath} of "${site}" on ${name}`,
    why: reason === undefined ? 'applicationHost.config there has nothing at that place.' : `Not seen: ${reason}.`,
    next: `correct the address, or name the app's folder here: ${iisnodeSock} doctor FOLDER --server ...`,
    exit: 'refused',
  });
}

const oneFormat = (form: string, servers: readonly string[]): UserError =>
  new UserError('FORMAT_OF_SEVERAL', {
    what: `--format ${form} is for one server`,
    why: `The target has ${servers.join(', ')}.`,
    next: 'name one of them with --server, or use --json',
  });

const notForUrl = (url: string): UserError =>
  new UserError('URL_TAKES_NO_OPTION', {
    what: `--server is for files, and ${url} is a URL.`,
    why: 'For a URL the doctor only sends requests.',
    next: `${iisnodeSock} doctor FOLDER --url ${url} --server ...`,
  });
