import { defineRule } from './define-rule.js';

/** The content of a section cannot be read. */
export const sectionEncrypted = defineRule({
  code: 'SECTION_ENCRYPTED',
  severity: 'info',
  explains: ['CONFIG_REFUSED'],
  title: 'A section of web.config is encrypted',
  why: 'Its content was not checked: it may contain a setting that the doctor reports as missing, and errors in it are not found.',
  help: `A section with configProtectionProvider contains <EncryptedData>, written by aspnet_regiis with a key of the server. Neither the
doctor nor the embedded IIS has that key: they treat the section as empty. Run the doctor with the section decrypted
(aspnet_regiis -pd). IIS's own configuration system does not support this encryption, and may refuse a section that it or iisnode reads,
including appSettings (unconfirmed). It is better to keep secrets out of web.config: environment variables of the application pool
reach node as well.`,
  check({ site, query }) {
    return (site?.encrypted ?? []).map(({ section, origin }) => {
      const at = query.placeOf(origin);
      return { message: `<${section}> is encrypted, so its content is not checked.`, ...(at && { at }) };
    });
  },
});
