import type { Runtime } from '@florin/runtime';
import type { SealedSecrets } from '@florin/sealed-secrets';
import type { TransactionConfig } from './config.js';
import type { PaymentProvider } from './providers/payment-provider.js';

/** What handlers and jobs of this service may touch. */
export interface TransactionContext extends Pick<Runtime, 'clock' | 'logger' | 'database' | 'messaging'> {
  readonly config: TransactionConfig;
  readonly psp: PaymentProvider;
  readonly secrets: SealedSecrets;
  /** Tells the deposit job that there is work, or is about to be: the transaction may still have to commit. */
  wakeDepositJob(): void;
  /** The same for withdrawals. */
  wakeWithdrawalJob(): void;
  /** Tells the scheduler that a schedule was made; the transaction may still have to commit. */
  wakeScheduler(): void;
}
