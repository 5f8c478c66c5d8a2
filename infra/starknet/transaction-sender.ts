/**
 * Signs with starknet.js and sends over JSON-RPC. Nonce, tip, bounds and chain id are all given, so
 * a command costs one request; the library's own client is not used, because it fetches nonces
 * behind the caller's back and takes 0 when that fails. Keys are held in memory, and only for the
 * sandbox: its keys are public, and no other chain gets a signature.
 */
import { ec, hash, transaction as transactions } from 'starknet'
import type {
  ResourceBound,
  ResourceBounds,
  SendOutcome,
  SignedTransaction,
  TransactionSender,
  TransactionStatus,
  UnsignedTransaction,
} from '../../commands/transaction-sender.ts'
import { FatalError, RetryableError } from '../../domain/errors.ts'
import { type Felt, feltOf, parseFelt } from '../../domain/felt.ts'
import { SANDBOX_CHAIN_ID } from '../../domain/sandbox-chain.ts'
import { type JsonRpcClient, type RpcRefusal, refusalError } from './json-rpc-client.ts'

export type SigningAccount = Readonly<{ address: Felt; privateKey: Felt }>

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
const TRANSACTION_HASH_NOT_FOUND = 29
const INVALID_TRANSACTION_NONCE = 52
const DUPLICATE_TRANSACTION = 59

const AVAILABILITY_L1 = 0

/** Throws FatalError for any chain but the sandbox. Asks the node nothing until it is used. */
export const createTransactionSender = (options: TransactionSenderOptions): TransactionSender => {
  const { rpc, chainId, accounts } = options
  if (chainId !== SANDBOX_CHAIN_ID) {
    throw new FatalError(
      `Signing is for CHRONOHEX_SANDBOX alone: its accounts' keys are public, and this is ${chainId}`,
    )
  }
  const keys = new Map(accounts.map(({ address, privateKey }) => [address, privateKey]))
  const confirmChain = once(() => refuseOtherChain(rpc, chainId))
  return {
    accounts: accounts.map(({ address }) => address),
    bounds: BOUNDS,
    nonce: async (account) => {
      await confirmChain()
      return nonceOf(rpc, account)
    },
    sign: async (unsigned) => {
      const key = keys.get(unsigned.account)
      if (key === undefined) throw new FatalError(`There is no key for account ${unsigned.account}`)
      return signed(unsigned, chainId, key)
    },
    send: async ({ payload }) => {
      await confirmChain()
      const answer = await rpc.ask('starknet_addInvokeTransaction', { invoke_transaction: payload })
      return 'refused' in answer ? outcomeOfRefusal(answer.refused) : { kind: 'sent' }
    },
    status: (transactionHash) => statusOf(rpc, transactionHash),
  }
}

/** Runs an action until it has succeeded once. */
const once = (action: () => Promise<void>): (() => Promise<void>) => {
  let done = false
  return async () => {
    if (!done) await action()
    done = true
  }
}

const refuseOtherChain = async (rpc: JsonRpcClient, chainId: Felt): Promise<void> => {
  const actual = parseFelt(await rpc.call('starknet_chainId', []))
  if (actual !== chainId)
    throw new FatalError(`The node is on chain ${actual}, but signatures are for ${chainId}`)
}

const nonceOf = async (rpc: JsonRpcClient, account: Felt): Promise<bigint | null> => {
  const params = { block_id: 'pre_confirmed', contract_address: account }
  const answer = await rpc.ask('starknet_getNonce', params)
  if ('refused' in answer) {
    if (answer.refused.code === CONTRACT_NOT_FOUND) return null
    throw refusalError('starknet_getNonce', answer.refused)
  }
  return BigInt(feltIn('starknet_getNonce', answer.result))
}

const feltIn = (method: string, value: unknown): Felt => {
  const felt = parseFelt(value)
  if (felt === null)
    throw new RetryableError(
      `${method}: the node answered ${JSON.stringify(value)}, which is no felt`,
    )
  return felt
}

const hexOf = (value: bigint): Felt => {
  const felt = feltOf(value)
  if (felt === null) throw new FatalError(`${value} is no felt, but stands in a transaction`)
  return felt
}

