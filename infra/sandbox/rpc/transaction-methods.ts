/** JSON-RPC methods about transactions: reading them, and sending them. */
import { z } from 'zod'
import type { Felt } from '../../../domain/felt.ts'
import type { ExecutedTransaction } from '../chain/block.ts'
import { feltSchema, INVOKE_VERSION, invokeTransactionSchema } from '../chain/invoke-transaction.ts'
import type { HeldStatus } from '../chain/pending-pool.ts'
import {
  type BlockFinality,
  blockIdSchema,
  finalityOf,
  findBlock,
  type RpcContext,
} from './context.ts'
import { refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'
import { executionStatusOf, renderReceipt, renderTransaction } from './rendering.ts'

/** A transaction with its block; `block` is null while it is pre-confirmed. */
export type Located = Readonly<{
  executed: ExecutedTransaction
  block: Readonly<{ hash: Felt; number: number }> | null
}>

export const locate = ({ chain, visible }: RpcContext, hash: Felt): Located | null => {
  const stored = visible.transactionByHash(hash)
  if (stored !== null) {
    const header = visible.header(stored.block)
    return header === null
      ? null
      : { executed: stored, block: { hash: header.hash, number: header.number } }
  }
  const waiting = chain.pending(hash)
  const executed = waiting === null ? undefined : visible.preConfirmed().transactions[waiting.index]
  return executed === undefined ? null : { executed, block: null }
}

/** `TXN_STATUS_RESULT` of a transaction that was executed. */
const executedStatus = (
  finality: BlockFinality,
  { receipt: { revertReason } }: ExecutedTransaction,
) => ({
  finality_status: finality,
  execution_status: executionStatusOf(revertReason),
  ...(revertReason === null ? {} : { failure_reason: revertReason }),
})

type ExecutedStatus = ReturnType<typeof executedStatus>

/**
 * `TXN_STATUS_RESULT` of a transaction; null when the node does not know it. A transaction that was
 * not executed has no execution status.
 */
export const statusOf = (
  context: RpcContext,
  hash: Felt,
): ExecutedStatus | { finality_status: HeldStatus } | null => {
  const located = locate(context, hash)
  if (located !== null)
    return executedStatus(finalityOf(context, located.block?.number ?? null), located.executed)
  const waiting = context.chain.pending(hash)
  if (waiting === null) return null
  // Transactions that were executed but are not visible yet count as received.
  return { finality_status: waiting.status === 'PRE_CONFIRMED' ? 'RECEIVED' : waiting.status }
}

const transactionHash = { transaction_hash: feltSchema }

/** Other versions have other fields, so the version is checked before the shape. */
const versionedSchema = z.looseObject({ version: feltSchema })

export const transactionMethods: RpcMethods = {
  starknet_getTransactionByHash: rpcMethod(
    transactionHash,
    ({ chain, visible }, { transaction_hash }) => {
      const transaction =
        visible.transactionByHash(transaction_hash)?.transaction ??
        chain.pending(transaction_hash)?.transaction
      return transaction === undefined
        ? refusal('TXN_HASH_NOT_FOUND')
        : { result: renderTransaction({ hash: transaction_hash, transaction }) }
    },
  ),

  starknet_getTransactionByBlockIdAndIndex: rpcMethod(
    { block_id: blockIdSchema, index: z.number().int().nonnegative() },
    (context, { block_id, index }) => {
      const found = findBlock(context, block_id)
      if (found === null) return refusal('BLOCK_NOT_FOUND')
      const executed =
        found.kind === 'sealed'
          ? context.chain.store.transactionAt(found.header.number, index)
          : found.block.transactions[index]
      return executed ? { result: renderTransaction(executed) } : refusal('INVALID_TXN_INDEX')
    },
  ),

  starknet_getTransactionReceipt: rpcMethod(transactionHash, (context, { transaction_hash }) => {
    const located = locate(context, transaction_hash)
    if (located === null) return refusal('TXN_HASH_NOT_FOUND')
    const { block, executed } = located
    const place =
      block === null
        ? { block_number: context.visible.preConfirmed().number }
        : { block_hash: block.hash, block_number: block.number }
    return {
      result: { ...renderReceipt(executed, finalityOf(context, block?.number ?? null)), ...place },
    }
  }),

  starknet_getTransactionStatus: rpcMethod(transactionHash, (context, { transaction_hash }) => {
    const status = statusOf(context, transaction_hash)
    return status === null ? refusal('TXN_HASH_NOT_FOUND') : { result: status }
  }),

  starknet_addInvokeTransaction: rpcMethod(
    { invoke_transaction: z.unknown() },
    (context, { invoke_transaction }) => {
      const versioned = versionedSchema.safeParse(invoke_transaction)
      if (versioned.success && versioned.data.version !== INVOKE_VERSION) {
        return refusal(
          'UNSUPPORTED_TX_VERSION',
          `version ${versioned.data.version} is not ${INVOKE_VERSION}`,
        )
      }
      return addInvoke(context, { invoke_transaction })
    },
  ),
}

const addInvoke = rpcMethod(
  { invoke_transaction: invokeTransactionSchema },
  (context, { invoke_transaction }) => {
    const submission = context.submit(invoke_transaction)
    return 'rejected' in submission
      ? refusal(submission.rejected, submission.reason)
      : { result: { transaction_hash: submission.transactionHash } }
  },
)
