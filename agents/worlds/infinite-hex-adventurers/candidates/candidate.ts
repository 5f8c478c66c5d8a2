import type { EntrypointName } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { Action } from '../../../act.ts'
import type { Candidate as AnyCandidate } from '../../../strategy.ts'

/**
 * How a call looks at energy: `stored` spends what is stored and applies no regeneration;
 * `regenerated` applies it first; `free` spends nothing (game.md §2.11, energy rows).
 */
export type Spending = 'free' | 'stored' | 'regenerated'

/** A legal action, what it costs, and what it is worth to this agent. */
export type Candidate = AnyCandidate &
  Readonly<{
    action: Action & Readonly<{ entrypoint: EntrypointName }>
    spending: Spending
    /** Energy that the agent must have for it; 0 for a free one. */
    energy: number
    /** Null: worth nothing by itself, but a means to what costs more energy than there is. */
    utility: number | null
  }>
