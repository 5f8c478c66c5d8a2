/** Runs transactions on the game and turns what comes back into receipts. */
import { type Felt, feltOf } from '../../domain/felt.ts'
import type { ChainEvent, ExecutedTransaction, Receipt } from './block.ts'
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

/** A transaction that was let in: its hash is known and its calldata are calls. */
export type AdmittedTransaction = Readonly<{ hash: Felt; transaction: InvokeTransaction; calls: readonly Call[] }>

/** The block that a transaction runs in. */
export type ExecutionBlock = Readonly<{ number: number; timestamp: number }>

/** Null when the calldata are no calls. */
export const admittedOf = (hash: Felt, transaction: InvokeTransaction): AdmittedTransaction | null => {
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

const chainEventOf = (event: EmittedEvent, worldAddress: Felt): ChainEvent => ({
  from_address: worldAddress,
  keys: feltsOfGame(event.keys),
  data: feltsOfGame(event.data),
})

/** A receipt of events that the world emitted. */
export const receiptOfEvents = (
  events: readonly EmittedEvent[],
  { calls, transaction }: Pick<AdmittedTransaction, 'calls' | 'transaction'>,
  worldAddress: Felt,
): Receipt => ({
  revertReason: null,
  l2Gas: l2GasOf(calls.length, transaction.calldata.length),
  events: events.map((event) => chainEventOf(event, worldAddress)),
})

const executedOf = (
  admitted: AdmittedTransaction,
  outcome: readonly CallResult[] | CallReverted,
  worldAddress: Felt,
): ExecutedTransaction => {
  const { hash, transaction } = admitted
  const reverted = outcome instanceof CallReverted
  const events = reverted ? [] : outcome.flatMap((result) => result.events)
  const receipt = receiptOfEvents(events, admitted, worldAddress)
  return { hash, transaction, receipt: reverted ? { ...receipt, revertReason: outcome.message } : receipt }
}

export const contextOf = (sender: Felt, block: ExecutionBlock): CallContext => ({
  caller: BigInt(sender),
  block: block.number,
  timestamp: block.timestamp,
})

export const gameTransactionOf = (
  { calls, transaction }: AdmittedTransaction,
  block: ExecutionBlock,
): GameTransaction => ({
  calls,
  context: contextOf(transaction.sender_address, block),
})

/** Runs a transaction for good. A reverted one leaves nothing but its receipt. */
export const executeTransaction = (
  game: Game,
  admitted: AdmittedTransaction,
  block: ExecutionBlock,
  worldAddress: Felt,
): ExecutedTransaction => {
  const { calls, context } = gameTransactionOf(admitted, block)
  try {
    return executedOf(admitted, game.execute(calls, context), worldAddress)
  } catch (error) {
    if (error instanceof CallReverted) return executedOf(admitted, error, worldAddress)
    throw error
  }
}

/** What `executeTransaction` would say of these transactions, one after the other; nothing stays. */
export const simulateTransactions = (
  game: Game,
  admitted: readonly AdmittedTransaction[],
  block: ExecutionBlock,
  worldAddress: Felt,
): readonly ExecutedTransaction[] => {
  const outcomes = game.simulate(admitted.map((transaction) => gameTransactionOf(transaction, block)))
  return admitted.map((transaction, at) => {
    const outcome = outcomes[at]
    if (outcome === undefined) throw new RangeError('The game simulated fewer transactions than it was given')
    return executedOf(transaction, outcome, worldAddress)
  })
}
