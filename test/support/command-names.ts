/** Every command of the program. */
export const commandNames = [
  'init',
  'deploy',
  'doctor',
  'serve',
  'trace',
  'capacity',
  'undeploy',
  'rollback',
  'releases',
  'status',
  'logs',
  'appcmd',
  'completion',
] as const;
