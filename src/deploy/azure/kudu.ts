import { UserError } from '../../errors.js';
import { printable } from '../../printable.js';
import { type AzureAccess, azNames } from './access.js';
import { AzureClient, jsonOf, refusedAccess, saidBy } from './client.js';
import { type Answered, mostOfAnswer, NoAnswer } from './http.js';
import type { Patience } from './patience.js';
import { variables } from './variables.js';

/** A deployment as Kudu has it (DeployResult). */
export interface KuduDeployment {
  readonly id: string;
  /** 0 pending, 1 building, 2 deploying, 3 failed, 4 success; others are newer. */
  readonly status: number;
  readonly statusText: string;
  readonly message: string;
  readonly author: string;
  readonly deployer: string;
  /** ISO 8601; undefined: not yet. */
  readonly received: string | undefined;
  readonly ended: string | undefined;
  readonly complete: boolean;
  /** The one whose files are in wwwroot. */
  readonly active: boolean;
}

/** A line of a deployment's log. */
export interface KuduLogLine {
  readonly id: string;
  readonly text: string;
  readonly isError: boolean;
  /** The path of its details; undefined: it has none. */
  readonly details: string | undefined;
}

/** A file as GET /api/vfs lists it. */
export interface KuduFile {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** ms since 1970. */
  readonly changed: number;
}

/** A part of a file. */
export interface FilePart {
  /** Its offset, in bytes. */
  readonly start: number;
  readonly bytes: Buffer;
}

/** Its files have the path below %HOME% (deploying.md 2.1). */
const vfs = (file: string): string => `/api/vfs/${file.split('/').map(encodeURIComponent).join('/')}`;

function fileIn(value: unknown): KuduFile | undefined {
  const { name, size, mtime, mime } = fieldsOf(value);
  if (typeof name !== 'string' || typeof size !== 'number' || mime === 'inode/directory') return undefined;
  const changed = typeof mtime === 'string' ? Date.parse(mtime) : Number.NaN;
  return { name, size, changed: Number.isNaN(changed) ? 0 : changed };
}

type Access = Pick<AzureAccess, 'address' | 'credentials' | 'isUsualHost' | 'proxy' | 'manager'>;

/** The scm site of an app: the deployments that App Service knows, and its settings (deploying.md 2). */
export class KuduApi {
  readonly client: AzureClient;
  /** azure://app/slot */
  readonly name: string;
  readonly #access: Access;
  readonly #scm: URL;

  constructor(scm: URL, access: Access, patience: Patience) {
    this.#scm = scm;
    this.#access = access;
    this.name = access.address.text;
    this.client = new AzureClient(scm, access.credentials, patience);
  }

  /** The same site, asked under another time limit. */
  with(patience: Patience): KuduApi {
    return new KuduApi(this.#scm, this.#access, patience);
  }

  get host(): string {
    return this.client.host;
  }

  get credentials(): AzureAccess['credentials'] {
    return this.#access.credentials;
  }

  /** Newest first. */
  async deployments(): Promise<readonly KuduDeployment[]> {
    const value = await this.#read('/api/deployments');
    if (!Array.isArray(value)) throw this.#notKudu('its list of deployments is no list');
    const found = value.flatMap((one) => deploymentIn(one) ?? []);
    return found.sort((one, other) => (other.received ?? '').localeCompare(one.received ?? ''));
  }

  /** The settings of the app and of its deployments, by name. */
  async settings(): Promise<Readonly<Record<string, string>>> {
    const value = await this.#read('/api/settings');
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    return Object.fromEntries(entries.flatMap(([name, each]) => (typeof each === 'string' ? [[name, each]] : [])));
  }

  /** The state of one; undefined: there is none (404). `isPending`: it has not ended (202). */
  async state(target: string): Promise<{ readonly answer: Answered; readonly deployment: KuduDeployment | undefined }> {
    const answer = await this.#ask(target);
    if (answer.status === 404) return { answer, deployment: undefined };
    this.requireRead(answer);
    return { answer, deployment: deploymentIn(jsonOf(answer)) };
  }

  /**
   * Deploys a former deployment again. Kudu can where it has a repository, and not after zip deployments alone.
   * @returns whether it does: `done`, or `begun`, which ends later; `unknown`: a front end has answered in its place, and Kudu may be at work (230 s, deploying.md 2.2).
   * @throws NoAnswer; the signal's reason.
   */
  async redeploy(id: string): Promise<'done' | 'begun' | 'refused' | 'unknown'> {
    const { status } = await this.client.send('PUT', `/api/deployments/${encodeURIComponent(id)}`);
    if (status === 200) return 'done';
    if (status === 202) return 'begun';
    return status >= 500 ? 'unknown' : 'refused';
  }

  /** The lines of its log; empty where there is none. */
  async log(id: string): Promise<readonly KuduLogLine[]> {
    return this.#lines(`/api/deployments/${encodeURIComponent(id)}/log`);
  }

  /** The files of a folder below %HOME%: `site/wwwroot/iisnode`; empty where there is no such folder. */
  async files(folder: string): Promise<readonly KuduFile[]> {
    const answer = await this.#ask(`${vfs(folder)}/`);
    if (answer.status === 404) return [];
    this.requireRead(answer);
    const value = jsonOf(answer);
    return Array.isArray(value) ? value.flatMap((one) => fileIn(one) ?? []) : [];
  }

  /** The text of a file below %HOME%; undefined: there is none. */
  async text(file: string): Promise<string | undefined> {
    return (await this.bytes(file))?.toString('utf8');
  }

  async bytes(file: string): Promise<Buffer | undefined> {
    const answer = await this.#ask(vfs(file));
    if (answer.status === 404) return undefined;
    this.requireRead(answer);
    return answer.bytes;
  }

  /**
   * The bytes of a file from an offset to its end, at most the newest 8 MB.
   * @param size Of the file, as it is listed.
   * @returns with the offset where they begin; undefined: there is no such file.
   */
  async end(file: string, from: number, size: number): Promise<FilePart | undefined> {
    const begin = Math.max(from, size - mostOfAnswer);
    // Kudu gives a part (206); a server that does not gives all.
    const headers: Readonly<Record<string, string>> = begin > 0 ? { range: `bytes=${begin}-` } : {};
    const answer = await this.#ask(vfs(file), { headers, keepsEnd: true });
    if (answer.status === 404) return undefined;
    if (answer.status === 416) return { start: begin, bytes: Buffer.alloc(0) }; // it has become shorter
    const isPart = answer.status === 206;
    if (!isPart) this.requireRead(answer);
    const [, first = begin] = /^bytes (\d+)-/.exec(answer.headers['content-range'] ?? '') ?? [];
    const start = (isPart ? Number(first) : 0) + (answer.skipped ?? 0);
    const before = Math.max(0, from - start);
    return { start: start + before, bytes: answer.bytes.subarray(before) };
  }

  async details({ details }: KuduLogLine): Promise<readonly KuduLogLine[]> {
    return details === undefined ? [] : this.#lines(details);
  }

  async #lines(target: string): Promise<readonly KuduLogLine[]> {
    const answer = await this.#ask(target);
    const value = answer.status === 200 ? jsonOf(answer) : undefined;
    return Array.isArray(value) ? value.flatMap((one) => this.#lineIn(one) ?? []) : [];
  }

  #lineIn(value: unknown): KuduLogLine | undefined {
    const { id, message, type, details_url: details } = fieldsOf(value);
    if (typeof id !== 'string' || typeof message !== 'string') return undefined;
    return {
      id,
      text: printable(message.trim()),
      isError: type === 2,
      details: typeof details === 'string' && URL.canParse(details) ? this.client.pathOf(details) : undefined,
    };
  }

