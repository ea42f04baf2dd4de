import { defineRule } from './define-rule.js';

/** What a section holds cannot be read. */
export const sectionEncrypted = defineRule({
  code: 'SECTION_ENCRYPTED',
  severity: 'info',
  title: 'A section of web.config is encrypted',
  why: 'What it holds was not looked at: a setting that the doctor misses may stand there, and a fault in it stays unseen.',
  help: `A section with configProtectionProvider holds <EncryptedData>, written by aspnet_regiis with a key of the server. Neither the
doctor nor the embedded IIS has that key: they pass the section by as if it were empty. Examine the app with the section decrypted
(aspnet_regiis -pd). IIS's own configuration system knows no such encryption, and may refuse a section that it or iisnode reads,
appSettings among them (unconfirmed). Better keep secrets out of web.config: environment variables of the application pool reach node as well.`,
  check({ site, webConfig }) {
    return (site?.encrypted ?? []).map(({ section, origin }) => {
      const at = webConfig.placeOf(origin);
      return { message: `<${section}> is encrypted, so what it holds is passed by.`, ...(at && { at }) };
    });
  },
});
