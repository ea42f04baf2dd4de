import { type AzureAccess, readAccess } from './access.js';
import { azureAddress } from './address.js';
import { KuduApi } from './kudu.js';
import { type ManagedSite, Manager } from './manager.js';
import type { Patience } from './patience.js';

/** An app of App Service that can be asked and changed. */
export interface AzureSession {
  readonly access: AzureAccess;
  /** Of what is deployed to: the slot, or the app. */
  readonly kudu: KuduApi;
  /** Of the app, where a slot is deployed to; undefined: without a slot, or without the Resource Manager. */
  readonly productionKudu: KuduApi | undefined;
  readonly manager: Manager | undefined;
  /** What the Resource Manager says of it; undefined: it was not asked. */
  readonly managed: ManagedSite | undefined;
  /** The URL of what is deployed to. */
  readonly site: URL;
  /** The app's own URL, where a slot is deployed to. */
  readonly production: URL | undefined;
  readonly patience: Patience;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** @throws UserError for the address, the credentials, and where the Resource Manager refuses. */
export async function openAzure(to: string, environment: Environment, patience: Patience): Promise<AzureSession> {
  const access = readAccess(azureAddress(to), environment);
  const { address } = access;
  const manager = access.manager && new Manager(access.manager, patience);
  const managed = await manager?.site(address.slot);
  const production = address.slot === undefined ? undefined : await manager?.site(undefined);
  const scm = access.isUsualHost ? (managed?.scm ?? access.scm) : access.scm;
  const token = access.manager?.token;
  return {
    access,
    kudu: new KuduApi(scm, access, patience),
    productionKudu:
      production?.scm === undefined || token === undefined
        ? undefined
        : new KuduApi(production.scm, { ...access, credentials: [token] }, patience),
    manager,
    managed,
    site: access.site ?? managed?.site ?? siteOfScm(scm),
    production:
      address.slot === undefined
        ? undefined
        : (access.production ?? production?.site ?? new URL(`https://${address.app}.azurewebsites.net`)),
    patience,
  };
}

/** The same session with another time limit, and without its signal: to find out what became of an interrupted deployment. */
export function withPatience(session: AzureSession, patience: Patience): AzureSession {
  const { access, kudu, productionKudu } = session;
  const token = access.manager?.token;
  return {
    ...session,
    patience,
    kudu: kudu.with(patience),
    productionKudu: token && productionKudu?.with(patience),
    manager: access.manager && new Manager(access.manager, patience),
  };
}

/** `app-hash.scm.region-01.azurewebsites.net` is Kudu of `app-hash.region-01.azurewebsites.net`. */
const siteOfScm = (scm: URL): URL => new URL(`https://${scm.host.replace('.scm.', '.')}`);

/** The command that swaps a slot with production, as typed. */
export function swapCommand({ access: { address, manager } }: Pick<AzureSession, 'access'>): string {
  const group = manager?.group ?? 'GROUP';
  return `az webapp deployment slot swap --resource-group ${group} --name ${address.app} --slot ${address.slot} --target-slot production`;
}
