/**
 * The life of one command as a decider: a wish becomes a signed transaction and ends where the
 * world shows what came of it. It decides nothing about the game. A transaction that succeeded is
 * not yet an action that succeeded (game.md §0.4): only a fact of the world confirms.
 *
 *   REQUESTED ─▶ SIGNED ─▶ SUBMITTED ─▶ CONFIRMED | REFUSED | REVERTED
 *       ▲          │           │
 *       └─ voided ─┴───────────┘     (another transaction took its nonce: it can never land, so signing again is safe)
 *   REQUESTED, SIGNED, SUBMITTED ─▶ EXPIRED   (the node refuses it, or it was voided too often)
 */
import type { Decider, Rejection } from '../../domain/decider.ts'
import type { JsonObject } from '../../domain/event-log/event-log.ts'
import type { Felt } from '../../domain/felt.ts'
import type { Fields } from '../../domain/worlds/definition.ts'
import type { ContractCall, ResourceBounds } from '../transaction-sender.ts'

/** What is wanted, in canonical spelling. */
export type CommandIntent = Readonly<{ entrypoint: string; args: Fields; account: Felt }>

/** Everything from which the same transaction can be signed again. */
export type CommandSignature = Readonly<{
  transaction: Felt
  /** Decimal text. */
  nonce: string
  bounds: ResourceBounds
  calls: readonly ContractCall[]
  /**
   * Last position of the world's stream before the transaction was first sent (-1: none): its facts
   * come later.
   */
  afterPosition: number
}>

/** The fact of the world that shows the effect. */
export type CommandConfirmation = Readonly<{ type: string; data: JsonObject }>

/** What has happened to a command, as its stream keeps it. */
export type CommandEvent =
  | Readonly<{ type: 'CommandRequested'; data: CommandIntent }>
  | Readonly<{ type: 'CommandSigned'; data: CommandSignature }>
  | Readonly<{ type: 'CommandSignatureVoided'; data: Readonly<{ transaction: Felt }> }>
  | Readonly<{ type: 'CommandSubmitted'; data: Readonly<{ transaction: Felt }> }>
  | Readonly<{
      type: 'CommandConfirmed'
      data: Readonly<{
        transaction: Felt
        block: number
        position: number
        confirmation: CommandConfirmation
      }>
    }>
  | Readonly<{
      type: 'CommandRefused'
      data: Readonly<{ transaction: Felt; block: number; reason: string }>
    }>
  | Readonly<{
      type: 'CommandReverted'
      data: Readonly<{ transaction: Felt; block: number; reason: string }>
    }>
  | Readonly<{ type: 'CommandExpired'; data: Readonly<{ reason: string }> }>

type EventData<Type extends CommandEvent['type']> = Extract<CommandEvent, { type: Type }>['data']

/**
 * What happens to a command, told to the decider. Repeating a step that was taken changes nothing.
 */
export type CommandStep =
  | Readonly<{ step: 'request'; intent: CommandIntent }>
  | Readonly<{ step: 'sign'; signature: CommandSignature }>
  | Readonly<{ step: 'void-signature'; transaction: Felt }>
  | Readonly<{ step: 'submit'; transaction: Felt }>
  | Readonly<{ step: 'confirm' } & EventData<'CommandConfirmed'>>
  | Readonly<{ step: 'refuse' } & EventData<'CommandRefused'>>
  | Readonly<{ step: 'revert' } & EventData<'CommandReverted'>>
  | Readonly<{ step: 'expire'; reason: string }>

type Wanted = Readonly<{ intent: CommandIntent; voidedSignatures: number }>
type Signed = Wanted & Readonly<{ signature: CommandSignature }>

/** A command that is to be signed, for the first time or again. */
export type RequestedCommand = Readonly<{ name: 'REQUESTED' }> & Wanted
/** A command whose transaction may land. */
export type SignedCommand = Readonly<{ name: 'SIGNED' | 'SUBMITTED' }> & Signed
/** A command that has ended. `block` is where its transaction stood then. */
export type FinalCommand =
  | (Readonly<{
      name: 'CONFIRMED'
      block: number
      position: number
      confirmation: CommandConfirmation
    }> &
      Signed)
  | (Readonly<{ name: 'REFUSED' | 'REVERTED'; block: number; reason: string }> & Signed)
  | (Readonly<{ name: 'EXPIRED'; reason: string; signature: CommandSignature | null }> & Wanted)

/** `UNREQUESTED`: there is no such command (yet). */
export type CommandState =
  | Readonly<{ name: 'UNREQUESTED' }>
  | RequestedCommand
  | SignedCommand
  | FinalCommand

/** Why a step is not taken. */
export type CommandRejection = Rejection<
  | 'CONFLICTING_KEY'
  | 'NOT_REQUESTED'
  | 'NOT_SIGNED'
  | 'OTHER_TRANSACTION'
  | 'ALREADY_SIGNED'
  | 'ALREADY_ENDED'
>

/** A command is signed at most this often in all. */
export const SIGNATURES_MAX = 5

/** Whether a command has ended: nothing changes it any more. */
export const isFinal = (state: CommandState): state is FinalCommand =>
  state.name === 'CONFIRMED' ||
  state.name === 'REFUSED' ||
  state.name === 'REVERTED' ||
  state.name === 'EXPIRED'

/** Whether a command has a transaction that may land. */
export const isSigned = (state: CommandState): state is SignedCommand =>
  state.name === 'SIGNED' || state.name === 'SUBMITTED'

