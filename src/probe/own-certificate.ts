import type { ClientRequest } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * Ends a request over TLS, before it is answered, whose server presents another certificate.
 * @param thumbprint SHA-1; undefined: any certificate is accepted.
 */
export function requireCertificate(request: ClientRequest, thumbprint: string | undefined): void {
  if (thumbprint === undefined) return;
  request.on('socket', (socket) => {
    if (!(socket instanceof TLSSocket)) return;
    socket.once('secureConnect', () => {
      const { fingerprint = '' } = socket.getPeerCertificate();
      if (fingerprint.replaceAll(':', '') === thumbprint) return;
      socket.destroy(
        new Error(`the server presents the certificate ${fingerprint.replaceAll(':', '')}, not ${thumbprint}`),
      );
    });
  });
}
