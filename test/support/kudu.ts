import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { strFromU8, unzipSync } from 'fflate';
import { type Answer, type AzureFault, again, faultOf, json, listen, reply } from './azure-fault.js';

/** A deployment as GET /api/deployments has it (Kudu's DeployResult). */
export interface KuduDeployment {
  readonly id: string;
  status: 0 | 1 | 2 | 3 | 4;
  readonly message: string;
  readonly author: string;
  readonly received: string;
  ended: string | undefined;
  active: boolean;
  /** Answers of the polling that come before it has ended. */
  polls: number;
  readonly log: string[];
  /** Its files; a repository can deploy them again. */
  readonly files: ReadonlyMap<string, { readonly bytes: Uint8Array; readonly time: number }>;
  /** Why it will fail. */
  readonly failure: string | undefined;
}

/** What a swap exchanges: files and deployments. */
export interface KuduContent {
  readonly wwwroot: string;
  readonly deployments: KuduDeployment[];
}

export interface KuduOptions {
  /** The folder below which wwwroot is. */
  readonly home: string;
  readonly user: string;
  readonly password: string;
  readonly token: string;
  /** The policy basicPublishingCredentialsPolicies/scm. */
  readonly basicAllowed?: boolean;
  /** Answers of the polling before a deployment has ended; 2 by default. */
  readonly polls?: number;
  /** Kudu has a git repository, and deploys a former deployment again; false for apps that have only seen zip files. */
  readonly repository?: boolean;
  /** It answers 202 then, and shows the deployment as it was before for so many questions. */
  readonly redeployPolls?: number;
  /** It gives whole files alone. */
  readonly noRanges?: boolean;
  /** The app is of a version without zipdeploy: only /api/publish. */
  readonly onlyPublish?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
  /** Why every deployment fails on the server; undefined: none does. */
  readonly failure?: string;
}

const statusTexts = ['Pending', 'Building and Deploying', 'Deploying', 'Failed', ''];

/** The scm site of one app, or of one of its slots: Kudu by its documented behaviour (deploying.md 2). */
export class Kudu {
  readonly faults: AzureFault[] = [];
  /** `GET /api/deployments`, in order. */
  readonly requests: string[] = [];
  /** Bytes of the bodies it has got. */
  received = 0;
  /** A deployment of somebody else: 409 for so many requests. */
  busy = 0;
  settings: Record<string, string>;
  content: KuduContent;
  failure: string | undefined;
  url = '';
  /** Time passes: called at each request. */
  onRequest: () => void = () => undefined;
  readonly #options: KuduOptions;
  readonly #server: http.Server;
  #count = 0;
  #again: { readonly id: string; polls: number } | undefined;
  #user: string;

  constructor(options: KuduOptions) {
    this.#options = options;
    this.#user = options.user;
    this.settings = { ...options.settings };
    this.failure = options.failure;
    this.content = { wwwroot: path.join(options.home, 'site', 'wwwroot'), deployments: [] };
    mkdirSync(this.content.wwwroot, { recursive: true });
    this.#server = http.createServer((request, response) => void this.#answer(request, response));
  }

  async start(): Promise<void> {
    this.url = await listen(this.#server);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** The publish profile, as the portal gives it. @param site The URL of the app itself. */
  profile(site: string): string {
    const password = this.#options.password.replaceAll('&', '&amp;');
    const user = this.#user;
    const host = new URL(this.url).host;
    const entry = (method: string, url: string) =>
      `<publishProfile profileName="app - ${method}" publishMethod="${method}" publishUrl="${url}" userName="${user}" userPWD="${password}" destinationAppUrl="${site}" />`;
    return `<publishData>${entry('MSDeploy', host)}${entry('FTP', 'ftps://waws.example/site/wwwroot')}${entry('ZipDeploy', host)}</publishData>`;
  }

  /** What runs ends. */
  finish(): void {
    for (const one of this.content.deployments) if (one.ended === undefined) this.#end(one);
  }

  /** The user name that it knows from now on. */
  allow(user: string): void {
    this.#user = user;
  }

  get active(): KuduDeployment | undefined {
    return this.content.deployments.find(({ active }) => active);
  }

  async #answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    this.onRequest();
    const url = new URL(request.url ?? '/', this.url);
    this.requests.push(`${request.method} ${url.pathname}${url.search}`);
    const fault = faultOf(this.faults, request.method ?? '', url.pathname);
    if (fault?.before !== undefined) return reply(response, { status: fault.before });
    const refused = this.#refusal(request);
    if (refused !== undefined) return reply(response, { status: refused });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return; // the client has cut the connection: an incomplete body has no effect
    }
    const body = Buffer.concat(chunks);
    this.received += body.length;
    const answer = this.#act(request.method ?? '', url, body, request.headers);
    // After its effect: the answer gets lost.
    reply(response, fault?.after === undefined ? answer : { status: fault.after });
  }

