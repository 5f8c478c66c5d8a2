import type { Felt } from '../../../../domain/felt.ts'
import type { EntrypointName } from '../../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import type { Observation, SeenHex, SeenSelf } from '../observation.ts'
import type { Persona } from '../utility/persona.ts'

/** A call of the game with its arguments by name. */
export type Action = Readonly<{
  entrypoint: EntrypointName
  args: Readonly<Record<string, string | number>>
}>

/**
 * How a call looks at energy: `stored` spends what is stored and applies no regeneration;
 * `regenerated` applies it first; `free` spends nothing (game.md §2.11, energy rows).
 */
export type Spending = 'free' | 'stored' | 'regenerated'

/** A legal action, what it costs, and what it is worth to this agent. */
export type Candidate = Readonly<{
  action: Action
  spending: Spending
  /** Energy that the agent must have for it; 0 for a free one. */
  energy: number
  utility: number
  /** For people: what it is for. */
  why: string
}>

/** All that candidates are made from. */
export type Situation = Readonly<{
  persona: Persona
  self: SeenSelf
  observation: Observation
  /** First block in which an action can take place. */
  nextBlock: number
  /** Known hexes by packed felt. */
  hexesById: ReadonlyMap<Felt, SeenHex>
  /** The hex with plants of its own that the agent has settled on; null when it has none. */
  home: Felt | null
}>

/** The same action has the same key. */
export const actionKey = ({ entrypoint, args }: Action): string =>
  `${entrypoint} ${Object.values(args).join(' ')}`
