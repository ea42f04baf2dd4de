import { appcmdExit } from '../failure.js';

/**
 * A refusal of the embedded appcmd: an exit code and appcmd's own words. The texts are those in transcripts of the real
 * one, including typing errors, because scripts match them.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly exitCode: number;
  /** True for usage errors, which the real one prints without `ERROR ( )`. */
  readonly bare: boolean;
  /** Printed as eight hex digits; undefined for the plain form. */
  readonly hresult: number | undefined;

  constructor(exitCode: number, message: string, form: { readonly bare?: boolean; readonly hresult?: number } = {}) {
    super(message);
    this.exitCode = exitCode;
    this.bare = form.bare ?? false;
    this.hresult = form.hresult;
  }
}

export const unsupportedObject = (object: string): Refusal =>
  new Refusal(
    appcmdExit.invalidParameter,
    `Object '${object.toUpperCase()}' is not supported.  Run 'appcmd.exe /?' to display supported objects.`,
    { bare: true },
  );

export const unsupportedVerb = (verb: string, object: string): Refusal =>
  new Refusal(
    appcmdExit.invalidParameter,
    `Command '${verb.toUpperCase()}' is not supported on object '${object}'. Run 'appcmd.exe ${object} /?'\nto display supported commands.`,
    { bare: true },
  );

export const badParameter = (argument: string): Refusal =>
  new Refusal(
    appcmdExit.invalidParameter,
    `Failed to process input: The parameter '${argument}' must begin with a / or - (HRESULT=80070057).`,
    { bare: true },
  );

export const noSuchObject = (kind: string, identifier: string): Refusal =>
  new Refusal(appcmdExit.notFound, `Cannot find ${kind} object with identifier "${identifier}".`);

export const identifierMissing = (kind: string): Refusal =>
  new Refusal(appcmdExit.invalidParameter, `Must specify the ${kind} object with identifier.`);

/** "identifer": the spelling in the real program's output. */
export const exactIdentifier = (kind: string, verb: string): Refusal =>
  new Refusal(appcmdExit.notSupported, `Must use exact identifer for ${kind} object with verb ${verb}.`);

export const duplicateObject = (name: string): Refusal =>
  new Refusal(appcmdExit.alreadyExists, `Failed to add duplicate collection element "${name}".`);

/** Wording unconfirmed for objects other than sites and application pools. */
export const parameterMissing = (kind: string, parameter: string): Refusal =>
  new Refusal(appcmdExit.invalidParameter, `Missing required parameter "${parameter}" for ${kind} object.`);

export const unknownAttribute = (name: string): Refusal =>
  new Refusal(appcmdExit.invalidParameter, `Unknown attribute "${name}".  Replace with -? for help.`);

/** Wording and exit code unconfirmed. */
export const unknownSection = (section: string): Refusal =>
  new Refusal(appcmdExit.invalidParameter, `Unknown config section "${section}".  Replace with ? for help.`);

export const entryNotFound = (): Refusal =>
  new Refusal(appcmdExit.entryNotFound, 'Cannot find requested collection element.');

export const malformedIndexer = (): Refusal =>
  new Refusal(
    appcmdExit.invalidData,
    "Malformed collection indexer; format is [@position,name='value',name2='value2',...].  The @position specifier is optional, and be '@start', '@end', or '@N' where N is a numeric index into the collection.",
  );

export const duplicateEntry = (type: string, names: readonly string[], values: readonly string[]): Refusal => {
  const key =
    names.length === 1
      ? `unique key attribute '${names[0]}' set to '${values[0]}'`
      : `combined key attributes '${names.join(', ')}' respectively set to '${values.join(', ')}'`;
  return new Refusal(
    appcmdExit.alreadyExists,
    `New ${type} object missing required attributes. Cannot add duplicate collection entry of type '${type}' with ${key}\n`,
  );
};

/** Text of IIS's configuration system, from the schema. */
export const requiredMissing = (names: readonly string[]): Refusal =>
  new Refusal(appcmdExit.invalidParameter, `Element is missing required attributes ${names.join(',')}`);

export const invalidValue = (name: string, problem: string): Refusal =>
  new Refusal(appcmdExit.invalidParameter, `The '${name}' attribute is invalid.  ${problem}`);

const api = (exitCode: number, hresult: number, words: string): Refusal =>
  new Refusal(exitCode, `Command execution failed.\n${words}\n`, { hresult });

export const notImplemented = (): Refusal => api(appcmdExit.notImplemented, 0x80004001, 'Not implemented');
export const alreadyStopped = (): Refusal =>
  api(appcmdExit.notRunning, 0x80070426, 'The service has not been started.');
/** 1056, ERROR_SERVICE_ALREADY_RUNNING; unconfirmed for sites, which the embedded one starts again silently. */
export const alreadyStarted = (): Refusal =>
  api(appcmdExit.alreadyRunning, 0x80070420, 'An instance of the service is already running.');
export const bindingInUse = (): Refusal =>
  api(appcmdExit.alreadyExists, 0x800700b7, 'Cannot create a file when that file already exists.');
export const noWorker = (): Refusal =>
  api(appcmdExit.notRunning, 0x80070426, 'The WAS service is not available - try starting the service first.');

/** Frame of a configuration error in appcmd. */
export const configurationError = (file: string, line: number, description: string): Refusal =>
  new Refusal(
    appcmdExit.invalidData,
    `Configuration error\nFilename: ${file}\nLine Number: ${line}\nDescription: ${description}\n.`,
  );

export const fileBusy = (): Refusal =>
  new Refusal(
    appcmdExit.commitFailed,
    'Failed to commit configuration changes.\nAnother program is changing the configuration file.\n',
    { hresult: 0xc00cee2b },
  );
