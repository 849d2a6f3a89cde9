import type { Runtime } from '@florin/runtime';
import type { WalletConfig } from './config.js';
import type { CardIssuer } from './providers/card-issuer.js';

/** What handlers and jobs of this service may touch. */
export interface WalletContext extends Pick<Runtime, 'clock' | 'logger' | 'database' | 'messaging'> {
  readonly config: WalletConfig;
  readonly issuer: CardIssuer;
  /** Tells the auditor that there is work. */
  wakeAudits(): void;
  /** Tells the job that orders cards that there is work. */
  wakeCardOrders(): void;
}
