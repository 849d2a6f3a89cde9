import type { Messaging, MessagingOptions } from './messaging.js';

export function createMessaging(_options: MessagingOptions): Messaging {
  throw new Error('not there yet');
}
