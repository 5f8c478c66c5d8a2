/**
 * JSON-RPC methods that show what a transaction did call by call: simulations, and traces of what
 * happened.
 */
import { z } from 'zod'
import type { ExecutedTransaction } from '../chain/block.ts'
import { feeEstimateOf } from '../chain/fees.ts'
import { feltSchema } from '../chain/invoke-transaction.ts'
import { blockIdSchema, findBlock, findState, type RpcContext } from './context.ts'
import { refusal } from './errors.ts'
import { executionTrace } from './execution-trace.ts'
import { prepareAll, triedTransactionSchema } from './fee-methods.ts'
import { type RpcMethods, rpcMethod } from './method.ts'
import { locate } from './transaction-methods.ts'

const SIMULATED_TRANSACTIONS_MAX = 100

const traceOf = ({ chain }: RpcContext, executed: ExecutedTransaction, validated = true) =>
  executionTrace(executed, {
    worldAddress: chain.worldAddress,
    classHashAt: (address) => chain.classHashAt(address, 'pre-confirmed'),
    validated,
  })

export const traceMethods: RpcMethods = {
  // Fees are never charged, so SKIP_FEE_CHARGE changes nothing.
  starknet_simulateTransactions: rpcMethod(
    {
      block_id: blockIdSchema,
      transactions: z.array(triedTransactionSchema).max(SIMULATED_TRANSACTIONS_MAX),
      simulation_flags: z.array(z.enum(['SKIP_VALIDATE', 'SKIP_FEE_CHARGE'])).default([]),
    },
    (context, { block_id, transactions, simulation_flags }) => {
      const at = findState(context, block_id)
      if (at === null) return refusal('BLOCK_NOT_FOUND')
      const validated = !simulation_flags.includes('SKIP_VALIDATE')
      const prepared = prepareAll(context, transactions, at, validated)
      if ('error' in prepared) return prepared
      return {
        result: context.chain.simulate(prepared.admitted, at).map((executed) => ({
          transaction_trace: traceOf(context, executed, validated),
          fee_estimation: feeEstimateOf(executed.receipt.l2Gas),
        })),
      }
    },
  ),

  starknet_traceTransaction: rpcMethod(
    { transaction_hash: feltSchema },
    (context, { transaction_hash }) => {
      const located = locate(context, transaction_hash)
      if (located !== null) return { result: traceOf(context, located.executed) }
      return context.chain.pending(transaction_hash) === null
        ? refusal('TXN_HASH_NOT_FOUND')
        : refusal('NO_TRACE_AVAILABLE', { status: 'RECEIVED' })
    },
  ),

  starknet_traceBlockTransactions: rpcMethod(
    { block_id: blockIdSchema },
    (context, { block_id }) => {
      const found = findBlock(context, block_id)
      if (found === null) return refusal('BLOCK_NOT_FOUND')
      if (found.kind === 'pre-confirmed') {
        return refusal('INVALID_PARAMS', {
          field: 'block_id',
          reason: 'a pre-confirmed block has no traces',
        })
      }
      return {
        result: context.chain.store.transactions(found.header.number).map((executed) => ({
          transaction_hash: executed.hash,
          trace_root: traceOf(context, executed),
        })),
      }
    },
  ),
}
