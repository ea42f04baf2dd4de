import type { ScriptContext } from './context.js';
import { isGuarded } from './listens.js';
import type { Place } from './text-file.js';
import { optionsForTls } from './tls-options.js';
import { objectOf, propertyOf, readValue } from './values.js';

/** A server that speaks TLS. */
export interface TlsServer {
  readonly at: Place;
  /** `requestCert: true`: its clients have certificates. */
  readonly asksForCertificates: boolean;
}

/** Reads the servers with TLS that run in every environment. */
export function readTlsServers(context: ScriptContext): readonly TlsServer[] {
  return context.tree.ofType('CallExpression', 'NewExpression').flatMap((call) => {
    const given = optionsForTls(context, call);
    if (given === undefined || isGuarded(context, call)) return [];
    const object = objectOf(given ?? undefined, context.bindings);
    const asks = object && propertyOf(object, 'requestCert', context.bindings);
    const value = asks && readValue(asks, context.bindings);
    return [{ at: context.place(call.start), asksForCertificates: value?.kind === 'literal' && value.value === true }];
  });
}
