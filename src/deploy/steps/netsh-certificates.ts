import { UserError } from '../../errors.js';
import { commandLine } from '../../quoting.js';
import { system32 } from '../../system32.js';
import type { CertificateStore } from '../certificates.js';
import { certificateCommands } from '../script/certificate-part.js';
import type { DeployContext } from '../step.js';

/** HTTP.sys, through netsh: appcmd cannot set certificates (deploying.md). @throws UserError CERTIFICATE_NOT_BOUND. */
export function netshCertificates({ environment, run, format = commandLine }: DeployContext): CertificateStore {
  const netsh = system32(environment ?? process.env, 'netsh.exe');
  const { show, add: addition, remove: removal } = certificateCommands;
  const change = async (args: readonly string[]): Promise<void> => {
    const { exitCode, stdout } = await run(netsh, args);
    if (exitCode !== 0) throw notBound(args, exitCode, stdout);
  };
  return {
    async shown(endpoint) {
      const { exitCode, stdout } = await run(netsh, show(endpoint));
      return exitCode === 0 ? stdout.toLowerCase() : undefined;
    },
    add: (endpoint, thumbprint) => change(addition(endpoint, thumbprint)),
    remove: (endpoint) => change(removal(endpoint)),
    sayAdd: (endpoint, thumbprint) => format(netsh, addition(endpoint, thumbprint)),
    sayRemove: (endpoint) => format(netsh, removal(endpoint)),
  };
}

const notBound = (args: readonly string[], exitCode: number, stdout: string): UserError =>
  new UserError('CERTIFICATE_NOT_BOUND', {
    what: `${commandLine('netsh', args)} failed with exit code ${exitCode}`,
    why: stdout.trim().split(/\r?\n/).at(-1) || 'it gave no reason',
    next: 'check that the certificate is in the store of the machine with its private key: dir Cert:\\LocalMachine\\My',
    exit: 'refused',
  });
