/** Transactions with events of the world, their calls and their receipts in the index. */
import type { DatabaseSync } from 'node:sqlite'
import { type Felt, feltOf } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { entrypointSelector } from '../../../schemas/worlds/selectors.ts'
import type { ChainEvent, ExecutedTransaction } from '../chain/block.ts'
import { callsOfCalldata } from '../chain/invoke-transaction.ts'
import { executionStatusOf } from '../rpc/rendering.ts'
import type { FedBlock } from './block-feed.ts'
import { joinedFelts, paddedFelt } from './ids.ts'
import type { Row } from './index-reader.ts'
import type { ToriiWorld } from './records.ts'

export type TransactionWriter = Readonly<{
  /**
   * Returns the row of the table `transactions`, and who called: nobody in a transaction without
   * calls.
   */
  write: (
    block: Pick<FedBlock, 'number' | 'timestamp' | 'hash'>,
    transaction: ExecutedTransaction,
    times: Readonly<{ executedAt: string; now: string }>,
  ) => Readonly<{ row: Row; callers: readonly Felt[] }>
}>

const ENTRYPOINTS: ReadonlyMap<bigint, string> = new Map(
  Object.values(infiniteHexAdventurers.contracts)
    .flatMap(({ entrypoints }) => Object.keys(entrypoints))
    .map((name) => [BigInt(entrypointSelector(name)), name]),
)

const felt = (value: bigint): Felt => feltOf(value) ?? '0x0' // calldata are felts

/** Selectors of the models and events of the world that a transaction's events are about. */
const recordsIn = (world: ToriiWorld, events: readonly ChainEvent[]): ReadonlySet<Felt> =>
  new Set(
    events.flatMap(({ from_address, keys: [, selector] }) =>
      from_address === world.address && selector !== undefined && world.find(selector) !== undefined
        ? [selector]
        : [],
    ),
  )

/** Writes through one connection, inside its transaction. */
export const createTransactionWriter = (
  database: DatabaseSync,
  world: ToriiWorld,
): TransactionWriter => {
  const insertTransaction = database.prepare(
    `INSERT OR IGNORE INTO transactions VALUES (?1, ?1, ?2, ?3, '0x0', ?4, ?5, ?6, ?7, ?8, 'INVOKE')`,
  )
  const insertCall = database.prepare(
    `INSERT INTO transaction_calls VALUES (?, ?, ?, ?, 'EXECUTE', ?)`,
  )
  const insertContract = database.prepare(
    'INSERT OR IGNORE INTO transaction_contract VALUES (?, ?)',
  )
  const insertModel = database.prepare('INSERT OR IGNORE INTO transaction_models VALUES (?, ?)')
  const insertReceipt = database.prepare(
    `INSERT OR IGNORE INTO transaction_receipts VALUES (?1, ?1, '0x0', 'FRI', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`,
  )
  return {
    write: (block, { hash, transaction, receipt }, { executedAt, now }) => {
      const id = paddedFelt(hash)
      const sender = paddedFelt(transaction.sender_address)
      const [calldata, signature] = [
        joinedFelts(transaction.calldata),
        joinedFelts(transaction.signature),
      ]
      const nonce = paddedFelt(transaction.nonce)
      insertTransaction.run(id, sender, calldata, signature, nonce, executedAt, now, block.number)
      const calls = callsOfCalldata(transaction.calldata) ?? []
      for (const call of calls) {
        const entrypoint = ENTRYPOINTS.get(call.selector) ?? felt(call.selector)
        insertCall.run(
          id,
          paddedFelt(felt(call.to)),
          entrypoint,
          joinedFelts(call.calldata.map(felt)),
          sender,
        )
      }
      insertContract.run(id, paddedFelt(world.address))
      for (const model of recordsIn(world, receipt.events)) insertModel.run(id, paddedFelt(model))
      const status = executionStatusOf(receipt.revertReason)
      const resources = JSON.stringify({ l1_gas: 0, l1_data_gas: 0, l2_gas: receipt.l2Gas })
      const finality = block.hash === null ? 'PRE_CONFIRMED' : 'ACCEPTED_ON_L2'
      const blockHash = block.hash === null ? null : paddedFelt(block.hash)
      const { number, timestamp } = block
      insertReceipt.run(
        id,
        status,
        finality,
        receipt.revertReason,
        resources,
        blockHash,
        number,
        timestamp,
        now,
      )
      const row = {
        id,
        transaction_hash: id,
        sender_address: sender,
        calldata,
        max_fee: '0x0',
        signature,
        nonce,
        executed_at: executedAt,
        created_at: now,
        block_number: number,
      }
      return { row, callers: calls.length > 0 ? [transaction.sender_address] : [] }
    },
  }
}
