import type { Transaction } from '@florin/database';
import { insertEmailVerification } from './insert-email-verification.js';

export interface NewCustomer {
  readonly id: string;
  readonly fullName: string;
  readonly email: string;
  readonly phone: string;
  readonly timeZone: string;
  readonly passwordHash: string;
  readonly verificationTokenHash: Buffer;
  readonly verificationExpiresAt: number;
  readonly createdAt: number;
}

/** Inserts a customer who has yet to verify the email; a taken email or phone is a unique violation. */
export async function insertCustomer(tx: Transaction, customer: NewCustomer): Promise<void> {
  const createdAt = new Date(customer.createdAt);
  await tx.query({
    name: 'insert-customer',
    text: `
      INSERT INTO customers (id, full_name, email, phone, status, created_at, updated_at, time_zone)
      VALUES ($1, $2, $3, $4, 'pending_verification', $5, $5, $6)`,
    values: [customer.id, customer.fullName, customer.email, customer.phone, createdAt, customer.timeZone],
  });
  await tx.query({
    name: 'insert-credential',
    text: 'INSERT INTO credentials (customer_id, password_hash, updated_at) VALUES ($1, $2, $3)',
    values: [customer.id, customer.passwordHash, createdAt],
  });
  await insertEmailVerification(tx, {
    customerId: customer.id,
    tokenHash: customer.verificationTokenHash,
    expiresAt: customer.verificationExpiresAt,
  });
}
