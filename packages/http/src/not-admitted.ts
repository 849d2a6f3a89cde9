import type { Caller } from './caller.js';
import { Problem } from './problem.js';

/** A caller who is known, but not admitted to the route. */
export class NotAdmitted extends Problem {
  constructor(
    readonly caller: Caller,
    code: string,
    detail: string,
  ) {
    super(403, code, detail);
  }
}
