/** The variables of the environment that `azure://` reads. Credentials come from there alone. */
export const variables = {
  /** The publish profile: its file, or its content. */
  profile: 'AZURE_WEBAPP_PUBLISH_PROFILE',
  user: 'AZURE_WEBAPP_USER',
  password: 'AZURE_WEBAPP_PASSWORD',
  /** Of Entra, for Kudu and for the Azure Resource Manager. */
  token: 'AZURE_ACCESS_TOKEN',
  /** Where the app is in the Azure Resource Manager. */
  subscription: 'AZURE_SUBSCRIPTION_ID',
  group: 'AZURE_RESOURCE_GROUP',
  /** URLs that differ from the usual ones: of Kudu, the app, the slot, the Azure Resource Manager. */
  scm: 'AZURE_WEBAPP_SCM_URL',
  site: 'AZURE_WEBAPP_URL',
  slotSite: 'AZURE_WEBAPP_SLOT_URL',
  management: 'AZURE_MANAGEMENT_URL',
} as const;

/** The command that gets a token. */
export const tokenCommand = 'az account get-access-token --query accessToken -o tsv';