/** Decides about one command; its events are all that its stream holds. */
export const commandDecider: Decider<CommandState, CommandStep, CommandEvent, CommandRejection> = {
  initialState: { name: 'UNREQUESTED' },
  decide: (step, state) => {
    if (step.step === 'request') return decideRequest(step.intent, state)
    if (state.name === 'UNREQUESTED') return rejection('NOT_REQUESTED', 'there is no such command')
    if (isFinal(state)) return decideAgain(step, state)
    switch (step.step) {
      case 'sign':
        return decideSign(step.signature, state)
      case 'expire':
        return [{ type: 'CommandExpired', data: { reason: step.reason } }]
      case 'submit':
      case 'void-signature':
      case 'confirm':
      case 'refuse':
      case 'revert':
        return decideOnSigned(step, state)
      default:
        return step satisfies never
    }
  },
  evolve: (state, event) => {
    if (event.type === 'CommandRequested')
      return { name: 'REQUESTED', intent: event.data, voidedSignatures: 0 }
    if (state.name === 'UNREQUESTED' || isFinal(state)) return state
    if (event.type === 'CommandSigned')
      return { ...wanted(state), name: 'SIGNED', signature: event.data }
    if (event.type === 'CommandExpired') {
      const signature = isSigned(state) ? state.signature : null
      return { ...wanted(state), name: 'EXPIRED', signature, reason: event.data.reason }
    }
    return isSigned(state) ? evolveSigned(state, event) : state
  },
}

const rejection = (rejected: CommandRejection['rejected'], reason: string): CommandRejection => ({
  rejected,
  reason,
})

const wanted = ({ intent, voidedSignatures }: Wanted): Wanted => ({ intent, voidedSignatures })

type Decision = readonly CommandEvent[] | CommandRejection

const decideRequest = (intent: CommandIntent, state: CommandState): Decision => {
  if (state.name === 'UNREQUESTED') return [{ type: 'CommandRequested', data: intent }]
  return sameIntent(intent, state.intent)
    ? []
    : rejection(
        'CONFLICTING_KEY',
        `the same key was used before, for ${state.intent.entrypoint} with other content`,
      )
}

const sameIntent = (a: CommandIntent, b: CommandIntent): boolean =>
  a.entrypoint === b.entrypoint && a.account === b.account && sameFields(a.args, b.args)

const sameFields = (a: Fields, b: Fields): boolean =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(a).every(([name, value]) => b[name] === value)

const decideSign = (
  signature: CommandSignature,
  state: RequestedCommand | SignedCommand,
): Decision => {
  if (isSigned(state)) {
    return state.signature.transaction === signature.transaction
      ? []
      : rejection('ALREADY_SIGNED', `transaction ${state.signature.transaction} may still land`)
  }
  if (state.voidedSignatures < SIGNATURES_MAX) return [{ type: 'CommandSigned', data: signature }]
  return [
    {
      type: 'CommandExpired',
      data: { reason: `NONCE_SPENT ${SIGNATURES_MAX} times by other transactions` },
    },
  ]
}

type SignedStep = Exclude<CommandStep, { step: 'request' | 'sign' | 'expire' }>

const decideOnSigned = (step: SignedStep, state: RequestedCommand | SignedCommand): Decision => {
  if (!isSigned(state)) {
    return step.step === 'void-signature'
      ? []
      : rejection('NOT_SIGNED', `${step.step} needs a signed transaction`)
  }
  if (step.transaction !== state.signature.transaction) {
    return rejection(
      'OTHER_TRANSACTION',
      `${step.transaction} is not the command's ${state.signature.transaction}`,
    )
  }
  switch (step.step) {
    case 'submit':
      return state.name === 'SUBMITTED'
        ? []
        : [{ type: 'CommandSubmitted', data: { transaction: step.transaction } }]
    case 'void-signature':
      return [{ type: 'CommandSignatureVoided', data: { transaction: step.transaction } }]
    case 'confirm': {
      const { step: _, ...data } = step
      return [{ type: 'CommandConfirmed', data }]
    }
    case 'refuse': {
      const { step: _, ...data } = step
      return [{ type: 'CommandRefused', data }]
    }
    case 'revert': {
      const { step: _, ...data } = step
      return [{ type: 'CommandReverted', data }]
    }
    default:
      return step satisfies never
  }
}

const ENDED_BY: Readonly<Record<FinalCommand['name'], CommandStep['step']>> = {
  CONFIRMED: 'confirm',
  REFUSED: 'refuse',
  REVERTED: 'revert',
  EXPIRED: 'expire',
}

/** A late or repeated step on a command that has ended: the first ending stands. */
const decideAgain = (step: CommandStep, state: FinalCommand): Decision =>
  step.step === ENDED_BY[state.name] || step.step === 'submit'
    ? []
    : rejection('ALREADY_ENDED', `it is ${state.name} and cannot ${step.step}`)

const evolveSigned = (state: SignedCommand, event: CommandEvent): CommandState => {
  const { intent, voidedSignatures, signature } = state
  const signed = { intent, voidedSignatures, signature }
  switch (event.type) {
    case 'CommandSignatureVoided':
      return { name: 'REQUESTED', intent, voidedSignatures: voidedSignatures + 1 }
    case 'CommandSubmitted':
      return { ...signed, name: 'SUBMITTED' }
    case 'CommandConfirmed': {
      const { block, position, confirmation } = event.data
      return { ...signed, name: 'CONFIRMED', block, position, confirmation }
    }
    case 'CommandRefused':
      return { ...signed, name: 'REFUSED', block: event.data.block, reason: event.data.reason }
    case 'CommandReverted':
      return { ...signed, name: 'REVERTED', block: event.data.block, reason: event.data.reason }
    default: // requested, signed and expired are evolved before; unknown events change nothing
      return state
  }
}
