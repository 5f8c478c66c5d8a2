/** Transactions with events of the world, their calls and their receipts in the index. */
import type { DatabaseSync } from 'node:sqlite'
import { type Felt, feltOf } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entrypointSelector } from '../../../schemas/worlds/selectors.ts'
import type { ChainEvent, ExecutedTransaction, Receipt } from '../chain/block.ts'
import type { Call } from '../chain/game.ts'
import { callsOfCalldata } from '../chain/invoke-transaction.ts'
import { executionStatusOf } from '../rpc/rendering.ts'
import type { FedBlock } from './block-feed.ts'
import { joinedFelts, paddedFelt } from './ids.ts'
import type { Row } from './index-reader.ts'
import type { ToriiWorld } from './records.ts'

type BlockPlace = Pick<FedBlock, 'number' | 'timestamp' | 'hash'>

/** The block's time and the wall clock as Torii stores them. */
type Times = Readonly<{ executedAt: string; now: string }>

export type TransactionWriter = Readonly<{
  /**
   * Returns the row of the table `transactions` and the accounts that made calls: none in a
   * transaction without calls.
   */
  write: (
    block: BlockPlace,
    transaction: ExecutedTransaction,
    times: Times,
  ) => Readonly<{ row: Row; callers: readonly Felt[] }>
}>

const ENTRYPOINTS: ReadonlyMap<bigint, string> = new Map(
  Object.values(infiniteHexAdventurers.contracts)
    .flatMap(({ entrypoints }) => Object.keys(entrypoints))
    .map((name) => [BigInt(entrypointSelector(name)), name]),
)

const felt = (value: bigint): Felt => feltOf(value) ?? '0x0' // calldata are felts

/** Selectors of the models and events of the world that a transaction's events concern. */
const recordsIn = (world: ToriiWorld, events: readonly ChainEvent[]): ReadonlySet<Felt> =>
  new Set(
    events.flatMap(({ from_address, keys: [, selector] }) =>
      from_address === world.address && selector !== undefined && world.find(selector) !== undefined
        ? [selector]
        : [],
    ),
  )

/** The row of the table `transactions`. */
const transactionRow = (
  { transaction, hash }: ExecutedTransaction,
  block: number,
  { executedAt, now }: Times,
) => ({
  id: paddedFelt(hash),
  transaction_hash: paddedFelt(hash),
  sender_address: paddedFelt(transaction.sender_address),
  calldata: joinedFelts(transaction.calldata),
  max_fee: '0x0',
  signature: joinedFelts(transaction.signature),
  nonce: paddedFelt(transaction.nonce),
  executed_at: executedAt,
  created_at: now,
  block_number: block,
})

const callWriter = (database: DatabaseSync) => {
  const insert = database.prepare(`INSERT INTO transaction_calls VALUES (?, ?, ?, ?, 'EXECUTE', ?)`)
  return (id: string, sender: string, { to, selector, calldata }: Call): void => {
    const entrypoint = ENTRYPOINTS.get(selector) ?? felt(selector)
    insert.run(id, paddedFelt(felt(to)), entrypoint, joinedFelts(calldata.map(felt)), sender)
  }
}

const receiptWriter = (database: DatabaseSync) => {
  const insert = database.prepare(
    `INSERT OR IGNORE INTO transaction_receipts VALUES (?1, ?1, '0x0', 'FRI', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
  )
  return (
    id: string,
    { number, timestamp, hash }: BlockPlace,
    { l2Gas, revertReason }: Receipt,
    now: string,
  ): void => {
    const finality = hash === null ? 'PRE_CONFIRMED' : 'ACCEPTED_ON_L2'
    const outcome = [executionStatusOf(revertReason), finality, revertReason]
    const resources = JSON.stringify({ l1_gas: 0, l1_data_gas: 0, l2_gas: l2Gas })
    const blockHash = hash === null ? null : paddedFelt(hash)
    insert.run(id, ...outcome, resources, blockHash, number, timestamp, now)
  }
}

/** Writes through one connection, inside its transaction. */
export const createTransactionWriter = (
  database: DatabaseSync,
  world: ToriiWorld,
): TransactionWriter => {
  const insertTransaction = database.prepare(
    `INSERT OR IGNORE INTO transactions VALUES (?1, ?1, ?2, ?3, '0x0', ?4, ?5, ?6, ?7, ?8, 'INVOKE')`,
  )
  const insertContract = database.prepare(
    'INSERT OR IGNORE INTO transaction_contract VALUES (?, ?)',
  )
  const insertModel = database.prepare('INSERT OR IGNORE INTO transaction_models VALUES (?, ?)')
  const writeCall = callWriter(database)
  const writeReceipt = receiptWriter(database)
  return {
    write: (block, executed, times) => {
      const { transaction, receipt } = executed
      const row = transactionRow(executed, block.number, times)
      const { id, sender_address, calldata, signature, nonce } = row
      const sent = [sender_address, calldata, signature, nonce]
      insertTransaction.run(id, ...sent, times.executedAt, times.now, block.number)
      const calls = callsOfCalldata(transaction.calldata) ?? []
      for (const call of calls) writeCall(id, sender_address, call)
      insertContract.run(id, paddedFelt(world.address))
      for (const model of recordsIn(world, receipt.events)) insertModel.run(id, paddedFelt(model))
      writeReceipt(id, block, receipt, times.now)
      return { row, callers: calls.length > 0 ? [transaction.sender_address] : [] }
    },
  }
}
