/**
 * Signs and sends over JSON-RPC. Nonce, tip, bounds and chain id are all given, so a command costs
 * one request; the client of starknet.js is not used, because it fetches nonces behind the caller's
 * back and takes 0 when that fails. Keys are held in memory, and only for the sandbox: its keys are
 * public, and no other chain gets a signature.
 */
import type {
  ResourceBounds,
  SendOutcome,
  SignedTransaction,
  TransactionSender,
  TransactionStatus,
} from '../../commands/transaction-sender.ts'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { type Felt, parseFelt } from '../../domain/felt.ts'
import { SANDBOX_CHAIN_ID } from '../../domain/sandbox-chain.ts'
import {
  type JsonRpcClient,
  type RpcParams,
  type RpcRefusal,
  refusalError,
} from './json-rpc-client.ts'
import { signedInvoke } from './signed-invoke.ts'

/** An account and the key that signs for it. */
export type SigningAccount = Readonly<{ address: Felt; privateKey: Felt }>

/** What a sender works with. */
export type TransactionSenderOptions = Readonly<{
  rpc: JsonRpcClient
  /** The chain that signatures are for. Anything but the sandbox's is refused. */
  chainId: Felt
  /** Accounts to sign for; the first is the operator's. */
  accounts: readonly SigningAccount[]
}>

/** Some ten times what the sandbox quotes for one call; it charges nothing. */
const BOUNDS: ResourceBounds = {
  l1Gas: { maxAmount: '10000', maxPricePerUnit: '100000000000000' },
  l1DataGas: { maxAmount: '10000', maxPricePerUnit: '1000000' },
  l2Gas: { maxAmount: '20000000', maxPricePerUnit: '30000000000' },
}

const CONTRACT_NOT_FOUND = 20
const BLOCK_NOT_FOUND = 24
const TRANSACTION_HASH_NOT_FOUND = 29
const INVALID_TRANSACTION_NONCE = 52
const DUPLICATE_TRANSACTION = 59
/** Another transaction with this nonce waits. */
const REPLACEMENT_UNDERPRICED = 64

/** Throws FatalError for any chain but the sandbox. Asks the node nothing until it is used. */
export const createTransactionSender = (options: TransactionSenderOptions): TransactionSender => {
  const { rpc, chainId, accounts } = options
  if (chainId !== SANDBOX_CHAIN_ID) {
    throw new FatalError(
      `Signing is for CHRONOHEX_SANDBOX alone: its accounts' keys are public, and this is ${chainId}`,
    )
  }
  const keys = new Map(accounts.map(({ address, privateKey }) => [address, privateKey]))
  const confirmChain = once((signal) => refuseOtherChain(rpc, chainId, signal))
  return {
    accounts: accounts.map(({ address }) => address),
    bounds: BOUNDS,
    nonce: async (account, signal) => {
      await confirmChain(signal)
      return nonceOf(rpc, account, signal)
    },
    sign: async (unsigned) => {
      const key = keys.get(unsigned.account)
      if (key === undefined) throw new FatalError(`There is no key for account ${unsigned.account}`)
      return signedInvoke(unsigned, chainId, key)
    },
    send: async (transaction, signal) => {
      await confirmChain(signal)
      return send(rpc, transaction, signal)
    },
    status: (transactionHash, signal) => statusOf(rpc, transactionHash, signal),
    blockHash: (number, signal) => blockHashOf(rpc, number, signal),
  }
}

type Action = (signal?: AbortSignal) => Promise<void>

/** Runs an action until it has succeeded once. */
const once = (action: Action): Action => {
  let done = false
  return async (signal) => {
    if (!done) await action(signal)
    done = true
  }
}

const refuseOtherChain = async (
  rpc: JsonRpcClient,
  chainId: Felt,
  signal?: AbortSignal,
): Promise<void> => {
  const actual = feltIn('starknet_chainId', await rpc.call('starknet_chainId', [], signal))
  if (actual !== chainId)
    throw new FatalError(`The node is on chain ${actual}, but signatures are for ${chainId}`)
}

type Question = Readonly<{
  rpc: JsonRpcClient
  method: string
  params: RpcParams
  /** Code of the refusal that says that there is no such thing. */
  missing: number
  signal: AbortSignal | undefined
}>

/** What the node answers; null where it has no such thing. Throws any other refusal. */
const resultOrNull = async ({
  rpc,
  method,
  params,
  missing,
  signal,
}: Question): Promise<Readonly<{ result: unknown }> | null> => {
  const answer = await rpc.ask(method, params, signal)
  if (!('refused' in answer)) return answer
  if (answer.refused.code === missing) return null
  throw refusalError(method, answer.refused)
}

