/** All that candidates are made from: what the agent has seen, and who it is. */
import type { Felt } from '../../../domain/felt.ts'
import type { Observation, SeenHex, SeenSelf } from './observation.ts'
import type { Temperament } from './temperament.ts'

export type Situation = Readonly<{
  /** Name of the adventurer that the agent creates. */
  name: string
  temperament: Temperament
  /** Its adventurer; null until it has one. */
  self: SeenSelf | null
  observation: Observation
  /** First block in which an action can take place. */
  nextBlock: number
  /** Known hexes by packed felt. */
  hexesById: ReadonlyMap<Felt, SeenHex>
  /** The hex with plants of its own that the agent has settled on; null when it has none. */
  home: Felt | null
}>

/** The situation of an agent whose adventurer lives. */
export type LivingSituation = Situation & Readonly<{ self: SeenSelf }>

export const isLiving = (situation: Situation): situation is LivingSituation =>
  situation.self?.isAlive === true
