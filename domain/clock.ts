/** Time as a port, so that rules and tests never read the machine's clock. */
export type Clock = Readonly<{
  /** Milliseconds since 1970. */
  nowMs: () => number
}>
