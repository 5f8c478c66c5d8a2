/** Runs transactions on the game and turns what comes back into receipts. */
import { type Felt, feltOf } from '../../../domain/felt.ts'
import type { CallTrace, ChainEvent, ExecutedTransaction, Receipt } from './block.ts'
import { l2GasOf } from './fees.ts'
import {
  type Call,
  type CallContext,
  type CallResult,
  CallReverted,
  type EmittedEvent,
  type Game,
  type GameTransaction,
} from './game.ts'
import { callsOfCalldata, type InvokeTransaction } from './invoke-transaction.ts'
import { appendedMembers, type ModelUpgrades, upgradesWith } from './model-upgrades.ts'

/** A transaction that was admitted: its hash is known and its calldata are calls. */
export type AdmittedTransaction = Readonly<{
  hash: Felt
  transaction: InvokeTransaction
  calls: readonly Call[]
  /** Events that its receipt gets in addition to those of the calls (injection.ts). */
  injected?: readonly ChainEvent[]
}>

/** The block that a transaction runs in. */
export type ExecutionBlock = Readonly<{ number: number; timestamp: number }>

/** Null when the calldata are no calls. */
export const admittedOf = (
  hash: Felt,
  transaction: InvokeTransaction,
): AdmittedTransaction | null => {
  const calls = callsOfCalldata(transaction.calldata)
  return calls === null ? null : { hash, transaction, calls }
}

const hex = (value: bigint): Felt => {
  const felt = feltOf(value)
  if (felt === null) throw new RangeError(`The game returned ${value}, which is not a felt`)
  return felt
}

/** Felts of the game as JSON-RPC spells them. */
export const feltsOfGame = (values: readonly bigint[]): readonly Felt[] => values.map(hex)

/** What an event of the game needs to become an event of a receipt. */
export type Emission = Readonly<{ worldAddress: Felt; upgrades: ModelUpgrades }>

const chainEventOf = (event: EmittedEvent, { worldAddress, upgrades }: Emission): ChainEvent =>
  appendedMembers(
    { from_address: worldAddress, keys: feltsOfGame(event.keys), data: feltsOfGame(event.data) },
    upgrades,
  )

/** What a receipt needs to know of its transaction. */
type Admitted = Readonly<{
  calls: readonly Call[]
  transaction: Readonly<{ calldata: readonly Felt[] }>
}>

/** A receipt of events that the world emitted. */
export const receiptOfEvents = (
  events: readonly EmittedEvent[],
  { calls, transaction }: Admitted,
  emission: Emission,
): Receipt => ({
  revertReason: null,
  l2Gas: l2GasOf(calls.length, transaction.calldata.length),
  events: events.map((event) => chainEventOf(event, emission)),
})

const traceOf = ({ events, returned }: CallResult): CallTrace => ({
  returned: feltsOfGame(returned),
  events: events.length,
})

/** What a transaction did. A reverted one leaves nothing but the reason. */
export const effectOf = (
  admitted: Admitted & Pick<AdmittedTransaction, 'injected'>,
  outcome: readonly CallResult[] | CallReverted,
  emission: Emission,
): Pick<ExecutedTransaction, 'receipt' | 'calls'> => {
  if (outcome instanceof CallReverted) {
    return {
      receipt: { ...receiptOfEvents([], admitted, emission), revertReason: outcome.message },
      calls: [],
    }
  }
  const { injected = [] } = admitted
  const receipt = receiptOfEvents(
    outcome.flatMap(({ events }) => events),
    admitted,
    emission,
  )
  const events = injected.length === 0 ? receipt.events : [...receipt.events, ...injected]
  return { receipt: { ...receipt, events }, calls: outcome.map(traceOf) }
}

export const contextOf = (sender: Felt, block: ExecutionBlock): CallContext => ({
  caller: BigInt(sender),
  block: block.number,
  timestamp: block.timestamp,
})

const gameTransactionOf = (
  { calls, transaction }: AdmittedTransaction,
  block: ExecutionBlock,
): GameTransaction => ({
  calls,
  context: contextOf(transaction.sender_address, block),
})

export type Execution = Readonly<{
  transactions: readonly ExecutedTransaction[]
  upgrades: ModelUpgrades
}>

/**
 * Turns outcomes into receipts in order: an upgrade of a model takes effect from the next
 * transaction on.
 */
const executionOf = (
  admitted: readonly AdmittedTransaction[],
  outcomeOf: (
    transaction: AdmittedTransaction,
    index: number,
  ) => readonly CallResult[] | CallReverted,
  { worldAddress, upgrades: before }: Emission,
): Execution => {
  let upgrades = before
  const transactions = admitted.map((transaction, index) => {
    const effect = effectOf(transaction, outcomeOf(transaction, index), { worldAddress, upgrades })
    upgrades = upgradesWith(upgrades, transaction.injected ?? [])
    return { hash: transaction.hash, transaction: transaction.transaction, ...effect }
  })
  return { transactions, upgrades }
}

/** Runs transactions for good, in order. A reverted one leaves only its receipt. */
export const executeTransactions = (
  game: Game,
  admitted: readonly AdmittedTransaction[],
  block: ExecutionBlock,
  emission: Emission,
): Execution =>
  executionOf(
    admitted,
    (transaction) => {
      const { calls, context } = gameTransactionOf(transaction, block)
      try {
        return game.execute(calls, context)
      } catch (error) {
        if (error instanceof CallReverted) return error
        throw error
      }
    },
    emission,
  )

/** What `executeTransactions` would return for these transactions; the game does not change. */
export const simulateTransactions = (
  game: Game,
  admitted: readonly AdmittedTransaction[],
  block: ExecutionBlock,
  emission: Emission,
): Execution => {
  const outcomes = game.simulate(
    admitted.map((transaction) => gameTransactionOf(transaction, block)),
  )
  return executionOf(
    admitted,
    (_, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined)
        throw new RangeError('The game simulated fewer transactions than it was given')
      return outcome
    },
    emission,
  )
}

/** What a read-only call returns after these transactions. Throws CallReverted. */
export const viewAfter = (
  game: Game,
  admitted: readonly AdmittedTransaction[],
  call: Call,
  block: ExecutionBlock,
): readonly bigint[] => {
  const view = { calls: [call], context: contextOf('0x0', block) }
  const outcome = game
    .simulate([...admitted.map((transaction) => gameTransactionOf(transaction, block)), view])
    .at(-1)
  if (outcome instanceof CallReverted) throw outcome
  const result = outcome?.[0]
  if (result === undefined)
    throw new RangeError('The game simulated fewer transactions than it was given')
  return result.returned
}
