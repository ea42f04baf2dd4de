import type { ConfigLocation, ConfigModel, Origin } from '../../config/index.js';
import { failure, type StageFailure } from './failure.js';

const section = 'system.webServer/security/authorization';

/** One rule of URL Authorization. */
interface AuthorizationRule {
  readonly allows: boolean;
  /** Lower case; '?' are clients that have not signed in, '*' all. */
  readonly users: readonly string[];
  /** Upper case; none: all. */
  readonly verbs: readonly string[];
  readonly origin: Origin | undefined;
}

/** The rules of a path, those of the parents first. Throws ConfigError. */
export function readAuthorization(model: ConfigModel, at: ConfigLocation): readonly AuthorizationRule[] {
  if (!model.isDeclared(section)) return [];
  return model.effective(section, at).items.map((item) => ({
    allows: item.string('accessType') === 'Allow',
    users: namesIn(item.string('users').toLowerCase()),
    verbs: namesIn(item.string('verbs').toUpperCase()),
    origin: item.origin(),
  }));
}

const namesIn = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/**
 * What URL Authorization answers to a client that has not signed in, which here are all; undefined: it may go on. Deny rules are looked at first,
 * then those that allow, each from the parents down, in their order (iis-docs understanding-iis-url-authorization.md). The sub-status is
 * (unconfirmed): 401.2 is that of a refusal by the server's configuration (iis.md 4.2).
 *
 * @param challenges Values of WWW-Authenticate.
 */
export function authorizationRefusal(
  rules: readonly AuthorizationRule[],
  method: string,
  challenges: () => readonly string[],
): StageFailure | undefined {
  const verb = method.toUpperCase();
  const concerning = rules.filter(
    ({ users, verbs }) => (users.includes('?') || users.includes('*')) && (verbs.length === 0 || verbs.includes(verb)),
  );
  const denied = concerning.find(({ allows }) => !allows);
  // The feature comes with a rule that allows all; rules that allow others stand in its place (unconfirmed: it may be left beside them).
  const allowsOthers = rules.some(({ allows }) => allows);
  if (denied === undefined && (!allowsOthers || concerning.length > 0)) return undefined;
  const why =
    denied === undefined
      ? 'No rule of authorization allows'
      : `A rule of authorization (users="${denied.users}") denies`;
  const detail = `${why} clients that have not signed in, which the embedded IIS cannot check; on the server that needs the feature URL Authorization.`;
  const origin = denied?.origin ?? rules.at(-1)?.origin;
  return failure(401, 2, detail, {
    module: 'UrlAuthorizationModule',
    notification: 'AuthorizeRequest',
    challenges: challenges(),
    ...(origin && { origin }),
  });
}
