/**
 * How an agent sees its world: through the public API, as anybody could. What is asked and what is
 * seen is each game's own (worlds/…/observation.ts). Implemented in infra/agents on the GraphQL
 * client; observe.contract.ts says what every implementation has to keep.
 */

/** What was seen holds for one point of history: the end of this block. */
export type Observed = Readonly<{ block: number }>

/**
 * Null while the read models have no block yet. Throws RetryableError when the world cannot be
 * reached, and the signal's reason when it aborts.
 */
export type Observe<Query, Observation extends Observed> = (
  query: Query,
  signal: AbortSignal,
) => Promise<Observation | null>