const nonceOf = async (
  rpc: JsonRpcClient,
  account: Felt,
  signal?: AbortSignal,
): Promise<bigint | null> => {
  const method = 'starknet_getNonce'
  const params = { block_id: 'pre_confirmed', contract_address: account }
  const answer = await resultOrNull({ rpc, method, params, missing: CONTRACT_NOT_FOUND, signal })
  return answer && BigInt(feltIn(method, answer.result))
}

const blockHashOf = async (
  rpc: JsonRpcClient,
  number: number,
  signal?: AbortSignal,
): Promise<Felt | null> => {
  const method = 'starknet_getBlockWithTxHashes'
  const params = { block_id: { block_number: number } }
  const answer = await resultOrNull({ rpc, method, params, missing: BLOCK_NOT_FOUND, signal })
  return answer && feltIn(method, fieldsOf(answer.result).block_hash)
}

const feltIn = (method: string, value: unknown): Felt => {
  const felt = parseFelt(value)
  if (felt === null)
    throw new RetryableError(
      `${method}: the node answered ${JSON.stringify(value)}, which is no felt`,
    )
  return felt
}

const send = async (
  rpc: JsonRpcClient,
  { hash: expected, payload }: SignedTransaction,
  signal?: AbortSignal,
): Promise<SendOutcome> => {
  const method = 'starknet_addInvokeTransaction'
  const answer = await rpc.ask(method, { invoke_transaction: payload }, signal)
  if ('refused' in answer) return outcomeOfRefusal(method, answer.refused)
  const taken = feltIn(method, fieldsOf(answer.result).transaction_hash)
  if (taken === expected) return { kind: 'sent' }
  // Nobody would find it again, and it may take effect: to send another one would be wrong.
  throw new FatalError(`${method}: the node took transaction ${expected} under the hash ${taken}`)
}

const outcomeOfRefusal = (method: string, refused: RpcRefusal): SendOutcome => {
  switch (refused.code) {
    case DUPLICATE_TRANSACTION:
      return { kind: 'sent' }
    case INVALID_TRANSACTION_NONCE:
    case REPLACEMENT_UNDERPRICED:
      return { kind: 'wrong-nonce' }
    default: {
      const error = refusalError(method, refused)
      if (error instanceof RetryableError) throw error
      const detail = typeof refused.data === 'string' ? `: ${refused.data}` : ''
      return { kind: 'refused', code: refused.code, message: `${refused.message}${detail}` }
    }
  }
}

/**
 * The status says whether the transaction is in an accepted block, the receipt in which one. Between
 * the two a reorg may have taken it out again.
 */
const statusOf = async (
  rpc: JsonRpcClient,
  transactionHash: Felt,
  signal?: AbortSignal,
): Promise<TransactionStatus> => {
  const ask = (method: string) => {
    const params = { transaction_hash: transactionHash }
    return resultOrNull({ rpc, method, params, missing: TRANSACTION_HASH_NOT_FOUND, signal })
  }
  const status = await ask('starknet_getTransactionStatus')
  if (status === null) return { kind: 'unknown' }
  if (!isAccepted(status.result)) return { kind: 'pending' }
  const receipt = await ask('starknet_getTransactionReceipt')
  if (receipt === null) return { kind: 'unknown' }
  return isAccepted(receipt.result) ? includedOf(receipt.result) : { kind: 'pending' }
}

/** Whether a status or a receipt tells of an accepted block. */
const isAccepted = (result: unknown): boolean => {
  const { finality_status: finality } = fieldsOf(result)
  if (typeof finality !== 'string')
    throw new RetryableError('the node tells of a transaction without its finality_status')
  return finality === 'ACCEPTED_ON_L2' || finality === 'ACCEPTED_ON_L1'
}

const includedOf = (receipt: unknown): TransactionStatus => {
  const {
    block_number: block,
    execution_status: execution,
    revert_reason: reason,
  } = fieldsOf(receipt)
  if (typeof block !== 'number' || (execution !== 'SUCCEEDED' && execution !== 'REVERTED'))
    throw new RetryableError('starknet_getTransactionReceipt: the receipt lacks block or result')
  if (execution === 'SUCCEEDED') return { kind: 'included', block, revertReason: null }
  return {
    kind: 'included',
    block,
    revertReason: typeof reason === 'string' ? reason : 'reverted without a reason',
  }
}

/** What an answer has by name; none where it is no object. */
const fieldsOf = (result: unknown): Readonly<Record<string, unknown>> =>
  typeof result === 'object' && result !== null ? { ...result } : {}
