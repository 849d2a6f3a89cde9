export interface Recipient {
  readonly customerId: string;
  readonly fullName: string;
  readonly email: string;
  /** E.164. */
  readonly phone: string;
}
