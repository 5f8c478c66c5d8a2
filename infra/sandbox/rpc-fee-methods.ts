/** JSON-RPC methods that try transactions out: fee estimates. */
import { z } from 'zod'
import type { AdmittedTransaction } from './execution.ts'
import { admittedOf } from './execution.ts'
import { feeEstimateOf } from './fees.ts'
import {
  INVOKE_QUERY_VERSION,
  INVOKE_VERSION,
  type InvokeTransaction,
  invokeTransactionHash,
  invokeTransactionSchema,
} from './invoke-transaction.ts'
import { blockIdSchema, findState, NO_SUCH_STATE, type RpcContext } from './rpc-context.ts'
import { refusal } from './rpc-errors.ts'
import { type RpcMethods, rpcMethod } from './rpc-method.ts'

const ESTIMATED_TRANSACTIONS_MAX = 100

const estimateSchema = {
  request: z.array(invokeTransactionSchema).max(ESTIMATED_TRANSACTIONS_MAX),
  simulation_flags: z.array(z.enum(['SKIP_VALIDATE'])).default([]),
  block_id: blockIdSchema,
}

type Prepared = AdmittedTransaction | Readonly<{ fault: string }>

/** Bounds may be zero and nonces ahead; the rest is checked as for a transaction that is sent. */
const prepare = ({ chain }: RpcContext, transaction: InvokeTransaction, validate: boolean): Prepared => {
  if (transaction.version !== INVOKE_VERSION && transaction.version !== INVOKE_QUERY_VERSION) {
    return { fault: `The transaction version ${transaction.version} is not supported` }
  }
  const nonce = chain.nonce(transaction.sender_address)
  if (nonce === null) return { fault: `Requested contract address ${transaction.sender_address} is not deployed` }
  if (BigInt(transaction.nonce) < BigInt(nonce.latest)) {
    return { fault: `Invalid transaction nonce: the account is at 0x${nonce.latest.toString(16)}` }
  }
  const hash = invokeTransactionHash(transaction, chain.chainId)
  if (validate && !chain.isValidSignature(transaction.sender_address, hash, transaction.signature)) {
    return { fault: 'Account validation failed: invalid signature' }
  }
  return admittedOf(hash, transaction) ?? { fault: 'Calldata is not [n, (to, selector, length, …arguments) × n]' }
}

const executionError = (transaction_index: number, execution_error: string) =>
  refusal('TRANSACTION_EXECUTION_ERROR', { transaction_index, execution_error })

export const feeMethods: RpcMethods = {
  starknet_estimateFee: rpcMethod(estimateSchema, (context, { request, simulation_flags, block_id }) => {
    const state = findState(context, block_id)
    if (state === null) return refusal('BLOCK_NOT_FOUND', NO_SUCH_STATE)
    const admitted: AdmittedTransaction[] = []
    for (const [index, transaction] of request.entries()) {
      const prepared = prepare(context, transaction, !simulation_flags.includes('SKIP_VALIDATE'))
      if ('fault' in prepared) return executionError(index, prepared.fault)
      admitted.push(prepared)
    }
    const executed = context.chain.simulate(admitted, state)
    const reverted = executed.findIndex(({ receipt }) => receipt.revertReason !== null)
    if (reverted >= 0) return executionError(reverted, executed[reverted]?.receipt.revertReason ?? '')
    return { result: executed.map(({ receipt }) => feeEstimateOf(receipt.l2Gas)) }
  }),
}
