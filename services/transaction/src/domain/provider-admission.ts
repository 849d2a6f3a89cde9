import { type Admission, type AdmissionRequest, admit, type Terms } from './admission.js';

/** As `admit`; the fee of a deposit is taken from what comes in, so something has to be left of it. */
export function admitDeposit(request: AdmissionRequest, terms: Terms | undefined, now: number): Admission {
  const admission = admit(request, terms, now);
  if (!admission.admitted || admission.fee < request.amount) return admission;
  return { admitted: false, reason: 'amount-invalid' };
}

/** As `admit`; the fee of a withdrawal is charged on top, and both are held together. */
export function admitWithdrawal(request: AdmissionRequest, terms: Terms | undefined, now: number): Admission {
  const admission = admit(request, terms, now);
  if (!admission.admitted || Number.isSafeInteger(request.amount + admission.fee)) return admission;
  return { admitted: false, reason: 'amount-invalid' };
}
