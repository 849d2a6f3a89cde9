import { clientNetwork } from '@florin/http';
import type { LoginAttempt, LoginGuard } from './login-guard.js';
import type { SendAllowance, SendRefusal } from './send-allowance.js';

/** Bounds the mails that reset a password. */
export interface ResetAllowance {
  take(attempt: LoginAttempt): Promise<{ readonly kind: 'granted' } | SendRefusal>;
}

/**
 * Each network has an allowance for a mailbox, and all of them together have a larger one. A stranger who uses up what there
 * is must not keep the owner from recovering the account: the owner has an own allowance, and a network that the account was
 * signed in from does not depend on what others have left.
 */
export function createResetAllowance(parts: {
  readonly fromNetwork: SendAllowance;
  readonly toMailbox: SendAllowance;
  readonly loginGuard: Pick<LoginGuard, 'isTrusted'>;
}): ResetAllowance {
  const { fromNetwork, toMailbox, loginGuard } = parts;
  return {
    async take(attempt) {
      const own = await fromNetwork.take(`${clientNetwork(attempt.ip)} ${attempt.email}`);
      if (own.kind !== 'granted') return own;
      const shared = await toMailbox.take(attempt.email);
      // The answer is the same for everybody who has never signed in from here, registered or not.
      return shared.kind === 'granted' || (await loginGuard.isTrusted(attempt)) ? own : shared;
    },
  };
}
