/** What the utility strategy carries from turn to turn. Losing it costs little. */
import { type Action, type ActionOutcome, actionKey } from '../../../act.ts'

export type UtilityMemory = Readonly<{
  /** Key of the action that energy is saved for. */
  goal: string | null
  /** Actions that were refused, by key, until the given block. */
  avoided: Readonly<Record<string, number>>
}>

export const EMPTY_MEMORY: UtilityMemory = { goal: null, avoided: {} }

/** A refused action is not tried again for so long. */
const AVOID_BLOCKS = 60

/** The memory without what is no longer avoided in the next block. */
export const refreshed = (memory: UtilityMemory, nextBlock: number): UtilityMemory => ({
  ...memory,
  avoided: Object.fromEntries(
    Object.entries(memory.avoided).filter(([, until]) => until > nextBlock),
  ),
})

/** A refusal gives up the goal, too. */
export const afterAction = (
  memory: UtilityMemory,
  action: Action,
  { accepted, block }: ActionOutcome,
): UtilityMemory =>
  accepted
    ? memory
    : { goal: null, avoided: { ...memory.avoided, [actionKey(action)]: block + AVOID_BLOCKS } }
