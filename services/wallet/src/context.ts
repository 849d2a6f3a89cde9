import type { Runtime } from '@florin/runtime';
import type { WalletConfig } from './config.js';

/** What a handler of this service may touch. */
export interface WalletContext extends Pick<Runtime, 'clock' | 'logger'> {
  readonly config: WalletConfig;
}
