/**
 * Events that no call emitted, put on the chain by a control request: malformed ones, or the
 * upgrade of a model. They are added to the receipt of a real transaction of the operator that
 * makes no calls, so that everything else about the chain stays valid.
 */
import type { Felt } from '../../../domain/felt.ts'
import type { SandboxAccount } from './accounts.ts'
import type { ChainEvent } from './block.ts'
import type { AdmittedTransaction } from './execution.ts'
import type { Call } from './game.ts'
import {
  calldataOfCalls,
  type InvokeTransaction,
  invokeTransactionHash,
} from './invoke-transaction.ts'
import { sign } from './stark-signature.ts'
import { unsignedTransaction } from './unsigned-transaction.ts'

/** A transaction of the operator with bounds that just cover it, hashed and signed. */
export const operatorTransaction = (
  operator: Pick<SandboxAccount, 'address' | 'privateKey'>,
  chainId: Felt,
  nonce: number,
  calls: readonly Call[],
): Readonly<{ hash: Felt; transaction: InvokeTransaction }> => {
  const calldata = calldataOfCalls(calls)
  const unsigned = unsignedTransaction(operator.address, nonce, calldata, calls.length)
  const hash = invokeTransactionHash(unsigned, chainId)
  return { hash, transaction: { ...unsigned, signature: [...sign(hash, operator.privateKey)] } }
}

/** The transaction whose receipt will hold the events. */
export const injectionOf = (
  operator: SandboxAccount,
  chainId: Felt,
  nonce: number,
  injected: readonly ChainEvent[],
): AdmittedTransaction => ({
  ...operatorTransaction(operator, chainId, nonce, []),
  calls: [],
  injected,
})
