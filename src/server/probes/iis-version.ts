import { registryValue } from '../parse.js';
import type { Probe } from '../types.js';

/** iis.md 5; /reg:64, because a 32-bit program sees WOW6432Node. */
export const iisVersion: Probe = {
  about: 'the version of IIS',
  ask: () => ({ program: ['reg.exe'], args: ['query', 'HKLM\\SOFTWARE\\Microsoft\\InetStp', '/reg:64'] }),
  read: (text) => {
    const [major, minor] = [registryValue(text, 'MajorVersion'), registryValue(text, 'MinorVersion')];
    return { iis: major === undefined ? undefined : `${major}.${minor ?? '0'}` };
  },
};
