import { executeAppcmd, isReading, listPools, parseAppcmdXml } from '../../../src/appcmd/index.js';
import {
  besideScript,
  type ChangeItem,
  type Condition,
  type Look,
  type LookItem,
  type ScriptCommand,
  type ScriptPart,
  type ScriptProgram,
} from '../../../src/deploy/script/script-part.js';
import type { Argument, Placeholder } from '../../../src/quoting.js';
import { type MemoryStore, memoryStore } from '../../appcmd/support.js';
import { AccessLists } from '../../windows/server/access-lists.js';
import { Accounts } from '../../windows/server/accounts.js';
import { icacls } from '../../windows/server/icacls.js';

interface Answer {
  readonly exitCode: number;
  readonly stdout: string;
}

/** A command that fails: the number of one that changes something, from 0, and whether its effect has come before. */
export interface Fault {
  /** `look`: none fails, and the app does not answer at the end. */
  readonly at: number | 'look';
  readonly effect: boolean;
  /** The script ends there, and undoes nothing. */
  readonly kills?: boolean;
}

export interface Ran {
  readonly outcome: 'done' | 'refused' | 'undone' | 'left';
  /** Each command that has changed something, or was to. */
  readonly commands: readonly string[];
  readonly said: readonly string[];
}

/** A Windows server in this process: IIS's configuration, rights, folders. */
export class ScriptServer {
  readonly #store: MemoryStore;
  readonly rights = new AccessLists();
  readonly accounts = new Accounts(() => this.#pools(), 'en');
  readonly folders: Set<string>;
  /** Those of IIS that run. */
  readonly services = new Set(['W3SVC', 'WAS']);
  /** Beside the script, by their whole names. */
  readonly files = new Map<string, string>();
  /** What `files` lists: the sizes and times of the app's files. */
  appFiles = 'index.js 1';
  /** The section of which appcmd lists nothing: a file of the configuration cannot be read there. */
  unreadable: string | undefined;
  /** By endpoint, what netsh shows. */
  readonly certificates = new Map<string, string>();

  constructor(text: string, folders: readonly string[]) {
    this.#store = memoryStore(text);
    this.folders = new Set(folders);
    const { services } = this;
    Object.defineProperty(this.#store, 'isRunning', { get: () => services.has('W3SVC') });
  }

  get text(): string {
    return this.#store.text;
  }

  /** All that a deployment may change. */
  snapshot(): unknown {
    const { rights, folders, certificates, services } = this;
    const { text } = this.#store;
    return {
      text,
      rights: rights.snapshot(),
      folders: [...folders].sort(),
      certificates: [...certificates],
      services: [...services].sort(),
    };
  }

  /** Is there such a folder, or file? */
  has(name: string): boolean {
    return this.folders.has(name) || this.files.has(name);
  }

  async appcmd(args: readonly string[]): Promise<Answer> {
    if (this.unreadable !== undefined && args.includes(`/section:${this.unreadable}`)) {
      return { exitCode: 13, stdout: 'ERROR ( message:Configuration error )' };
    }
    return executeAppcmd(args, this.#store);
  }

  async run(program: ScriptProgram, args: readonly string[]): Promise<Answer> {
    const [first = '', verb = '', , endpoint = ''] = args;
    switch (program) {
      case 'appcmd':
        return this.appcmd(args);
      case 'icacls':
        return icacls({ args, folder: 'C:\\' }, { ...this.#forIcacls() });
      case 'mkdir':
        this.folders.add(first);
        return { exitCode: 0, stdout: '' };
      case 'rmdir':
        return { exitCode: this.folders.delete(first) ? 0 : 1, stdout: '' };
      case 'sc':
        return { exitCode: 0, stdout: `        STATE : ${this.services.has(verb) ? '4  RUNNING' : '1  STOPPED'}` };
      case 'net':
        if (first === 'stop') return { exitCode: this.services.delete(verb) ? 0 : 2, stdout: '' };
        for (const one of ['WAS', 'W3SVC']) this.services.add(one);
        return { exitCode: 0, stdout: '' };
      case 'fc': {
        const [one, other] = [this.files.get(verb), this.files.get(args[2] ?? '')];
        return { exitCode: one !== undefined && one === other ? 0 : 1, stdout: '' };
      }
      case 'netsh': {
        const had = this.certificates.get(endpoint);
        if (verb === 'add') this.certificates.set(endpoint, args.join(' '));
        if (verb === 'delete') this.certificates.delete(endpoint);
        return { exitCode: verb === 'add' || had !== undefined ? 0 : 1, stdout: had ?? '' };
      }
    }
  }

  #forIcacls() {
    const hostPath = (folder: string): string => (this.folders.has(folder) ? '/' : '/no/such/folder');
    return { rights: this.rights, accounts: this.accounts, hostPath, lists: this.files };
  }

  async #pools(): Promise<string[]> {
    return parseAppcmdXml((await this.appcmd(listPools())).stdout).map(({ name }) => name);
  }
}

const before = 'C:\\apps\\deploy.before.txt';

/** Does what a script does, as its parts tell it: the shells' texts are compared with it elsewhere. */
export class PartsRun {
  readonly #parts: readonly ScriptPart[];
  readonly #server: ScriptServer;
  readonly #fault: Fault | undefined;
  readonly #values = new Map([
    ['FILES', 'C:\\apps\\deploy'],
    ['BEFORE', before],
  ]);
  readonly #commands: string[] = [];
  readonly #said: string[] = [];
  #left = false;

  constructor(parts: readonly ScriptPart[], server: ScriptServer, fault?: Fault) {
    this.#parts = parts;
    this.#server = server;
    this.#fault = fault;
  }

  async deploy(): Promise<Ran> {
    for (const { look } of this.#parts)
      for (const item of look) if (await this.#item(item)) return this.#ran('refused');
    const isFirst = !this.#server.files.has(before);
    if (isFirst) this.#server.files.set(before, '');
    for (const [index, { change }] of this.#parts.entries()) {
      for (const item of change) if (await this.#item(item)) return this.#failed(index, isFirst);
    }
    if (this.#fault?.at === 'look') return this.#failed(this.#parts.length - 1, isFirst);
    for (const { done = [] } of this.#parts) for (const item of done) await this.#item(item);
    return this.#ran('done');
  }

  async #failed(at: number, isFirst: boolean): Promise<Ran> {
    await this.#all(this.#parts.slice(0, at + 1).map(({ undo }) => undo));
    if (!this.#left && isFirst) this.#deleteFiles();
    return this.#ran(this.#left ? 'left' : 'undone');
  }

  /** Later, with what `deploy` has kept. */
  async undo(): Promise<Ran> {
    await this.#all(this.#parts.map(({ remove }) => remove));
    if (!this.#left) this.#deleteFiles();
    return this.#ran(this.#left ? 'left' : 'done');
  }

  /** Another run of the script, which knows of this one what is kept beside it. */
  later(): PartsRun {
    const run = new PartsRun(this.#parts, this.#server);
    for (const [name, value] of this.#values) if (name.startsWith('BEFORE_')) run.#values.set(name, value);
    return run;
  }

  #deleteFiles(): void {
    for (const end of this.#parts.flatMap(({ keeps = [] }) => keeps)) {
      this.#server.files.delete(this.#text(besideScript(end)));
    }
    this.#server.files.delete(before);
  }

  #ran(outcome: Ran['outcome']): Ran {
    return { outcome, commands: this.#commands, said: this.#said };
  }

  async #all(lists: readonly (readonly ChangeItem[])[]): Promise<void> {
    for (const items of [...lists].reverse()) for (const item of items) if (await this.#item(item)) this.#left = true;
  }

  #value = (variable: string): string => this.#values.get(variable) ?? '';

  #text(argument: Argument | Placeholder): string {
    if (typeof argument === 'string') return argument;
    return 'placeholder' in argument
      ? this.#value(argument.placeholder)
      : argument.map((part) => this.#text(part)).join('');
  }

  #holds(condition: Condition): boolean {
    const value = this.#value(condition.variable);
    if ('is' in condition) return (value !== '') === (condition.is === 'known');
    const isSame = (other: string | Placeholder): boolean => value.toLowerCase() === this.#text(other).toLowerCase();
    return 'equals' in condition ? isSame(condition.equals) : !isSame(condition.isNot);
  }

  /** True: it has failed, or refused. */
  async #item(item: LookItem | ChangeItem): Promise<boolean> {
    if (!(item.when ?? []).every((one) => this.#holds(one))) return false;
    switch (item.kind) {
      case 'look':
        return this.#look(item);
      case 'folder':
        if (this.#server.has(this.#text(item.folder))) this.#values.set(item.into, 'yes');
        return false;
      case 'files':
        this.#server.files.set(this.#text(item.to), this.#server.appFiles);
        return false;
      case 'rename': {
        const [from, to] = [this.#text(item.from), this.#text(item.to)];
        this.#server.files.set(to, this.#server.files.get(from) ?? '');
        this.#server.files.delete(from);
        return false;
      }
      case 'assign':
        this.#values.set(item.into, this.#text(item.value));
        return false;
      case 'add':
        this.#values.set(
          item.to,
          `${this.#value(item.to)} ${item.argument.map((part) => this.#text(part ?? '')).join('')}`,
        );
        return false;
      case 'refuse':
      case 'say':
        this.#said.push(item.text);
        if (item.kind === 'say' && item.isLeft === true) this.#left = true;
        return item.kind === 'refuse';
      case 'run':
        return this.#command(item);
    }
  }

  async #look({ program, args, first, mentions = [], ends, orFail }: Look): Promise<boolean> {
    const words = args.map((one) => this.#text(one));
    if (program === 'appcmd' && !isReading(words)) throw new Error(`a look that changes something: ${words.join(' ')}`);
    const { exitCode, stdout } = await this.#server.run(program, words);
    if (orFail !== undefined && exitCode !== 0 && !ends?.codes.includes(exitCode)) {
      this.#said.push(orFail);
      return true;
    }
    if (ends?.codes.includes(exitCode)) this.#values.set(ends.into, 'yes');
    if (first !== undefined) {
      const lines = stdout.split('\n').filter((line) => line.toLowerCase() !== (first.except ?? '').toLowerCase());
      this.#values.set(first.into, exitCode === 0 ? (lines[0] ?? '') : '');
    }
    for (const { into, texts } of mentions) {
      const has = texts.some((text) => stdout.toLowerCase().includes(this.#text(text).toLowerCase()));
      if (has) this.#values.set(into, 'yes');
    }
    return false;
  }

  async #command({ program, args, list, orElse, orStays }: ScriptCommand): Promise<boolean> {
    const words = (from: readonly Argument[], more?: string): string[] => [
      ...from.map((one) => this.#text(one)),
      ...(more === undefined ? [] : this.#value(more).split(' ').filter(Boolean)),
    ];
    const first = words(args, list);
    const isMeant = this.#fault?.at === this.#commands.length;
    this.#commands.push([program, ...first].join(' '));
    if (isMeant) {
      if (this.#fault?.effect === true) await this.#server.run(program, first);
      if (this.#fault?.kills === true) throw new Error('killed');
      return true;
    }
    let { exitCode } = await this.#server.run(program, first);
    if (exitCode !== 0 && orElse !== undefined) {
      ({ exitCode } = await this.#server.run(program, words(orElse.args, orElse.list)));
    }
    if (exitCode !== 0 && orStays !== undefined) {
      this.#said.push(orStays);
      return false;
    }
    return exitCode !== 0;
  }
}
