import type { EntrypointName } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { Cost } from '../../../../domain/worlds/infinite-hex-adventurers/rules/actions.ts'
import type { Action } from '../../../act.ts'
import type { Candidate as AnyCandidate } from '../../../strategy.ts'

/** A legal action, what it costs (or more, where the agent wants to keep some), and what it is worth to this agent. */
export type Candidate = AnyCandidate &
  Cost &
  Readonly<{
    action: Action & Readonly<{ entrypoint: EntrypointName }>
    /** Null: worth nothing by itself, but a means to what costs more energy than there is. */
    utility: number | null
  }>