const signed = (
  unsigned: UnsignedTransaction,
  chainId: Felt,
  privateKey: Felt,
): SignedTransaction => {
  const { account, nonce, bounds, calls } = unsigned
  const calldata = transactions.getExecuteCalldata(
    calls.map(({ to, entrypoint, calldata: args }) => ({
      contractAddress: to,
      entrypoint,
      calldata: [...args],
    })),
    '1',
  )
  const transactionHash = hash.calculateInvokeTransactionHash({
    senderAddress: account,
    version: '0x3',
    compiledCalldata: calldata,
    // The library's type names public chains alone; the hash takes any chain id.
    chainId: chainId as Parameters<typeof hash.calculateInvokeTransactionHash>[0]['chainId'],
    nonce,
    accountDeploymentData: [],
    nonceDataAvailabilityMode: AVAILABILITY_L1,
    feeDataAvailabilityMode: AVAILABILITY_L1,
    resourceBounds: {
      l1_gas: bigintBound(bounds.l1Gas),
      l1_data_gas: bigintBound(bounds.l1DataGas),
      l2_gas: bigintBound(bounds.l2Gas),
    },
    tip: 0n,
    paymasterData: [],
  })
  const { r, s } = ec.starkCurve.sign(transactionHash, privateKey)
  const payload = {
    type: 'INVOKE',
    version: '0x3',
    sender_address: account,
    calldata: calldata.map((felt) => hexOf(BigInt(felt))),
    signature: [hexOf(r), hexOf(s)],
    nonce: hexOf(BigInt(nonce)),
    resource_bounds: {
      l1_gas: hexBound(bounds.l1Gas),
      l1_data_gas: hexBound(bounds.l1DataGas),
      l2_gas: hexBound(bounds.l2Gas),
    },
    tip: '0x0',
    paymaster_data: [],
    account_deployment_data: [],
    nonce_data_availability_mode: 'L1',
    fee_data_availability_mode: 'L1',
  }
  return { hash: hexOf(BigInt(transactionHash)), payload }
}

const bigintBound = ({ maxAmount, maxPricePerUnit }: ResourceBound) => ({
  max_amount: BigInt(maxAmount),
  max_price_per_unit: BigInt(maxPricePerUnit),
})

const hexBound = ({ maxAmount, maxPricePerUnit }: ResourceBound) => ({
  max_amount: hexOf(BigInt(maxAmount)),
  max_price_per_unit: hexOf(BigInt(maxPricePerUnit)),
})

const outcomeOfRefusal = (refused: RpcRefusal): SendOutcome => {
  if (refused.code === DUPLICATE_TRANSACTION) return { kind: 'sent' }
  if (refused.code === INVALID_TRANSACTION_NONCE) return { kind: 'wrong-nonce' }
  const error = refusalError('starknet_addInvokeTransaction', refused)
  if (error instanceof RetryableError) throw error
  const detail = typeof refused.data === 'string' ? `: ${refused.data}` : ''
  return { kind: 'refused', code: refused.code, message: `${refused.message}${detail}` }
}

const statusOf = async (rpc: JsonRpcClient, transactionHash: Felt): Promise<TransactionStatus> => {
  const params = { transaction_hash: transactionHash }
  const answer = await rpc.ask('starknet_getTransactionStatus', params)
  if ('refused' in answer) {
    if (answer.refused.code === TRANSACTION_HASH_NOT_FOUND) return { kind: 'unknown' }
    throw refusalError('starknet_getTransactionStatus', answer.refused)
  }
  const { finality_status: finality } = fieldsOf(answer.result)
  if (finality !== 'ACCEPTED_ON_L2' && finality !== 'ACCEPTED_ON_L1') return { kind: 'pending' }
  return includedOf(await rpc.call('starknet_getTransactionReceipt', params))
}

const includedOf = (result: unknown): TransactionStatus => {
  const {
    block_number: block,
    execution_status: execution,
    revert_reason: reason,
  } = fieldsOf(result)
  if (typeof block !== 'number') return { kind: 'pending' }
  if (execution !== 'REVERTED') return { kind: 'included', block, revertReason: null }
  return {
    kind: 'included',
    block,
    revertReason: typeof reason === 'string' ? reason : 'reverted without a reason',
  }
}

/** What an answer has by name; none where it is no object. */
const fieldsOf = (result: unknown): Readonly<Record<string, unknown>> =>
  typeof result === 'object' && result !== null ? { ...result } : {}
