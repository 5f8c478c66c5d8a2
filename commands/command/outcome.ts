/**
 * What came of a command's transaction, read from the facts that the log holds of it. A transaction
 * that succeeded is not an action that succeeded: the game refuses by an event of its own or by
 * doing nothing at all (game.md §0.4).
 */
import { FatalError } from '../../domain/errors.ts'
import type { JsonObject, RecordedEvent } from '../../domain/event-log/event-log.ts'
import { type Felt, shortStringOf } from '../../domain/felt.ts'
import type {
  ContractDefinition,
  EntrypointDefinition,
  WorldDefinition,
} from '../../domain/worlds/definition.ts'
import type { TransactionFacts } from '../transaction-facts.ts'
import type { CommandIntent, CommandStep } from './command.ts'

/**
 * Reason of a command whose transaction succeeded without the effect, where the game gives none.
 */
const NO_EFFECT = 'NO_EFFECT'

type Target = Readonly<{ contract: ContractDefinition; call: EntrypointDefinition }>

const targetOf = (definition: WorldDefinition, entrypoint: string): Target => {
  for (const contract of Object.values(definition.contracts)) {
    const call = contract.entrypoints[entrypoint]
    if (call !== undefined) return { contract, call }
  }
  throw new FatalError(
    `World ${definition.name} has no entrypoint "${entrypoint}", but a command in the log calls it`,
  )
}

/** Type of the fact that confirms a call. */
const confirmingType = ({ confirmedBy }: EntrypointDefinition): string =>
  'event' in confirmedBy ? confirmedBy.event : `${confirmedBy.model}Written`

/**
 * The game's reason as its short string (`LOW_ENERGY`); the felt itself where it is not printable.
 */
const reasonOf = ({ data }: RecordedEvent): string => {
  const reason = data.reason
  // The game's reasons are felts, and nothing else is a short string.
  return typeof reason === 'string' ? (shortStringOf(reason as Felt) ?? reason) : NO_EFFECT
}

/**
 * How a command ends whose transaction succeeded in `block` and left exactly these facts, in their
 * order. The game's refusal counts before a model write, because refused calls may write rows too
 * (a failed harvest keeps its regeneration).
 */
export const endingOf = (
  definition: WorldDefinition,
  intent: CommandIntent,
  { transaction, block, facts }: TransactionFacts,
): CommandStep => {
  const { contract, call } = targetOf(definition, intent.entrypoint)
  const refusal = facts.find(({ type }) => type === contract.rejectedBy)
  if (refusal !== undefined)
    return { step: 'refuse', transaction, block, reason: reasonOf(refusal) }
  const effect = facts.find(({ type }) => type === confirmingType(call))
  if (effect === undefined) return { step: 'refuse', transaction, block, reason: NO_EFFECT }
  const confirmation = { type: effect.type, data: effect.data satisfies JsonObject }
  return { step: 'confirm', transaction, block, position: effect.revision, confirmation }
}
