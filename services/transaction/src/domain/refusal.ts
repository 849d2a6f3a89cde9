/**
 * What a refusal of the ledger makes of a transaction. That it was asked too late says nothing about the business: the
 * platform was slow, nothing was posted, and nothing will be, because the ledger remembers its refusal for ever.
 */
export function refusalStep(reason: string): 'decline' | 'fail' {
  return reason === 'deadline-exceeded' ? 'fail' : 'decline';
}
