/** Part of the interface: scripts branch on them. */
export const exitCodes = {
  done: 0,
  /** Messages failed, a replay was aborted, or a check found something. */
  found: 1,
  usage: 2,
  /** The edge or the registry refused the call or did not answer. */
  refused: 3,
  /** Not every outcome came in time; the replay goes on. */
  timeout: 4,
} as const;

export const exitCodesHelp = `
Exit status:
  0  done
  1  a message failed, a replay was aborted, or a check found something
  2  wrong usage, or not confirmed
  3  refused, or no answer
  4  not every outcome is known in time; the replay goes on`;
