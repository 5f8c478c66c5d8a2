/** JSON-RPC methods that try transactions out: fee estimates. */
import { z } from 'zod'
import type { StatePoint } from '../chain/chain-state.ts'
import { type AdmittedTransaction, admittedOf } from '../chain/execution.ts'
import { feeEstimateOf } from '../chain/fees.ts'
import {
  INVOKE_QUERY_VERSION,
  INVOKE_VERSION,
  type InvokeTransaction,
  invokeTransactionHash,
  invokeTransactionSchema,
} from '../chain/invoke-transaction.ts'
import { blockIdSchema, findState, type RpcContext } from './context.ts'
import { refusal } from './errors.ts'
import { type RpcMethods, rpcMethod } from './method.ts'

const ESTIMATED_TRANSACTIONS_MAX = 100

/** Other types of transactions than INVOKE: known, but never run here (foreign-methods.ts). */
const foreignTransactionSchema = z.looseObject({ type: z.enum(['DECLARE', 'DEPLOY_ACCOUNT']) })

/** A transaction that a client wants to try out. */
export const triedTransactionSchema = z.union([foreignTransactionSchema, invokeTransactionSchema])
export type TriedTransaction = Readonly<z.output<typeof triedTransactionSchema>>

const estimateSchema = {
  request: z.array(triedTransactionSchema).max(ESTIMATED_TRANSACTIONS_MAX),
  simulation_flags: z.array(z.enum(['SKIP_VALIDATE'])).default([]),
  block_id: blockIdSchema,
}

type Prepared = AdmittedTransaction | Readonly<{ fault: string }>

/**
 * Bounds may be zero and nonces ahead; everything else is checked as for a transaction that is
 * sent.
 */
const prepare = (
  { chain }: RpcContext,
  transaction: InvokeTransaction,
  at: StatePoint,
  validate: boolean,
): Prepared => {
  if (transaction.version !== INVOKE_VERSION && transaction.version !== INVOKE_QUERY_VERSION) {
    return { fault: `The transaction version ${transaction.version} is not supported` }
  }
  const nonce = chain.nonce(transaction.sender_address, at)
  if (nonce === null)
    return { fault: `Requested contract address ${transaction.sender_address} is not deployed` }
  // Pending transactions of the same account are ignored; either order is valid.
  const least =
    at === 'pre-confirmed'
      ? (chain.nonce(transaction.sender_address, { after: chain.head() }) ?? 0)
      : nonce
  if (BigInt(transaction.nonce) < BigInt(least)) {
    return { fault: `Invalid transaction nonce: the account is at 0x${least.toString(16)}` }
  }
  const hash = invokeTransactionHash(transaction, chain.chainId)
  if (
    validate &&
    !chain.isValidSignature(transaction.sender_address, hash, transaction.signature)
  ) {
    return { fault: 'Account validation failed: invalid signature' }
  }
  return (
    admittedOf(hash, transaction) ?? {
      fault: 'Calldata is not [n, (to, selector, length, …arguments) × n]',
    }
  )
}

const executionError = (transaction_index: number, execution_error: string) =>
  refusal('TRANSACTION_EXECUTION_ERROR', { transaction_index, execution_error })

/** Transactions that can be tried out, or the refusal of the first one that cannot be. */
export const prepareAll = (
  context: RpcContext,
  transactions: readonly TriedTransaction[],
  at: StatePoint,
  validate: boolean,
): Readonly<{ admitted: readonly AdmittedTransaction[] }> | ReturnType<typeof executionError> => {
  const admitted: AdmittedTransaction[] = []
  for (const [index, transaction] of transactions.entries()) {
    const prepared =
      transaction.type === 'INVOKE'
        ? prepare(context, transaction, at, validate)
        : { fault: `The sandbox runs no transactions of type ${transaction.type}` }
    if ('fault' in prepared) return executionError(index, prepared.fault)
    admitted.push(prepared)
  }
  return { admitted }
}

export const feeMethods: RpcMethods = {
  starknet_estimateFee: rpcMethod(
    estimateSchema,
    (context, { request, simulation_flags, block_id }) => {
      const at = findState(context, block_id)
      if (at === null) return refusal('BLOCK_NOT_FOUND')
      const prepared = prepareAll(context, request, at, !simulation_flags.includes('SKIP_VALIDATE'))
      if ('error' in prepared) return prepared
      const executed = context.chain.simulate(prepared.admitted, at)
      const reverted = executed.findIndex(({ receipt }) => receipt.revertReason !== null)
      if (reverted >= 0)
        return executionError(reverted, executed[reverted]?.receipt.revertReason ?? '')
      return { result: executed.map(({ receipt }) => feeEstimateOf(receipt.l2Gas)) }
    },
  ),
}