  #refusal({ headers }: http.IncomingMessage): number | undefined {
    const { password, token, basicAllowed = true } = this.#options;
    const { authorization = '' } = headers;
    const basic = `Basic ${Buffer.from(`${this.#user}:${password}`).toString('base64')}`;
    if (authorization === `Bearer ${token}` || (basicAllowed && authorization === basic)) return undefined;
    return 401;
  }

  #act(method: string, url: URL, body: Buffer, headers: http.IncomingHttpHeaders): Answer {
    const { pathname, searchParams } = url;
    const [, id, log, entry] = /^\/api\/deployments\/([^/]+)(\/log)?(?:\/([^/]+))?$/.exec(pathname) ?? [];
    const isPush = method === 'POST' && /^\/api\/(zipdeploy|publish)$/.test(pathname);
    if (isPush) return this.#push(pathname.endsWith('publish'), searchParams, body);
    if (pathname === '/api/deployments') return this.#list();
    if (id !== undefined && log !== undefined) return this.#log(id, entry);
    if (id !== undefined && method === 'PUT') return this.#redeploy(id);
    if (id !== undefined) return this.#state(id, url);
    if (pathname === '/api/settings') return json(200, this.settings);
    if (pathname === '/api/environment') return json(200, { version: '106.0.0.0' });
    if (pathname.startsWith('/api/vfs/')) return this.#files(method, decodeURIComponent(pathname), headers, body);
    return { status: 404 };
  }

  /** PushDeploymentController: the body is saved under the lock, then the deployment runs. */
  #push(isPublish: boolean, query: URLSearchParams, body: Buffer): Answer {
    if (this.#options.onlyPublish === true && !isPublish) return { status: 404 };
    if (isPublish && query.get('type') !== 'zip')
      return { status: 400, body: `type='${query.get('type')}' not recognized` };
    if (/^https:/.test(this.settings.WEBSITE_RUN_FROM_PACKAGE ?? '')) {
      return { status: 409, body: 'Run-From-Zip is set to a remote URL using WEBSITE_RUN_FROM_PACKAGE app setting.' };
    }
    if (this.busy > 0 || this.content.deployments.some(({ ended }) => ended === undefined)) {
      this.busy -= 1;
      return { status: 409, body: 'There is a deployment currently in progress. Please try again when it completes.' };
    }
    const isAsync = query.get(isPublish ? 'async' : 'isAsync') === 'true';
    const { files, failure } = unpacked(body);
    const deployment: KuduDeployment = {
      id: createHash('sha1')
        .update(`${this.url}${this.#count++}`)
        .digest('hex')
        .slice(0, 32),
      status: 0,
      message: isPublish ? 'OneDeploy' : (query.get('message') ?? 'Created via a push deployment'),
      author: query.get('author') ?? 'N/A',
      received: new Date().toISOString(),
      ended: undefined,
      active: false,
      polls: isAsync ? (this.#options.polls ?? 2) : 0,
      log: ['Updating submodules.', 'Preparing deployment for commit id.'],
      files,
      failure: failure ?? this.failure,
    };
    this.content.deployments.push(deployment);
    if (!isAsync) {
      this.#end(deployment);
      return { status: deployment.status === 4 ? 200 : 400, body: deployment.failure ?? '' };
    }
    // With http and a port behind the front end, as seen on some stamps.
    const location = `${this.url}/api/deployments/latest?deployer=ZipDeploy&time=2026-01-01_00-00-00Z`;
    return { status: 202, headers: { ...again(location), 'Set-Cookie': 'ARRAffinity=one;Path=/;HttpOnly' } };
  }

  /** KuduSync: copies what differs in time, then removes what the deployment before had. */
  #end(deployment: KuduDeployment): void {
    const { wwwroot, deployments } = this.content;
    deployment.ended = new Date().toISOString();
    deployment.status = deployment.failure === undefined ? 4 : 3;
    deployment.log.push(deployment.failure ?? 'Deployment successful.');
    if (deployment.failure !== undefined) return;
    const before = this.active?.files ?? new Map<string, { readonly time: number }>();
    for (const [name, { bytes, time }] of deployment.files) {
      if (before.get(name)?.time === time) continue;
      mkdirSync(path.dirname(path.join(wwwroot, name)), { recursive: true });
      writeFileSync(path.join(wwwroot, name), bytes);
    }
    for (const name of before.keys())
      if (!deployment.files.has(name)) rmSync(path.join(wwwroot, name), { force: true });
    for (const one of deployments) one.active = one === deployment;
  }

  /** A deployment has a temporary name and message until its package is unpacked. */
  #list(): Answer {
    const shown = this.content.deployments.map((one) => this.#shown(one)).reverse();
    for (const one of this.content.deployments) if (one.status === 0) one.status = 1;
    return json(200, shown);
  }

  /** DeploymentController.GetResult: `latest` is what is pending, else what ended last. */
  #state(id: string, url: URL): Answer {
    const found = this.#find(id);
    if (found === undefined) return json(404, { Message: `Deployment '${id}' not found.` });
    if (this.#again?.id === id && this.#again.polls-- <= 0) {
      this.#again = undefined;
      this.#end(found);
    }
    if (found.ended !== undefined) return json(200, this.#shown(found));
    if (found.polls > 0) {
      found.polls -= 1;
      found.status = found.status === 0 ? 1 : 2;
      found.log.push(`KuduSync.NET: ${found.files.size} files`);
      return { ...json(id === 'latest' ? 202 : 200, this.#shown(found)), headers: again(url.href) };
    }
    this.#end(found);
    return json(200, this.#shown(found));
  }

  #find(id: string): KuduDeployment | undefined {
    const { deployments } = this.content;
    return id === 'latest'
      ? (deployments.find(({ ended }) => ended === undefined) ?? deployments.at(-1))
      : deployments.find((one) => one.id === id);
  }

  #log(id: string, entry: string | undefined): Answer {
    const found = this.#find(id);
    if (found === undefined) return json(404, { Message: 'not found' });
    const lines = entry === undefined ? found.log : ['npm error code ERESOLVE', String(found.failure)];
    const isError = (text: string): boolean => text === found.failure;
    return json(
      200,
      lines.map((message, index) => ({
        log_time: found.received,
        id: `${index}`,
        message,
        type: isError(message) ? 2 : 0,
        details_url: isError(message) && entry === undefined ? `${this.url}/api/deployments/${id}/log/${index}` : null,
      })),
    );
  }

  #redeploy(id: string): Answer {
    const found = this.#find(id);
    if (this.#options.repository !== true) return json(404, { Message: 'Repository could not be found.' });
    if (found === undefined) return json(404, { Message: `Deployment '${id}' not found.` });
    if (this.#options.redeployPolls === undefined) {
      this.#end(found);
      return { status: 200 };
    }
    this.#again = { id, polls: this.#options.redeployPolls };
    return { status: 202 };
  }

  #files(method: string, name: string, headers: http.IncomingHttpHeaders, body: Buffer): Answer {
    const file = path.join(path.dirname(path.dirname(this.content.wwwroot)), name.slice('/api/vfs/'.length));
    const found = statSync(file, { throwIfNoEntry: false });
    if (method === 'PUT' || method === 'DELETE') {
      if (found !== undefined && headers['if-match'] !== '*') return { status: 412 };
      if (method === 'DELETE') rmSync(file, { recursive: true, force: true });
      else writeFileSync(file, body);
      return { status: found === undefined ? 201 : 204 };
    }
    if (found === undefined) return { status: 404 };
    if (!found.isDirectory()) {
      const [, from] = (this.#options.noRanges !== true && /^bytes=(\d+)-$/.exec(headers.range ?? '')) || [];
      const whole = readFileSync(file);
      if (from === undefined) return { status: 200, body: whole };
      if (Number(from) >= whole.length) return { status: 416 };
      const range = { 'content-range': `bytes ${from}-${whole.length - 1}/${whole.length}` };
      return { status: 206, body: whole.subarray(Number(from)), headers: range };
    }
    return json(
      200,
      readdirSync(file, { withFileTypes: true }).map((each) => {
        const { size, mtime, birthtime } = statSync(path.join(file, each.name));
        const kind = { mime: each.isDirectory() ? 'inode/directory' : 'text/plain', size, mtime, crtime: birthtime };
        return { name: each.name, href: `${this.url}${name}${each.name}`, ...kind };
      }),
    );
  }

  #shown({ id, status, message, author, received, ended, active }: KuduDeployment) {
    return {
      id: status === 0 ? `temp-${id.slice(0, 8)}` : id,
      status,
      status_text: statusTexts[status],
      author_email: 'N/A',
      author,
      deployer: 'ZipDeploy',
      message: status === 0 ? 'Deploying from pushed zip file' : message,
      progress: '',
      received_time: received,
      start_time: received,
      end_time: ended ?? null,
      last_success_end_time: ended ?? null,
      complete: ended !== undefined,
      active,
      is_temp: status === 0,
      is_readonly: true,
      url: `${this.url}/api/deployments/${id}`,
      log_url: `${this.url}/api/deployments/${id}/log`,
      site_name: 'app',
    };
  }
}

/** The files of a zip with their times (APPNOTE.txt 4.3.12), or why it is none. */
function unpacked(zip: Buffer): Pick<KuduDeployment, 'files' | 'failure'> {
  try {
    const contents = unzipSync(zip);
    const files = new Map<string, { bytes: Uint8Array; time: number }>();
    for (let at = zip.indexOf('PK\x01\x02'); at >= 0 && zip.readUInt32LE(at) === 0x02014b50; ) {
      const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
        number,
        number,
        number,
      ];
      const file = strFromU8(zip.subarray(at + 46, at + 46 + name));
      const bytes = contents[file];
      if (bytes !== undefined) files.set(file, { bytes, time: zip.readUInt32LE(at + 12) });
      at += 46 + name + extra + comment;
    }
    return { files, failure: undefined };
  } catch {
    return { files: new Map(), failure: 'End of Central Directory record could not be found.' };
  }
}