  async #read(target: string): Promise<unknown> {
    const answer = await this.#ask(target);
    this.requireRead(answer);
    return jsonOf(answer);
  }

  /** @throws UserError AZURE_UNREACHABLE. */
  async #ask(target: string, part: Parameters<AzureClient['get']>[1] = {}): Promise<Answered> {
    try {
      return await this.client.get(target, part);
    } catch (error) {
      if (error instanceof NoAnswer) throw this.unreachable(error);
      throw error;
    }
  }

  unreachable(cause: NoAnswer): UserError {
    const isNoHost = /ENOTFOUND|EAI_AGAIN/.test(String(cause.message));
    return new UserError('AZURE_UNREACHABLE', {
      what: `${this.host} cannot be reached`,
      why: printable(cause.message),
      next:
        this.#access.proxy !== undefined
          ? `${this.#access.proxy} is set, and the connections to App Service do not go through a proxy: run it where ${this.host} and the app are reached without one`
          : isNoHost && this.#access.isUsualHost
            ? `${this.#showHost()}, where the name of the app is right: newer apps have a longer one, https://APP-HASH.scm.REGION-01.azurewebsites.net; it is in the publish profile (${variables.profile}), too)`
            : 'check the network and the host name, and run the command again',
      ...(this.#access.proxy === undefined &&
        !(isNoHost && this.#access.isUsualHost) && { again: { same: true, note: `when ${this.host} can be reached` } }),
      exit: 'refused',
      cause,
    });
  }

  /** How what is deployed to is named in commands of az. */
  get azNames(): string {
    return azNames(this.#access);
  }

  /** The command that prints the host, and the begin of its note. */
  #showHost(): string {
    return `az webapp show ${this.azNames} --query "hostNameSslStates[?hostType=='Repository'].name" -o tsv     (prints the host for ${variables.scm}`;
  }

  #notKudu(why: string): UserError {
    return new UserError('AZURE_NOT_KUDU', {
      what: `${this.host} is not the scm site of an app of App Service`,
      why,
      next: `${this.#showHost()}; publishUrl in the publish profile has it, too)`,
      exit: 'refused',
    });
  }

  /** @throws UserError AZURE_UNAUTHORIZED, AZURE_FORBIDDEN, AZURE_NOT_KUDU, AZURE_UNAVAILABLE. */
  requireRead(answer: Answered): void {
    const refused = refusedAccess(this.host, answer, this.#access.credentials, this.azNames);
    if (refused !== undefined) throw refused;
    if (answer.status === 200 || answer.status === 202) return;
    if (answer.status < 500) throw this.#notKudu(`it answers ${saidBy(answer)}`);
    throw new UserError('AZURE_UNAVAILABLE', {
      what: `${this.host} does not answer as it should`,
      why: saidBy(answer),
      next: 'run the command again in some minutes',
      again: { same: true, note: 'in some minutes' },
      exit: 'refused',
    });
  }
}

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

function deploymentIn(value: unknown): KuduDeployment | undefined {
  const fields = fieldsOf(value);
  const { id, status, complete, active } = fields;
  const text = (name: string): string | undefined => {
    const each = fields[name];
    return typeof each === 'string' && each !== '' ? printable(each) : undefined;
  };
  if (typeof id !== 'string' || typeof status !== 'number') return undefined;
  return {
    id: printable(id),
    status,
    statusText: text('status_text') ?? '',
    message: text('message') ?? '',
    author: text('author') ?? '',
    deployer: text('deployer') ?? '',
    received: text('received_time') ?? text('start_time'),
    ended: text('end_time'),
    complete: complete === true,
    active: active === true,
  };
}
