import type { ConfigLocation, ConfigModel, EffectiveElement, Origin } from '../../config/index.js';
import { failure, type StageFailure } from './failure.js';

const folder = 'system.webServer/security/authentication';

/** Who may ask for a URL, and how a client can sign in. */
export interface Authentication {
  /** Everybody may ask: no client has to sign in, whatever else is enabled. */
  readonly anonymous: boolean;
  /** What is enabled: 'Basic', 'Digest', 'Windows'. */
  readonly methods: readonly string[];
  /** Values of WWW-Authenticate. */
  readonly challenges: readonly string[];
  /** Where anonymous access is switched off. */
  readonly origin: Origin | undefined;
}

/** Reads the sections of a path. Throws ConfigError. */
export function readAuthentication(model: ConfigModel, at: ConfigLocation): Authentication {
  const sectionOf = (name: string): EffectiveElement | undefined => {
    const path = `${folder}/${name}Authentication`;
    return model.isDeclared(path) ? model.effective(path, at) : undefined;
  };
  const anonymous = sectionOf('anonymous');
  const [basic, digest, windows] = ['basic', 'digest', 'windows'].map((name) => {
    const section = sectionOf(name);
    return section?.boolean('enabled') ? section : undefined;
  });
  const providers = windows?.child('providers').items.map((item) => item.string('value')) ?? [];
  return {
    anonymous: anonymous === undefined || anonymous.boolean('enabled'),
    methods: [...(basic ? ['Basic'] : []), ...(digest ? ['Digest'] : []), ...(windows ? ['Windows'] : [])],
    // A minimal list of providers is that of a new IIS.
    challenges: [
      ...(windows ? (providers.length > 0 ? providers : ['Negotiate', 'NTLM']) : []),
      ...(digest ? [`Digest qop="auth",algorithm=MD5-sess,charset=utf-8,realm="${digest.string('realm')}"`] : []),
      ...(basic ? [`Basic realm="${basic.string('realm')}"`] : []),
    ],
    origin: anonymous?.origin('enabled'),
  };
}

/**
 * What IIS answers where anonymous access is off: 401.2 to a client that does not sign in, 401.1 to one whose sign-in fails, as every one does
 * here (iis.md 4.2). Undefined: everybody may ask.
 *
 * @param authorization The request's own header.
 */
export function refusalFor(
  authentication: Authentication,
  authorization: string | undefined,
): StageFailure | undefined {
  if (authentication.anonymous) return undefined;
  const { methods, challenges, origin } = authentication;
  const scheme = authorization?.split(' ', 1)[0]?.toLowerCase() ?? '';
  const isTried = challenges.some((challenge) => challenge.split(' ', 1)[0]?.toLowerCase() === scheme);
  const how = methods.join(' or ');
  const detail =
    methods.length === 0
      ? 'Anonymous access is off, and no other authentication is on: no client can sign in.'
      : isTried
        ? `Anonymous access is off, and the embedded IIS knows no accounts: a sign-in with ${how} always fails here.`
        : `Anonymous access is off: a client has to sign in with ${how}, which the embedded IIS cannot check.`;
  return failure(401, isTried ? 1 : 2, detail, {
    module: isTried ? `${methods[0]}AuthenticationModule` : 'IIS Web Core',
    notification: 'AuthenticateRequest',
    challenges,
    ...(origin && { origin }),
  });
}
