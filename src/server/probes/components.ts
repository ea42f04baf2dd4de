import type { Probe } from '../types.js';

/** The components of IIS (iis.md 5): a value for each that was ever installed, 1 or 0. */
export const components: Probe = {
  about: 'the components of IIS',
  ask: () => ({
    program: ['reg.exe'],
    args: ['query', 'HKLM\\SOFTWARE\\Microsoft\\InetStp\\Components', '/reg:64'],
  }),
  read: (text) => {
    const found = [...text.matchAll(/^[ \t]+([A-Za-z]\w{1,60})[ \t]+REG_DWORD[ \t]+0x([01])[ \t]*\r?$/gm)];
    return { components: Object.fromEntries(found.map(([, name, value]) => [name, value === '1'])) };
  },
};
