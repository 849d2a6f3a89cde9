import { Problem } from '@florin/http';

export function customerExists(): Problem {
  return new Problem(409, 'customer-exists', 'A customer with this email or phone exists already.');
}
